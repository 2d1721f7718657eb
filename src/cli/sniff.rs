//! A quick look at a YAML file: is it a Compose file, what does it leave to others, and which
//! files does it bring in?

mod keys;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    rc::Rc,
};

use self::keys::{FOREIGN_KEYS, PROJECT_KEYS, SERVICE_KEYS, STRONG_KEYS, SUBSTANCE_KEYS};
use super::referred::{extended, included};
use crate::{
    diag::Severity,
    source::{Files, SourceMap, decode},
    yaml::{self, NodeId, NodeKind, Tree},
};

/// Files above this size are not looked into; Compose files are far smaller.
const MAX_BYTES: usize = 1 << 20;

/// Something that a file names: `services`, `networks` or `volumes`, and the name.
pub(super) type Named = (&'static str, String);

/// What a look at a file showed.
#[derive(Debug, Default)]
pub(super) struct Sniffed {
    /// It has a service with keys of Compose, and nothing that belongs to another kind of file.
    pub(super) is_compose: bool,
    /// A file of a Compose name that is none: a manifest, values, a list.
    pub(super) is_something_else: bool,
    /// A template of a text, which is YAML only when it has been filled in.
    pub(super) is_template: bool,
    /// It has services.
    pub(super) has_services: bool,
    /// Services that it does not say what they are made of.
    pub(super) lacking: BTreeSet<String>,
    /// What it refers to and does not define, the lacking services among it.
    pub(super) needs: BTreeSet<Named>,
    /// What it defines; of services those that it says what they are made of.
    pub(super) offers: BTreeSet<Named>,
    /// Files that it names under `extends`.
    pub(super) extended: Vec<PathBuf>,
    /// Files that it names under `include`.
    pub(super) included: Vec<PathBuf>,
}

/// Looks at files, at each once.
pub(super) struct Sniffer<'a> {
    pub(super) files: &'a dyn Files,
    known: RefCell<BTreeMap<PathBuf, Option<Rc<Sniffed>>>>,
}

impl<'a> Sniffer<'a> {
    pub(super) fn new(files: &'a dyn Files) -> Self {
        Self { files, known: RefCell::default() }
    }

    /// What the file looks like; nothing where it cannot be read.
    pub(super) fn look(&self, path: &Path) -> Option<Rc<Sniffed>> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let sniffed = sniff(path, self.files).map(Rc::new);
        self.known.borrow_mut().insert(path.to_owned(), sniffed.clone());
        sniffed
    }
}

fn sniff(path: &Path, files: &dyn Files) -> Option<Sniffed> {
    let content = files.read(path, MAX_BYTES).ok()?;
    let (text, is_exact) = decode(content).ok()?;
    let mut sources = SourceMap::default();
    let has_marks = text.contains("{{") || text.contains("{%") || text.contains("<%");
    let file = sources.add(path, text, is_exact);
    let (tree, problems) = yaml::parse(file, &sources);
    let is_broken = problems.iter().any(|problem| problem.severity == Severity::Error);
    let is_template = has_marks && (is_broken || has_mapping_as_key(&tree));
    let Some(root) = tree.documents.first().copied() else {
        return Some(Sniffed { is_template, is_something_else: !is_broken, ..Sniffed::default() });
    };
    let mut sniffed = look_at(&tree, root);
    sniffed.is_template = is_template;
    sniffed.is_something_else &= !is_broken;
    let folder = path.parent().unwrap_or(Path::new(""));
    (sniffed.extended, sniffed.included) = (extended(&tree, folder), included(&tree, folder));
    Some(sniffed)
}

fn look_at(tree: &Tree, root: NodeId) -> Sniffed {
    let top: Vec<(&str, NodeId)> = entries(tree, root).collect();
    let section =
        |name: &'static str| top.iter().filter(move |(key, _)| *key == name).flat_map(|(_, node)| entries(tree, *node));
    let services: Vec<(&str, Vec<(&str, NodeId)>)> =
        section("services").map(|(name, service)| (name, merged(tree, service))).collect();
    let (mut offers, mut needs, mut lacking) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for name in ["networks", "volumes"] {
        offers.extend(section(name).map(|(key, _)| (name, key.to_owned())));
    }
    for (name, keys) in &services {
        if keys.iter().any(|(key, _)| SUBSTANCE_KEYS.contains(key)) {
            offers.insert(("services", (*name).to_owned()));
        } else {
            lacking.insert((*name).to_owned());
            needs.insert(("services", (*name).to_owned()));
        }
        needs.extend(keys.iter().flat_map(|(key, node)| needed(tree, key, *node)));
    }
    needs.retain(|need| !offers.contains(need));
    let has_top = |keys: &[&str]| top.iter().any(|(key, _)| keys.contains(key));
    let is_old = || top.iter().any(|(_, node)| entries(tree, *node).any(|(key, _)| matches!(key, "image" | "build")));
    Sniffed {
        is_compose: is_compose(&top, &services),
        is_something_else: !has_top(&PROJECT_KEYS) && !is_old() || has_top(&["apiVersion"]) && has_top(&["kind"]),
        has_services: !services.is_empty(),
        lacking,
        needs,
        offers,
        ..Sniffed::default()
    }
}

