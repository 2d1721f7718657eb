//! A quick look at a YAML file: is it a Compose file, and does it stand on its own?

use std::path::Path;

use crate::{
    source::{Files, SourceMap, decode},
    yaml::{self, NodeId, NodeKind, Tree},
};

/// Files above this size are not looked into; Compose files are far smaller.
const MAX_BYTES: usize = 1 << 20;

/// Keys that services of a Compose file have; other files with a top-level `services`
/// (Symfony's, those of CI systems) have none of them.
const SERVICE_KEYS: [&str; 11] =
    ["image", "build", "extends", "deploy", "gpus", "runtime", "devices", "command", "environment", "volumes", "ports"];

/// Keys that say what a service is made of. A merge key may bring one in.
const SUBSTANCE_KEYS: [&str; 4] = ["image", "build", "extends", "<<"];

/// What a look at a file showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    /// It has a service with a key of Compose.
    pub(super) is_compose: bool,
    /// It has services.
    pub(super) has_services: bool,
    /// It has services, and says of each what it is made of.
    pub(super) is_whole: bool,
}

/// Looks at a file; `None` for what cannot be read or is no mapping.
pub(super) fn sniff(path: &Path, files: &dyn Files) -> Option<Sniffed> {
    let content = files.read(path, MAX_BYTES).ok()?;
    let (text, is_exact) = decode(content).ok()?;
    if !text.contains("services") {
        return Some(Sniffed { is_compose: false, has_services: false, is_whole: false });
    }
    let mut sources = SourceMap::default();
    let file = sources.add(path, text, is_exact);
    let (tree, _) = yaml::parse(file, &sources);
    let root = *tree.documents.first()?;
    let services = entries(&tree, root).find(|(key, _)| *key == "services").map(|(_, services)| services);
    let services: Vec<Vec<&str>> = services
        .into_iter()
        .flat_map(|services| entries(&tree, services))
        .map(|(_, service)| entries(&tree, service).map(|(key, _)| key).collect())
        .collect();
    let has_one_of =
        |keys: &[&str]| services.iter().map(|service| service.iter().any(|key| keys.contains(key))).collect::<Vec<_>>();
    let is_compose = has_one_of(&SERVICE_KEYS).contains(&true);
    let has_services = !services.is_empty();
    let is_whole = has_services && !has_one_of(&SUBSTANCE_KEYS).contains(&false);
    Some(Sniffed { is_compose, has_services, is_whole })
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
    entries.iter().filter_map(|(key, value)| match &tree.node(*key).kind {
        NodeKind::Scalar { text, .. } => Some((text.as_str(), *value)),
        _ => None,
    })
}
