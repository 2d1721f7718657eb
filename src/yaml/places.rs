//! Where a node's own text begins and ends, where the scanner says something else.

use super::tree::ScalarStyle;
use crate::source::Span;

/// Where an absent node would stand: right behind its colon, dash, comma or bracket.
pub(super) fn absent(text: &str, span: Span) -> Span {
    let at = span.start as usize;
    let behind = text[at..].trim_start_matches([' ', '\t']);
    if behind.starts_with(':') {
        let colon = text.len() - behind.len();
        return Span::new(span.file, colon + 1, colon + 1);
    }
    let before = text[..at].trim_end_matches([' ', '\t', '\r', '\n']);
    let at = if before.ends_with([':', '-', '?', ',', '[', '{']) { before.len() } else { at };
    Span::new(span.file, at, at)
}

/// A scalar from its first to its last byte that is not blank; a block scalar with its header.
pub(super) fn scalar(text: &str, span: Span, style: ScalarStyle) -> Span {
    let (start, end) = (span.start as usize, span.end as usize);
    let kept = start + text[start..end].trim_end().len();
    match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => span,
        ScalarStyle::Plain => Span::new(span.file, start, kept),
        ScalarStyle::Literal | ScalarStyle::Folded => {
            Span::new(span.file, header(text, start).unwrap_or(start), kept.max(start))
        }
    }
}

/// The `|` or `>` of the block scalar whose content begins at `start`.
fn header(text: &str, start: usize) -> Option<usize> {
    if text[start..].starts_with(['|', '>']) {
        return Some(start);
    }
    let before = text[..start].trim_end();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let is_header = |tail: &str| {
        let tail = tail[1..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
        tail.is_empty() || tail.starts_with([' ', '\t']) && tail.trim_start().starts_with('#')
    };
    before[line..].match_indices(['|', '>']).map(|(at, _)| line + at).find(|at| is_header(&before[*at..]))
}

/// The dash before a list's item that begins at `start`.
pub(super) fn dash(text: &str, start: usize) -> Option<usize> {
    let before = text[..start].trim_end();
    before.ends_with('-').then(|| before.len() - 1)
}
