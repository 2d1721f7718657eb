//! Fixes as wishes about values of the merged project. Each answers `None` where the text
//! does not stand where it can be changed alone: it came through an alias, a merge key,
//! `extends` or `include`, or its node is shared.

use super::ServiceCx;
use crate::{
    compose::{self, EnvironmentEntry},
    diag::Edit,
    source::{SourceMap, Span},
    yaml::{
        NodeId, NodeKind, NodeRef, Origin, Tree, Value, Via,
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
        Some(_) => value.to_owned(),
        None => format!("{}={value}", entry.name),
    };
    let is_flow = file.tree.position(origin.node.node).is_none_or(|(is_flow, _)| is_flow);
    edit::replace(file, origin.node.node, &scalar(&text, is_flow))
}

/// Gives a variable of the service's `environment` another name.
pub(super) fn rename_variable(cx: &ServiceCx<'_>, entry: &EnvironmentEntry<'_>, name: &str) -> Option<Vec<Edit>> {
    let file = only_file(cx, entry.node)?;
    let node = entry.node.origin()?.node.node;
    if file.tree.key_of(node).is_some() {
        return edit::rename_key(file, node, name);
    }
    let span = file.tree.node(node).span;
    let start = span.range().start + file.text[span.range()].find(&*entry.name)?;
    Some(vec![Edit { span: Span::new(span.file, start, start + entry.name.len()), text: name.to_owned() }])
}

/// Adds a variable to the service's `environment`, which is made behind `after` where there
/// is none.
pub(super) fn add_variable(cx: &ServiceCx<'_>, name: &str, value: &str, after: &Value) -> Option<Vec<Edit>> {
    let item = format!("{name}={value}");
    let Some(environment) = cx.service.get("environment") else {
        let origin = after.origin()?;
        let file = own_file(cx, origin)?;
        let service = service_node(cx, file.tree, origin.node)?;
        return edit::insert_entry(
            file,
            service,
            Some(origin.node.node),
            "environment",
            &format!("- {}", scalar(&item, false)),
        );
    };
    // One that is there and cannot be read is to be mended, not doubled.
    if mentions(environment, name) {
        return None;
    }
    let origin = environment.origin()?;
    let file = own_file(cx, origin)?;
    match file.tree.node(origin.node.node).kind {
        NodeKind::Mapping { is_flow, .. } => {
            edit::insert_entry(file, origin.node.node, None, name, &scalar(value, is_flow))
        }
        NodeKind::Sequence { is_flow, .. } => edit::append_item(file, origin.node.node, &scalar(&item, is_flow)),
        NodeKind::Scalar { .. } | NodeKind::Alias { .. } => None,
    }
}

/// Whether a list of variables has an item that begins with a name, or is a mapping with it.
pub(super) fn mentions(environment: &Value, name: &str) -> bool {
    environment
        .as_seq()
        .unwrap_or_default()
        .iter()
        .any(|item| item.as_str().is_some_and(|text| text.trim_start().starts_with(name)) || item.get(name).is_some())
}

fn scalar(text: &str, is_flow: bool) -> String {
    if is_flow { emit::scalar(text) } else { emit::block_scalar(text) }
}

/// Writes YAML in the place of a scalar.
pub(super) fn replace(cx: &ServiceCx<'_>, value: &Value, yaml: &str) -> Option<Vec<Edit>> {
    let file = only_file(cx, value)?;
    edit::replace(file, value.origin()?.node.node, yaml)
}

/// Writes another text in the place of a scalar; quotes that stand around it stay.
pub(super) fn replace_text(cx: &ServiceCx<'_>, value: &Value, text: &str) -> Option<Vec<Edit>> {
    let file = only_file(cx, value)?;
    let span = file.tree.node(value.origin()?.node.node).span;
    let old = value.scalar_text()?;
    let inner = ["\"", "'"].iter().any(|quote| file.text[span.range()] == format!("{quote}{old}{quote}"));
    match inner && !text.contains(['"', '\'', '\\']) {
        true => Some(vec![Edit {
            span: Span::new(span.file, span.range().start + 1, span.range().end - 1),
            text: text.to_owned(),
        }]),
        false => replace(cx, value, text),
    }
}

/// Writes another text for a part of a value's own text, wherever it stands in it.
pub(super) fn respell(cx: &ServiceCx<'_>, value: &Value, part: &str, text: &str) -> Option<Vec<Edit>> {
    let file = only_file(cx, value)?;
    let span = file.tree.node(value.origin()?.node.node).span;
    let old = &file.text[span.range()];
    old.contains(part).then(|| vec![Edit { span, text: old.replace(part, text) }])
}

/// Gives an entry of a mapping another key and another value.
pub(super) fn rename(cx: &ServiceCx<'_>, value: &Value, key: &str, yaml: &str) -> Option<Vec<Edit>> {
    let file = only_file(cx, value)?;
    let mut edits = edit::rename_key(file, value.origin()?.node.node, key)?;
    edits.extend(replace(cx, value, yaml)?);
    Some(edits)
}

/// Adds an entry to a mapping, behind another key where that is there.
pub(super) fn add_entry(cx: &ServiceCx<'_>, map: &Value, behind: &str, key: &str, yaml: &str) -> Option<Vec<Edit>> {
    let origin = map.origin()?;
    let file = own_file(cx, origin)?;
    let is_own =
        |value: &&Value| value.origin().is_some_and(|own| own.via == Via::Text && own.node.file == origin.node.file);
    let behind = map.get(behind).filter(is_own).and_then(|value| Some(value.origin()?.node.node));
    edit::insert_entry(file, origin.node.node, behind, key, yaml)
}

/// Adds an entry to the service itself, behind one of its own.
pub(super) fn add_to_service(cx: &ServiceCx<'_>, after: &Value, key: &str, yaml: &str) -> Option<Vec<Edit>> {
    let origin = after.origin()?;
    let file = own_file(cx, origin)?;
    let service = service_node(cx, file.tree, origin.node)?;
    edit::insert_entry(file, service, Some(origin.node.node), key, yaml)
}

/// Adds an item at the end of a list.
pub(super) fn append(cx: &ServiceCx<'_>, list: &Value, yaml: &str) -> Option<Vec<Edit>> {
    let file = only_file(cx, list)?;
    edit::append_item(file, list.origin()?.node.node, yaml)
}

/// Puts a tag on the last place that a value was written at.
pub(super) fn set_tag(cx: &ServiceCx<'_>, value: &Value, tag: &str) -> Option<Vec<Edit>> {
    let origin = value.origin()?;
    edit::set_tag(own_file(cx, origin)?, origin.node.node, tag)
}

/// The file of a value that was written at one place, without a variable.
fn only_file<'a>(cx: &ServiceCx<'a>, value: &Value) -> Option<File<'a>> {
    let [origin] = value.sources.as_slice() else { return None };
    if holds_variable(cx, value) { None } else { own_file(cx, origin) }
}

/// Whether the text of a value holds a variable.
pub(super) fn holds_variable(cx: &ServiceCx<'_>, value: &Value) -> bool {
    cx.project.project.holds_variable(value)
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
