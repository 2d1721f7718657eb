//! A text with `{holes}` and where it occurs in another.

use std::ops::Range;

/// Longest text that a hole takes, in bytes: paths and lists of names are shorter.
const MAX_HOLE: usize = 1000;

/// An occurrence.
#[derive(Debug)]
pub(super) struct Hit {
    /// From the first letter to the last that is not a hole's.
    pub(super) fixed: Range<usize>,
    /// The end with the last hole.
    pub(super) end: usize,
    /// Names and places of the holes.
    pub(super) holes: Vec<(&'static str, Range<usize>)>,
}

enum Part {
    Fixed(String),
    Hole(&'static str),
}

/// The word that every occurrence of a pattern begins with.
pub(super) fn first_word(pattern: &'static str) -> &'static str {
    let end = pattern.find([' ', '{']).unwrap_or(pattern.len());
    &pattern[..end]
}

/// Where a pattern occurs in a text in lower case, given where its first word does.
pub(super) fn hits(pattern: &'static str, lower: &str, places: &[usize]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    if places.is_empty() {
        return hits;
    }
    let parts = parts(pattern);
    for &at in places {
        if hits.last().is_none_or(|last| last.fixed.end <= at)
            && let Some(hit) = hit(&parts, lower, at)
        {
            hits.push(hit);
        }
    }
    hits
}

fn parts(pattern: &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    for piece in pattern.split_inclusive(['{', '}']) {
        match (piece.strip_suffix('}'), piece.strip_suffix('{')) {
            (Some(hole), _) => parts.push(Part::Hole(hole)),
            (_, Some("")) => {}
            (_, fixed) => parts.push(Part::Fixed(fixed.unwrap_or(piece).to_ascii_lowercase())),
        }
    }
    parts
}

fn hit(parts: &[Part], lower: &str, start: usize) -> Option<Hit> {
    let (mut at, mut open, mut holes) = (start, None, Vec::new());
    for part in parts {
        match part {
            Part::Hole(name) => open = Some(*name),
            Part::Fixed(fixed) => match open.take() {
                None => at = end_of(fixed, lower, at)?,
                Some(name) => {
                    let (hole, end) = after_hole(fixed, lower, at)?;
                    holes.push((name, hole));
                    at = end;
                }
            },
        }
    }
    let mut end = at;
    if let Some(name) = open {
        end = at + end_of_quotation(&lower[at..]);
        holes.push((name, at..end));
    }
    Some(Hit { fixed: start..at, end, holes })
}

/// The end of the line, or of the quotation that the message stands in: a quote that is closed and was
/// not opened in the hole (`msg="… gpu=0" error=…`).
fn end_of_quotation(rest: &str) -> usize {
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let (mut before, mut is_open) = (' ', false);
    for (at, c) in line.char_indices() {
        if c == '"' && is_open {
            is_open = false;
        } else if c == '"' && (at == 0 || !(before.is_whitespace() || "([:=".contains(before))) {
            return at;
        } else if c == '"' {
            is_open = true;
        }
        before = c;
    }
    line.len()
}

/// The shortest hole before a fixed part, on one line and not empty, and the end of that part.
fn after_hole(fixed: &str, lower: &str, from: usize) -> Option<(Range<usize>, usize)> {
    let rest = &lower[from..];
    let places = rest.char_indices().skip(1).take_while(|(at, c)| *at <= MAX_HOLE && *c != '\n');
    let mut ends = places.map(|(at, _)| from + at).filter(|_| !rest.starts_with('\n'));
    ends.find_map(|at| end_of(fixed, lower, at).map(|end| (from..at, end)))
}

/// The end of a fixed part that begins here; a blank takes all white space that is there, and
/// wants some.
fn end_of(fixed: &str, lower: &str, from: usize) -> Option<usize> {
    let mut at = from;
    for c in fixed.chars() {
        let rest = &lower[at..];
        at += if c == ' ' {
            let blank = rest.len() - rest.trim_start().len();
            (blank > 0).then_some(blank)?
        } else {
            rest.starts_with(c).then_some(c.len_utf8())?
        };
    }
    Some(at)
}