/// By content alone. Symfony, Woodpecker, Lando, Convox and others have a top-level `services` too, some
/// with an `image`; what gives them away is what else stands there.
fn is_compose(top: &[(&str, NodeId)], services: &[(&str, Vec<(&str, NodeId)>)]) -> bool {
    let is_known_top = |key: &str| {
        let is_ours = PROJECT_KEYS.contains(&key) || SERVICE_KEYS.contains(&key) || matches!(key, "version" | "name");
        (is_ours || key.starts_with("x-") || key == "<<") && !FOREIGN_KEYS.contains(&key)
    };
    let keys = || services.iter().flat_map(|(_, keys)| keys).map(|(key, _)| *key);
    let is_known = |key: &str| SERVICE_KEYS.contains(&key) || key.starts_with("x-") || key == "<<";
    let known = keys().filter(|key| is_known(key)).count();
    top.iter().all(|(key, _)| is_known_top(key))
        && keys().any(|key| STRONG_KEYS.contains(&key))
        && known * 2 > keys().count()
}

/// What one key of a service refers to.
fn needed(tree: &Tree, key: &str, node: NodeId) -> Vec<Named> {
    let all = |section: &'static str| names(tree, node).into_iter().map(move |name| (section, name.to_owned()));
    match key {
        "depends_on" => all("services").collect(),
        "networks" => all("networks").filter(|(_, name)| name != "default").collect(),
        "volumes" => all("volumes").filter_map(|(section, mount)| Some((section, volume(&mount)?))).collect(),
        "network_mode" | "pid" | "ipc" => {
            let service = text_of(tree, node).and_then(|text| text.strip_prefix("service:"));
            service.map(|name| ("services", name.to_owned())).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The volume of `name:/path`; nothing for a path or a text with a variable.
fn volume(mount: &str) -> Option<String> {
    let (name, _) = mount.split_once(':')?;
    let is_name = name.len() > 1 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (is_name && !name.starts_with('.')).then(|| name.to_owned())
}

/// The keys of a mapping or the texts of a list.
fn names(tree: &Tree, node: NodeId) -> Vec<&str> {
    match &tree.node(node).kind {
        NodeKind::Sequence { .. } => tree.values(node).into_iter().filter_map(|item| text_of(tree, item)).collect(),
        _ => entries(tree, node).map(|(key, _)| key).filter(|key| *key != "<<").collect(),
    }
}

/// `{{ name }}` is YAML: a mapping whose key is a mapping. No Compose file has that.
fn has_mapping_as_key(tree: &Tree) -> bool {
    tree.iter().any(|(_, node)| match &node.kind {
        NodeKind::Mapping { entries, .. } => {
            entries.iter().any(|(key, _)| matches!(tree.node(*key).kind, NodeKind::Mapping { .. }))
        }
        _ => false,
    })
}

fn text_of(tree: &Tree, node: NodeId) -> Option<&str> {
    match &tree.node(node).kind {
        NodeKind::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// Keys and values of a service, those that merge keys bring in among them. A merge key whose anchor is not
/// there stays as it is, and so do all beyond some hundreds, which no service has.
fn merged(tree: &Tree, service: NodeId) -> Vec<(&str, NodeId)> {
    const MOST: usize = 500;
    let (mut all, mut open) = (Vec::new(), vec![service]);
    let mut left = MOST;
    while let Some(node) = open.pop() {
        for (key, value) in entries(tree, node) {
            let sources = match &tree.node(value).kind {
                NodeKind::Sequence { .. } => tree.values(value),
                _ => vec![value],
            };
            let is_there = |source: &NodeId| entries(tree, *source).next().is_some();
            match key == "<<" && sources.len() <= left && sources.iter().all(is_there) {
                true => {
                    left -= sources.len();
                    open.extend(sources);
                }
                false => all.push((key, value)),
            }
        }
    }
    all
}

/// Keys and values of a mapping, aliases followed once; nothing for any other node.
fn entries(tree: &Tree, node: NodeId) -> impl Iterator<Item = (&str, NodeId)> {
    let node = match &tree.node(node).kind {
        NodeKind::Alias { target: Some(target), .. } => *target,
        _ => node,
    };
    let entries = match &tree.node(node).kind {
        NodeKind::Mapping { entries, .. } => entries.as_slice(),
        _ => &[],
    };
    entries.iter().filter_map(|(key, value)| Some((text_of(tree, *key)?, *value)))
}
