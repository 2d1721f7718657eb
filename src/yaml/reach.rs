//! What a comment stands for: its own line, or what comes right below it.

use std::ops::Range;

use super::{
    layout::Layout,
    tree::{Comment, Tree},
};

/// The bytes that a comment is about: its line, or, where it stands on a line of its own, the entry or
/// list item that begins on the next line with text, with all that is below it.
pub fn reach(tree: &Tree, text: &str, comment: &Comment) -> Option<Range<usize>> {
    let span = comment.span.range();
    if !comment.is_own_line {
        let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        return Some(start..span.start);
    }
    let start = next_text(text, span.end)?;
    let layout = Layout { tree, text };
    let begins = |key: Option<_>, value| match key {
        Some(key) => tree.full_start(key) as usize == start,
        None => layout.dash(value) == Some(start),
    };
    let (value, _) = tree.iter().find(|(value, _)| begins(tree.key_of(*value), *value))?;
    Some(start..layout.bare_range(value).end)
}

/// The first byte behind `at` that is neither blank nor part of a comment.
fn next_text(text: &str, at: usize) -> Option<usize> {
    let mut at = at;
    for line in text[at..].split_inclusive('\n') {
        let body = line.trim_start();
        if !body.is_empty() && !body.starts_with('#') {
            return Some(at + line.len() - body.len());
        }
        at += line.len();
    }
    None
}
