//! Byte edits that give a collection another shape and leave its text: a mapping becomes the only
//! item of a list, items that belong together become one, one item becomes several.
//!
//! As in `edit`, every function answers `None` where more than the wish says would change.

use super::{
    edit::File,
    layout::Layout,
    tree::{NodeId, NodeKind},
};
use crate::{diag::Edit, source::Span};

/// Makes a mapping the only item of a list.
pub fn as_only_item(file: File<'_>, mapping: NodeId) -> Option<Vec<Edit>> {
    let NodeKind::Mapping { is_flow, .. } = &file.tree.node(mapping).kind else { return None };
    if !is_plain(file, mapping) {
        return None;
    }
    let span = file.tree.node(mapping).span;
    let (front, behind) = (span.before(), span.after());
    if *is_flow {
        return Some(vec![edit(front, "["), edit(behind, "]")]);
    }
    let mut edits = vec![edit(front, "- ")];
    let text = &file.text[span.range()];
    let lines = text.match_indices('\n').map(|(at, _)| span.range().start + at + 1);
    let is_written = |at: &usize| !file.text[*at..].starts_with(['\n', '\r']);
    edits.extend(lines.filter(is_written).map(|at| edit(Span::new(file.tree.file, at, at), "  ")));
    Some(edits)
}

/// Makes one item of all items of a list in block style, each of which is a mapping.
pub fn join_items(file: File<'_>, sequence: NodeId) -> Option<Vec<Edit>> {
    let NodeKind::Sequence { items, is_flow: false } = &file.tree.node(sequence).kind else { return None };
    let layout = Layout { tree: file.tree, text: file.text };
    let column = layout.column(*items.first()?);
    let is_part = |item: &NodeId| {
        let is_block = matches!(file.tree.node(*item).kind, NodeKind::Mapping { is_flow: false, .. });
        is_block && is_plain(file, *item) && layout.column(*item) == column
    };
    if !is_plain(file, sequence) || !items.iter().all(is_part) {
        return None;
    }
    let dash = |item: &NodeId| {
        let at = layout.dash(*item)?;
        Some(edit(Span::new(file.tree.file, at, at + 1), " "))
    };
    items[1..].iter().map(dash).collect()
}

/// Writes several items in the place of one.
pub fn replace_item(file: File<'_>, item: NodeId, texts: &[String]) -> Option<Vec<Edit>> {
    let parent = file.tree.node(item).parent?;
    let NodeKind::Sequence { is_flow, .. } = &file.tree.node(parent).kind else { return None };
    if !is_plain(file, item) || !matches!(file.tree.node(item).kind, NodeKind::Scalar { .. }) {
        return None;
    }
    let layout = Layout { tree: file.tree, text: file.text };
    let gap = match is_flow {
        true => ", ".to_owned(),
        false => format!("{}{}- ", layout.line_break(), " ".repeat(layout.column_of(layout.dash(item)?))),
    };
    Some(vec![edit(file.tree.node(item).span, &texts.join(&gap))])
}

/// The text of a block collection with its first line at the left margin; `None` where a comment stands
/// in it, or where a line does not stand below it.
pub fn at_margin(file: File<'_>, node: NodeId) -> Option<String> {
    let span = file.tree.node(node).span;
    let has_comment = file.tree.comments.iter().any(|comment| span.range().contains(&(comment.span.start as usize)));
    let layout = Layout { tree: file.tree, text: file.text };
    let margin = " ".repeat(layout.column_of(span.range().start));
    if has_comment || !is_plain(file, node) {
        return None;
    }
    let mut lines = file.text[span.range()].trim_end().lines();
    let mut out = lines.next()?.trim_end().to_owned();
    for line in lines {
        out.push('\n');
        out.push_str(if line.trim().is_empty() { "" } else { line.strip_prefix(&margin)?.trim_end() });
    }
    Some(out)
}

/// Whether a node stands for itself alone and carries neither tag nor anchor.
fn is_plain(file: File<'_>, node: NodeId) -> bool {
    let found = file.tree.node(node);
    !file.tree.is_incomplete && !file.tree.is_shared(node) && found.tag.is_none() && found.anchor.is_none()
}

fn edit(span: Span, text: &str) -> Edit {
    Edit { span, text: text.to_owned() }
}
