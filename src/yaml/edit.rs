//! Byte edits for wishes about nodes: remove this, put that behind it, write this instead.
//!
//! Every function leaves all other bytes alone, keeps the line ends and the indentation of
//! the file, and answers `None` where the wish cannot be met without touching more than it
//! says (a node that an alias shares, comments inside what goes from a flow collection).

use std::ops::Range;

use super::{
    emit,
    layout::Layout,
    tree::{NodeId, NodeKind, Tree},
};
use crate::{diag::Edit, source::Span};

/// The text and the tree of one file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The text it was made from.
    pub text: &'a str,
}

impl File<'_> {
    fn edit(&self, start: usize, end: usize, text: impl Into<String>) -> Edit {
        Edit { span: Span::new(self.tree.file, start, end), text: text.into() }
    }

    fn layout(&self) -> Layout<'_> {
        Layout { tree: self.tree, text: self.text }
    }

    /// Comments of a stretch as lines of their own.
    fn own_lines(&self, range: Range<usize>, column: usize) -> String {
        let inside = self.tree.comments.iter().map(|comment| comment.span.range());
        let inside = inside.filter(|comment| range.contains(&comment.start));
        let nl = self.layout().line_break();
        let line = |comment: Range<usize>| format!("{}{}{nl}", " ".repeat(column), self.text[comment].trim_end());
        inside.map(line).collect()
    }

    fn has_comment(&self, range: &Range<usize>) -> bool {
        self.tree.comments.iter().any(|comment| range.contains(&(comment.span.start as usize)))
    }

    /// Whether the entry `node` and everything around it stands for itself alone.
    fn is_free(&self, node: NodeId) -> bool {
        !self.tree.is_incomplete && !self.tree.is_shared(node)
    }
}

/// The text with the edits carried out. Edits that overlap are a mistake of the caller: the
/// later one is left out.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < at || range.end > text.len() {
            continue;
        }
        out.push_str(&text[at..range.start]);
        out.push_str(&edit.text);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Removes the mapping entry or list item whose value is `node`; its comments stay, each on a line
/// of its own. Where that would leave its collection empty, the collection's own entry goes too,
/// and so on upwards, but never `stop` or anything above it.
pub fn remove(file: File<'_>, node: NodeId, stop: NodeId) -> Option<Vec<Edit>> {
    let mut target = node;
    while let Some(parent) = file.tree.node(target).parent
        && parent != stop
        && file.tree.children(parent) == 1
        && file.tree.node(parent).parent.is_some()
    {
        target = parent;
    }
    if !file.is_free(target) || target == stop || file.tree.is_needed(target) {
        return None;
    }
    let is_only = file.tree.node(target).parent.is_some_and(|parent| file.tree.children(parent) == 1);
    match file.tree.position(target)? {
        // What is left is an empty collection between its brackets.
        (true, _) if is_only => {
            let range = file.layout().bare_range(target);
            (!file.has_comment(&range)).then(|| vec![file.edit(range.start, range.end, "")])
        }
        _ => take_out(file, &[target]),
    }
}

/// Writes `text` in place of the node's own text (tag and anchor stay). Block collections
/// and block scalars are not replaced.
pub fn replace(file: File<'_>, node: NodeId, text: &str) -> Option<Vec<Edit>> {
    let found = file.tree.node(node);
    let old = &file.text[found.span.range()];
    let is_block = match &found.kind {
        NodeKind::Sequence { is_flow, .. } | NodeKind::Mapping { is_flow, .. } => !is_flow,
        NodeKind::Scalar { .. } => old.starts_with(['|', '>']),
        NodeKind::Alias { .. } => false,
    };
    if is_block || !file.is_free(node) {
        return None;
    }
    // An absent value stands right behind its colon.
    let gap = if old.is_empty() { " " } else { "" };
    Some(vec![file.edit(found.span.start as usize, found.span.end as usize, format!("{gap}{text}"))])
}

