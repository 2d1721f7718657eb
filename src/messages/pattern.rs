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

/// Where a pattern occurs in a text in lower case.
pub(super) fn hits(pattern: &'static str, lower: &str) -> Vec<Hit> {
    let parts = parts(pattern);
    let mut hits = Vec::new();
    let mut from = 0;
    let Some(Part::Fixed(first)) = parts.first() else { return hits };
    let word = first.split(' ').next().unwrap_or(first);
    while let Some(at) = lower[from..].find(word).map(|at| from + at) {
        from = at + word.len();
        if let Some(hit) = hit(&parts, lower, at) {
            from = hit.fixed.end.max(from);
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
        let rest = &lower[at..];
        end = at + rest.find('\n').unwrap_or(rest.len());
        holes.push((name, at..end));
    }
    Some(Hit { fixed: start..at, end, holes })
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
