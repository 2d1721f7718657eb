//! Files that another Compose file brings in by `extends` or `include`. Such a file often
//! holds parts alone (a service per kind of GPU, without an image), and is judged where it
//! is used.

use std::path::{Path, PathBuf};

use crate::{
    source::{Files as _, MemoryFiles},
    yaml::{NodeId, NodeKind, Tree},
};

/// The files that a Compose file in `folder` names under `extends`, as paths beside it.
pub(super) fn extended(tree: &Tree, folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    for service in tree.documents.iter().flat_map(|root| values(tree, get(tree, *root, "services"))) {
        let extended = get(tree, Some(service), "extends");
        names.extend(extended.and_then(|extends| text_of(tree, get(tree, Some(extends), "file")?)));
    }
    beside(folder, names)
}

/// The files that it names under `include`.
pub(super) fn included(tree: &Tree, folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    for entry in tree.documents.iter().flat_map(|root| values(tree, get(tree, *root, "include"))) {
        names.extend(text_of(tree, entry));
        let paths = get(tree, Some(entry), "path");
        names.extend(paths.and_then(|path| text_of(tree, path)));
        names.extend(values(tree, paths).into_iter().filter_map(|path| text_of(tree, path)));
    }
    beside(folder, names)
}

/// Without `.` and `..`, as the walk through a folder gives paths.
fn beside(folder: &Path, names: Vec<&str>) -> Vec<PathBuf> {
    names.into_iter().map(|name| MemoryFiles::default().resolve(&folder.join(name))).collect()
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
