//! Files that another Compose file brings in by `extends` or `include`. Such a file often
//! holds parts alone (a service per kind of GPU, without an image), and is judged where it
//! is used.

use std::path::{Path, PathBuf};

use crate::{
    source::{Files, SourceMap, decode},
    yaml::{self, NodeId, NodeKind, Tree},
};

/// Files above this size are not looked into; Compose files are far smaller.
const MAX_BYTES: usize = 1 << 20;

/// The files that a Compose file names under `extends` and `include`, as paths beside it.
pub(super) fn referred(path: &Path, files: &dyn Files) -> Vec<PathBuf> {
    let Some(text) = files.read(path, MAX_BYTES).ok().and_then(|content| decode(content).ok()) else {
        return Vec::new();
    };
    if !text.0.contains("extends") && !text.0.contains("include") {
        return Vec::new();
    }
    let mut sources = SourceMap::default();
    let file = sources.add(path, text.0, text.1);
    let (tree, _) = yaml::parse(file, &sources);
    let mut names = Vec::new();
    for root in &tree.documents {
        for service in values(&tree, get(&tree, *root, "services")) {
            let extended = get(&tree, Some(service), "extends").into_iter();
            names.extend(extended.filter_map(|extends| text_of(&tree, get(&tree, Some(extends), "file")?)));
        }
        for entry in values(&tree, get(&tree, *root, "include")) {
            names.extend(text_of(&tree, entry));
            let paths = get(&tree, Some(entry), "path");
            names.extend(paths.and_then(|path| text_of(&tree, path)));
            names.extend(values(&tree, paths).into_iter().filter_map(|path| text_of(&tree, path)));
        }
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    names.into_iter().map(|name| plain(&folder.join(name))).collect()
}

/// The value of a mapping's key.
fn get(tree: &Tree, mapping: impl Into<Option<NodeId>>, key: &str) -> Option<NodeId> {
    let NodeKind::Mapping { entries, .. } = &tree.node(mapping.into()?).kind else { return None };
    entries.iter().find(|entry| text_of(tree, entry.0) == Some(key)).map(|entry| entry.1)
}

fn values(tree: &Tree, collection: Option<NodeId>) -> Vec<NodeId> {
    collection.map(|collection| tree.values(collection)).unwrap_or_default()
}

fn text_of(tree: &Tree, node: NodeId) -> Option<&str> {
    match &tree.node(node).kind {
        NodeKind::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// The path without its `.` parts, as the walk through a folder gives it.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}