/// Adds the entry `key: value` to a mapping, behind the entry whose value is `after`, or at
/// its end. `value` is YAML of one or several lines, written as if at the left margin; it is
/// indented to fit (`"- a\n- b"`, `"nvidia"`).
pub fn insert_entry(
    file: File<'_>,
    mapping: NodeId,
    after: Option<NodeId>,
    key: &str,
    value: &str,
) -> Option<Vec<Edit>> {
    let NodeKind::Mapping { entries, is_flow } = &file.tree.node(mapping).kind else { return None };
    if !file.is_free(mapping) {
        return None;
    }
    let key = emit::scalar(key);
    if *is_flow {
        let value = as_flow(value)?;
        let last = after.or(entries.last().map(|entry| entry.1));
        return insert_flow(file, mapping, last, &format!("{key}: {value}"));
    }
    let layout = file.layout();
    let last = after.or(entries.last().map(|entry| entry.1))?;
    let column = layout.column(entries.first()?.0);
    let margin = " ".repeat(column);
    let text = if value.contains('\n') || value.starts_with("- ") {
        let step = if value.starts_with("- ") { layout.list_step() } else { layout.step() };
        let inner = " ".repeat(column + step);
        let lines: Vec<String> = value.lines().map(|line| format!("{inner}{line}")).collect();
        format!("{margin}{key}:{nl}{}", lines.join(layout.line_break()), nl = layout.line_break())
    } else {
        format!("{margin}{key}: {value}")
    };
    Some(vec![insert_line(file, layout.end_of_entry(last), &text)])
}

/// Adds an item at the end of a list; `value` as for [`insert_entry`].
pub fn append_item(file: File<'_>, sequence: NodeId, value: &str) -> Option<Vec<Edit>> {
    let NodeKind::Sequence { items, is_flow } = &file.tree.node(sequence).kind else { return None };
    if !file.is_free(sequence) {
        return None;
    }
    if *is_flow {
        return insert_flow(file, sequence, items.last().copied(), &as_flow(value)?);
    }
    let layout = file.layout();
    let last = *items.last()?;
    let margin = " ".repeat(layout.column_of(layout.dash(last)?));
    let mut lines = value.lines();
    let mut text = format!("{margin}- {}", lines.next()?);
    for line in lines {
        text.push_str(&format!("{}{margin}  {line}", layout.line_break()));
    }
    Some(vec![insert_line(file, layout.end_of_entry(last), &text)])
}

/// Takes entries or items of one collection out and leaves their comments, each on a line of its
/// own. At least one entry of a flow collection has to stay.
pub fn take_out(file: File<'_>, nodes: &[NodeId]) -> Option<Vec<Edit>> {
    let layout = file.layout();
    let (is_flow, _) = file.tree.position(*nodes.first()?)?;
    if !nodes.iter().all(|node| file.is_free(*node)) {
        return None;
    }
    if is_flow {
        return Some(layout.flow_runs(nodes)?.into_iter().map(|run| file.edit(run.start, run.end, "")).collect());
    }
    let take = |node: &NodeId| match layout.lines_of(*node)? {
        (range, column, true) => Some(file.edit(range.start, range.end, file.own_lines(range, column))),
        (range, column, false) => {
            let comments = file.own_lines(range.clone(), column);
            let margin = &comments[..comments.find('#').unwrap_or(0)];
            Some(file.edit(range.start, range.end, format!("{}{margin}", comments.trim_start())))
        }
    };
    nodes.iter().map(take).collect()
}

/// Writes `text` in place of a flow collection's entry, its key included.
pub fn replace_entry(file: File<'_>, value: NodeId, text: &str) -> Option<Vec<Edit>> {
    let range = file.layout().bare_range(value);
    let is_plain = file.is_free(value) && !file.has_comment(&range);
    is_plain.then(|| vec![file.edit(range.start, range.end, text)])
}

/// Writes `text` as further entries of a flow collection, behind one that it has.
pub fn insert_behind(file: File<'_>, value: NodeId, text: &str) -> Option<Vec<Edit>> {
    let end = file.layout().bare_range(value).end;
    file.is_free(value).then(|| vec![file.edit(end, end, format!(", {text}"))])
}

