//! The bytes of a word inside the text around it.

use crate::source::{SourceMap, Span};

/// The bytes of `word` inside `around`, where it stands there as a word of its own; else
/// `around` itself. A module may be followed by `:` and its attribute, which then count.
pub(super) fn word_span(around: Span, word: &str, sources: &SourceMap) -> Span {
    let text = sources.slice(around);
    let is_inside = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '/';
    let start = text.match_indices(word).map(|(at, _)| at).find(|at| {
        let rest = &text[at + word.len()..];
        !text[..*at].ends_with(is_inside) && !rest.starts_with(is_inside)
    });
    let Some(start) = start else { return around };
    let rest = &text[start + word.len()..];
    let attribute = match rest.strip_prefix(':') {
        Some(rest) if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
            1 + rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
        }
        _ => 0,
    };
    let from = around.start as usize + start;
    Span::new(around.file, from, from + word.len() + attribute)
}
