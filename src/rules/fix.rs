//! Fixes as wishes about values of the merged project. Each answers `None` where the text
//! does not stand where it can be changed alone: it came through an alias, a merge key,
//! `extends` or `include`, or its node is shared.

use super::ServiceCx;
use crate::{
    compose::{self, EnvironmentEntry},
    diag::Edit,
    source::SourceMap,
    yaml::{
        NodeId, NodeKind, NodeRef, Origin, Tree, Value,
        edit::{self, File},
        emit,
    },
};

/// Removes a part of a service from every file that says it.
pub(super) fn remove(cx: &ServiceCx<'_>, value: &Value) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    for origin in &value.sources {
        let file = own_file(cx, origin)?;
        let stop = service_node(cx, file.tree, origin.node)?;
        edits.extend(edit::remove(file, origin.node.node, stop)?);
    }
    (!edits.is_empty()).then_some(edits)
}

/// Gives a variable of the service's `environment` another value.
pub(super) fn set_variable(cx: &ServiceCx<'_>, entry: &EnvironmentEntry<'_>, value: &str) -> Option<Vec<Edit>> {
    let origin = entry.node.origin()?;
    let file = own_file(cx, origin)?;
    if holds_variable(cx, entry.node) {
        return None;
    }
    let text = match origin.key {
        Some(_) => emit::scalar(value),
        None => emit::scalar(&format!("{}={value}", entry.name)),
    };
    edit::replace(file, origin.node.node, &text)
}

/// Adds a variable to the service's `environment`, which is made behind `after` where there
/// is none.
pub(super) fn add_variable(cx: &ServiceCx<'_>, name: &str, value: &str, after: &Value) -> Option<Vec<Edit>> {
    let item = emit::scalar(&format!("{name}={value}"));
    let Some(environment) = cx.service.get("environment") else {
        let origin = after.origin()?;
        let file = own_file(cx, origin)?;
        let service = service_node(cx, file.tree, origin.node)?;
        return edit::insert_entry(file, service, Some(origin.node.node), "environment", &format!("- {item}"));
    };
    let origin = environment.origin()?;
    let file = own_file(cx, origin)?;
    match file.tree.node(origin.node.node).kind {
        NodeKind::Mapping { .. } => edit::insert_entry(file, origin.node.node, None, name, &emit::scalar(value)),
        NodeKind::Sequence { .. } => edit::append_item(file, origin.node.node, &item),
        NodeKind::Scalar { .. } | NodeKind::Alias { .. } => None,
    }
}

/// Whether the text of a value holds a variable, so that it may say something else elsewhere.
pub(super) fn holds_variable(cx: &ServiceCx<'_>, value: &Value) -> bool {
    value.sources.iter().any(|origin| {
        let node = cx.project.project.tree(origin.node.file).map(|tree| &tree.node(origin.node.node).kind);
        matches!(node, Some(NodeKind::Scalar { text, .. }) if text.contains('$'))
    })
}

/// The text and tree of a file.
pub(super) fn file<'a>(tree: &'a Tree, sources: &'a SourceMap) -> File<'a> {
    File { tree, text: sources.file(tree.file).text() }
}

/// The file of a place that may be changed without changing another place.
fn own_file<'a>(cx: &ServiceCx<'a>, origin: &Origin) -> Option<File<'a>> {
    compose::own_file(cx.project.project, cx.project.sources, origin)
}

/// The service's own node in the file of one of its parts.
fn service_node(cx: &ServiceCx<'_>, tree: &Tree, part: NodeRef) -> Option<NodeId> {
    let nodes = cx.service.sources.iter().map(|origin| origin.node).filter(|node| node.file == part.file);
    let nodes: Vec<NodeId> = nodes.map(|node| node.node).collect();
    std::iter::successors(Some(part.node), |node| tree.node(*node).parent).find(|node| nodes.contains(node))
}