/// Writes `text`, YAML of one or several lines as if at the left margin, in place of a block
/// collection. Comments in there stay, each on a line of its own.
pub fn overwrite(file: File<'_>, node: NodeId, text: &str) -> Option<Vec<Edit>> {
    let range = file.tree.node(node).span.range();
    let layout = file.layout();
    let (nl, margin) = (layout.line_break(), " ".repeat(layout.column_of(range.start)));
    let comments = file.own_lines(range.clone(), margin.len());
    let mut lines = text.lines().map(|line| format!("{margin}{line}{nl}"));
    let first = lines.next()?;
    let text = format!("{first}{comments}{}", lines.collect::<String>());
    let text = text.trim_start_matches(' ').trim_end_matches(nl).to_owned();
    file.is_free(node).then(|| vec![file.edit(range.start, range.end, text)])
}

/// Edits in the order of the text, those that touch made one, so that their order is settled.
pub fn joined(file: File<'_>, mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        let Some(last) = out.last_mut().filter(|last| edit.span.start <= last.span.end) else {
            out.push(edit);
            continue;
        };
        // At the end of a file without a line break, an insertion brings one along; lines that go
        // have left theirs.
        let is_at_end = last.span.end as usize == file.text.len() && last.span.start < last.span.end;
        let has_own_line = is_at_end && (last.text.is_empty() || last.text.ends_with('\n'));
        let text = if has_own_line { edit.text.trim_start_matches(['\r', '\n']) } else { &edit.text };
        last.text.push_str(text);
        last.span.end = last.span.end.max(edit.span.end);
    }
    for edit in &mut out {
        if edit.span.end as usize == file.text.len() && !file.text.ends_with('\n') {
            edit.text.truncate(edit.text.trim_end_matches(['\r', '\n']).len());
        }
    }
    out
}

/// Puts a tag such as `!override` on a node, in place of the one it has.
pub fn set_tag(file: File<'_>, node: NodeId, tag: &str) -> Option<Vec<Edit>> {
    let found = file.tree.node(node);
    if !file.is_free(node) {
        return None;
    }
    if let Some(old) = &found.tag {
        return Some(vec![file.edit(old.span.start as usize, old.span.end as usize, tag)]);
    }
    let is_block =
        matches!(found.kind, NodeKind::Sequence { is_flow: false, .. } | NodeKind::Mapping { is_flow: false, .. });
    if is_block {
        // A block collection begins on a line of its own: its tag stands behind the key's colon.
        let colon = file.layout().colon(node)?;
        return Some(vec![file.edit(colon + 1, colon + 1, format!(" {tag}"))]);
    }
    let start = file.tree.full_start(node) as usize;
    let gap = if found.span.start == found.span.end { " " } else { "" };
    let behind = if gap.is_empty() { " " } else { "" };
    Some(vec![file.edit(start, start, format!("{gap}{tag}{behind}"))])
}

/// Renames the key of the mapping entry whose value is `node`.
pub fn rename_key(file: File<'_>, node: NodeId, key: &str) -> Option<Vec<Edit>> {
    let old = file.tree.key_of(node)?;
    let span = file.tree.node(old).span;
    file.is_free(node).then(|| vec![file.edit(span.start as usize, span.end as usize, emit::scalar(key))])
}

/// An edit that puts whole lines behind the line break at `at` (or makes that line break).
fn insert_line(file: File<'_>, at: usize, text: &str) -> Edit {
    let nl = file.layout().line_break();
    let ends_line = at == 0 || file.text[..at].ends_with('\n');
    let text = if ends_line { format!("{text}{nl}") } else { format!("{nl}{text}") };
    file.edit(at, at, text)
}

fn insert_flow(file: File<'_>, collection: NodeId, after: Option<NodeId>, text: &str) -> Option<Vec<Edit>> {
    let span = file.tree.node(collection).span;
    let (at, text) = match after {
        Some(last) => (file.tree.full_end(last) as usize, format!(", {text}")),
        None => (span.start as usize + 1, text.to_owned()),
    };
    Some(vec![file.edit(at, at, text)])
}

/// Block YAML of one level as flow YAML; deeper levels are not turned.
fn as_flow(value: &str) -> Option<String> {
    if !value.contains('\n') && !value.starts_with("- ") {
        return Some(value.to_owned());
    }
    let items: Option<Vec<&str>> =
        value.lines().map(|line| line.strip_prefix("- ").filter(|item| !item.contains(": "))).collect();
    Some(format!("[{}]", items?.join(", ")))
}
