//! The few lines of a file that a finding shows, cut to a width and made safe to print.
//!
//! A finding may sit in a line of a megabyte, or beside bytes that a terminal would obey.
//! So a report never prints the file itself but an excerpt of it, which has its own offsets.

use std::{collections::BTreeMap, ops::Range};

use super::{
    printable::{printable, safe},
    secrets::masked,
};
use crate::{
    diag::Label,
    source::{SourceFile, Span},
};

/// The longest part of a line that is shown, in characters.
const MAX_COLUMNS: usize = 160;
/// How much of a cut line stands before the place that is pointed at, in characters.
const LEAD_COLUMNS: usize = 40;
/// What stands for the part that was cut off.
const CUT: char = '…';

/// Lines of one file around some labels.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The file's path.
    pub(super) name: String,
    /// Lines that are shown, each with a line break.
    pub(super) text: String,
    lines: Vec<Line>,
    /// Where each label lies in [`Excerpt::text`], in the order they were given.
    pub(super) spans: Vec<Range<usize>>,
}

/// A line of an excerpt.
#[derive(Debug)]
struct Line {
    /// Zero-based number in the file.
    number: usize,
    /// Offset of its first byte in the excerpt.
    offset: usize,
    /// The shown bytes of the file's line.
    window: Range<usize>,
    /// Whether a mark stands before the window.
    is_cut: bool,
    /// Zero-based column of the window's first character.
    column: usize,
}

/// A stretch of whole lines that follow one another in the file.
#[derive(Debug)]
pub(super) struct Part {
    /// Bytes of the excerpt's text.
    pub(super) range: Range<usize>,
    /// Zero-based number of the first line.
    pub(super) line: usize,
    /// Zero-based column of the first byte.
    pub(super) column: usize,
    /// How many lines.
    pub(super) line_count: usize,
}

impl Excerpt {
    /// The lines of `labels`, with `context` lines around each.
    pub(super) fn new(file: &SourceFile, labels: &[&Label], context: usize) -> Self {
        let name = printable(&file.path().display().to_string()).into_owned();
        let mut excerpt = Self { name, text: String::new(), lines: Vec::new(), spans: Vec::new() };
        for (number, focus) in wanted(file, labels, context) {
            excerpt.push_line(file, number, focus);
        }
        excerpt.spans = labels.iter().map(|label| excerpt.place(file, label.span)).collect();
        excerpt
    }

    fn push_line(&mut self, file: &SourceFile, number: usize, focus: usize) {
        let text = file.line(number as u32 + 1);
        let window = window(text, focus);
        let line = Line {
            number,
            offset: self.text.len(),
            is_cut: window.start > 0,
            column: text[..window.start].chars().count(),
            window: window.clone(),
        };
        self.text.extend(line.is_cut.then_some(CUT));
        self.text.extend(shown(text, &window));
        self.text.extend((window.end < text.len()).then_some(CUT));
        self.text.push('\n');
        self.lines.push(line);
    }

    /// Where the part of a span that lies in its first line is in the excerpt.
    fn place(&self, file: &SourceFile, span: Span) -> Range<usize> {
        let number = file.line_column(span.start).line as usize - 1;
        let line = self.lines.iter().find(|line| line.number == number).expect("a label's line is in its excerpt");
        let text = file.line(number as u32 + 1);
        let first = start_of_line(file, span.start);
        let at = |offset: u32| {
            let inside = floor(text, (offset as usize).saturating_sub(first)).clamp(line.window.start, line.window.end);
            let before = text[line.window.start..inside].chars().count();
            let bytes: usize = shown(text, &line.window).take(before).map(char::len_utf8).sum();
            line.offset + mark(line) + bytes
        };
        at(span.start)..at(span.end)
    }

    /// The lines from `before` ahead of a range to `after` behind it; `None` where that
    /// would jump over lines of the file.
    pub(super) fn part(&self, range: Range<usize>, before: usize, after: usize) -> Option<Part> {
        let at = |offset: usize| self.lines.partition_point(|line| line.offset <= offset).saturating_sub(1);
        let (start, end) = (at(range.start), at(range.end));
        let is_gapless = |a: usize, b: usize| self.lines[b].number - self.lines[a].number == b - a;
        if self.lines.is_empty() || !is_gapless(start, end) {
            return None;
        }
        let first = (start.saturating_sub(before)..=start).find(|first| is_gapless(*first, start))?;
        let last = (end..=(end + after).min(self.lines.len() - 1)).rev().find(|last| is_gapless(end, *last))?;
        let behind = self.lines.get(last + 1).map_or(self.text.len(), |line| line.offset);
        let (offset, column) =
            if before == 0 { (range.start, self.column(start, range.start)) } else { (self.lines[first].offset, 0) };
        Some(Part { range: offset..behind, line: self.lines[first].number, column, line_count: last - first + 1 })
    }

    /// Zero-based column in the file of an offset of the excerpt.
    fn column(&self, line: usize, offset: usize) -> usize {
        let line = &self.lines[line];
        let shown = &self.text[(line.offset + mark(line)).min(offset)..offset];
        line.column + shown.chars().count()
    }
}

/// The characters to show for a line's window, one for each of its own.
fn shown(text: &str, window: &Range<usize>) -> impl Iterator<Item = char> {
    let skipped = text[..window.start].chars().count();
    let count = text[window.clone()].chars().count();
    let masked: Vec<char> = masked(text).chars().skip(skipped).take(count).map(safe).collect();
    masked.into_iter()
}

/// Bytes of the mark before a cut line.
fn mark(line: &Line) -> usize {
    if line.is_cut { CUT.len_utf8() } else { 0 }
}

/// Zero-based numbers of the lines to show, each with the byte of it to keep in sight.
fn wanted(file: &SourceFile, labels: &[&Label], context: usize) -> BTreeMap<usize, usize> {
    let mut wanted = BTreeMap::new();
    // The nothing behind the last line break is no line to show around another.
    let last = file.line_column(u32::MAX).line as usize - 1 - usize::from(file.text().ends_with('\n'));
    for label in labels {
        let line = file.line_column(label.span.start).line as usize - 1;
        for number in line.saturating_sub(context)..=(line + context).min(last.max(line)) {
            wanted.entry(number).or_insert(0);
        }
    }
    for label in labels.iter().rev() {
        let line = file.line_column(label.span.start).line as usize - 1;
        wanted.insert(line, (label.span.start as usize).saturating_sub(start_of_line(file, label.span.start)));
    }
    wanted
}

/// Byte offset of the first byte of the line that holds `offset`.
fn start_of_line(file: &SourceFile, offset: u32) -> usize {
    let line = file.line_column(offset).line;
    let text = file.text();
    // A line is a slice of the text, so the distance of their first bytes is its offset.
    file.line(line).as_ptr() as usize - text.as_ptr() as usize
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The part of a line to show: all of it, or [`MAX_COLUMNS`] characters around `focus`.
fn window(text: &str, focus: usize) -> Range<usize> {
    if text.chars().nth(MAX_COLUMNS).is_none() {
        return 0..text.len();
    }
    let focus = floor(text, focus);
    let start = text[..focus].char_indices().rev().nth(LEAD_COLUMNS - 1).map_or(0, |(at, _)| at);
    let end = text[start..].char_indices().nth(MAX_COLUMNS).map_or(text.len(), |(at, _)| start + at);
    start..end
}
