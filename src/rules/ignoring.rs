//! The comment that would ignore a finding, as an edit: behind the line, among the words of a comment that
//! is there, or on a line of its own above the entry.

use super::suppress;
use crate::{
    diag::{Code, Edit},
    source::{SourceMap, Span},
    yaml::{self, NodeKind, Tree},
};

/// Writes the comment; `None` where no place for it changes nothing else. What comes of it is read
/// again before it is offered: the comment has to reach the finding, and the data has to stay.
pub fn ignoring(tree: &Tree, text: &str, place: Span, code: Code, reason: &str) -> Option<Edit> {
    let at = place.start as usize;
    let mut starts: Vec<usize> = around(tree, at).into_iter().map(|start| line_start(text, start)).collect();
    starts.insert(0, line_start(text, at));
    starts.dedup();
    let behind = behind(tree, text, at, code, reason);
    let above = starts.into_iter().flat_map(|start| {
        [among_above(tree, text, start, code, reason), Some(above(text, start, code, reason))].into_iter().flatten()
    });
    let edits =
        behind.into_iter().chain(above).map(|(at, new)| Edit { span: Span::new(place.file, at, at), text: new });
    edits.into_iter().find(|edit| holds(tree, text, edit, at, code))
}

/// Where the nodes around a byte begin, with their keys, the innermost first.
fn around(tree: &Tree, at: usize) -> Vec<usize> {
    let mut nodes: Vec<(usize, usize)> = Vec::new();
    for (id, node) in tree.iter().filter(|(_, node)| node.span.range().contains(&at)) {
        let start = tree.key_of(id).map_or(tree.full_start(id), |key| tree.full_start(key));
        nodes.push((node.span.range().len(), start as usize));
    }
    nodes.sort_unstable();
    nodes.into_iter().map(|(_, start)| start).collect()
}

fn comment(code: Code, reason: &str) -> String {
    let blank = if reason.is_empty() { "" } else { " " };
    format!("# composegpu: ignore[{code}]{blank}{reason}")
}

/// At the end of the line, or among the words of the comment that stands there.
fn behind(tree: &Tree, text: &str, at: usize, code: Code, reason: &str) -> Option<(usize, String)> {
    let (start, end) = (line_start(text, at), line_end(text, at));
    let there = tree.comments.iter().find(|comment| (start..end).contains(&(comment.span.start as usize)));
    match there {
        Some(there) => among(text, there.span, code, reason),
        None => {
            let blank = if text[start..end].ends_with([' ', '\t']) { "" } else { " " };
            Some((end, format!("{blank}{}", comment(code, reason))))
        }
    }
}

/// Among the words of a comment that ignores other rules for the same reason.
fn among(text: &str, comment: Span, code: Code, reason: &str) -> Option<(usize, String)> {
    let (words, said) = suppress::words(&text[comment.range()])?;
    let end = words.as_ptr().addr() + words.len() - text.as_ptr().addr();
    let blank = if words.trim().is_empty() { "" } else { ", " };
    (said == reason || reason.is_empty()).then(|| (end, format!("{blank}{code}")))
}

/// Among the words of the comment on the line above.
fn among_above(tree: &Tree, text: &str, start: usize, code: Code, reason: &str) -> Option<(usize, String)> {
    let before = line_start(text, start.checked_sub(1)?);
    let there = tree.comments.iter().find(|comment| (before..start).contains(&(comment.span.start as usize)))?;
    among(text, there.span, code, reason).filter(|_| there.is_own_line)
}

fn above(text: &str, start: usize, code: Code, reason: &str) -> (usize, String) {
    let line = &text[start..line_end(text, start)];
    let indent = &line[..line.len() - line.trim_start().len()];
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    (start, format!("{indent}{}{line_break}", comment(code, reason)))
}

/// Whether the edited text says the same, and a comment in it reaches the finding.
fn holds(tree: &Tree, text: &str, edit: &Edit, at: usize, code: Code) -> bool {
    let mut new = text.to_owned();
    new.insert_str(edit.span.start as usize, &edit.text);
    let moved = if edit.span.start as usize <= at { at + edit.text.len() } else { at };
    let mut sources = SourceMap::default();
    let file = sources.add("", new, true);
    let (read, _) = yaml::parse(file, &sources);
    let new = sources.file(file).text();
    let is_reached = read.comments.iter().any(|comment| {
        let words = suppress::words(&new[comment.span.range()]);
        words.is_some_and(|(words, _)| words.split(',').any(|word| word.trim() == code.as_str()))
            && yaml::reach(&read, new, comment).is_some_and(|reach| reach.contains(&moved))
    });
    is_reached && says(tree) == says(&read)
}

/// The data of a tree, node by node.
fn says(tree: &Tree) -> Vec<(&str, usize)> {
    let data = tree.iter().map(|(_, node)| match &node.kind {
        NodeKind::Scalar { text, .. } => (text.as_str(), 0),
        NodeKind::Alias { name, .. } => (name.as_str(), 1),
        NodeKind::Mapping { entries, .. } => ("mapping", entries.len()),
        NodeKind::Sequence { items, .. } => ("sequence", items.len()),
    });
    data.collect()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |found| found + 1)
}

/// The end of the line that holds `at`, before its line break.
fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}
