//! The search for known messages in a log of any length, in bounded memory.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Found, Message, all, line, pattern};

/// How much is looked through at once, in bytes.
const BLOCK: usize = 256 << 10;

/// How much of a block is looked at again with the next, for a message that the cut went through.
const OVERLAP: usize = 16 << 10;

/// The most different messages that are kept; a log that has more repeats itself with other holes.
const MOST_FOUND: usize = 200;

/// A search that takes its text in pieces.
#[derive(Debug)]
pub struct Search {
    rows: Vec<&'static Message>,
    /// Finds the first word of every row in one pass.
    words: AhoCorasick,
    /// Bytes of lines that have not ended.
    raw: Vec<u8>,
    encoding: Encoding,
    /// Lines without what the log adds, not looked through yet.
    text: String,
    found: Vec<Found>,
}

/// How the bytes stand for text. PowerShell writes UTF-16 where a log is redirected into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Unknown,
    Utf8,
    Utf16 { is_big: bool },
}

impl Default for Search {
    fn default() -> Self {
        let rows: Vec<&'static Message> = all().collect();
        let words = rows.iter().map(|row| pattern::first_word(row.text));
        let words = AhoCorasick::builder().match_kind(MatchKind::Standard).ascii_case_insensitive(true).build(words);
        let words = words.expect("the words are few and short");
        Self { rows, words, raw: Vec::new(), encoding: Encoding::Unknown, text: String::new(), found: Vec::new() }
    }
}

impl Search {
    /// Takes the next piece; it may end anywhere.
    pub fn feed(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(BLOCK) {
            self.raw.extend_from_slice(part);
            self.take_lines(false);
            if self.text.len() >= BLOCK {
                self.look(false);
            }
        }
    }

    /// The known messages, in the order of the text, each with the same holes once.
    pub fn finish(mut self) -> Vec<Found> {
        self.take_lines(true);
        self.look(true);
        self.found
    }

    /// Moves whole lines from the bytes to the text; the last, or one that never ends, too.
    fn take_lines(&mut self, is_last: bool) {
        if self.encoding == Encoding::Unknown && (self.raw.len() >= 2 || is_last) {
            self.encoding = match self.raw.as_slice() {
                [0xff, 0xfe, ..] => Encoding::Utf16 { is_big: false },
                [0xfe, 0xff, ..] => Encoding::Utf16 { is_big: true },
                _ => Encoding::Utf8,
            };
        }
        let whole_lines = match self.encoding {
            Encoding::Utf16 { is_big } => {
                let pairs = self.raw.chunks_exact(2).rposition(|pair| pair == if is_big { [0, 10] } else { [10, 0] });
                pairs.map_or(0, |at| 2 * at + 2)
            }
            _ => self.raw.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1),
        };
        let end = match whole_lines {
            _ if is_last => self.raw.len(),
            0 if self.raw.len() >= BLOCK => self.raw.len() & !1,
            end => end,
        };
        let rest = self.raw.split_off(end);
        let bytes = std::mem::replace(&mut self.raw, rest);
        let text = match self.encoding {
            Encoding::Utf16 { is_big } => {
                let read = if is_big { u16::from_be_bytes } else { u16::from_le_bytes };
                String::from_utf16_lossy(
                    &bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect::<Vec<_>>(),
                )
            }
            _ => String::from_utf8_lossy(&bytes).into_owned(),
        };
        for one in text.split_inclusive('\n') {
            line::add(one.trim_end_matches('\n'), &mut self.text);
            if one.ends_with('\n') {
                self.text.push('\n');
            }
        }
    }

    /// Looks through the text and keeps of it what a message could still begin in.
    fn look(&mut self, is_last: bool) {
        let hits = hits(&self.rows, &self.words, &self.text);
        let mut seen = 0;
        for (range, found) in hits {
            seen = seen.max(range.end);
            let is_known = |known: &Found| known.message.name == found.message.name && known.holes == found.holes;
            if self.found.len() < MOST_FOUND && !self.found.iter().any(is_known) {
                self.found.push(found);
            }
        }
        let mut keep = if is_last { self.text.len() } else { seen.max(self.text.len().saturating_sub(OVERLAP)) };
        while !self.text.is_char_boundary(keep) {
            keep += 1;
        }
        self.text.drain(..keep);
    }
}

/// Every place of a row, none of them within another's, in the order of the text.
fn hits(rows: &[&'static Message], words: &AhoCorasick, text: &str) -> Vec<(Range<usize>, Found)> {
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for word in words.find_overlapping_iter(text) {
        places[word.pattern().as_usize()].push(word.start());
    }
    let lower = text.to_ascii_lowercase();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut found = Vec::new();
    for (row, places) in rows.iter().zip(places) {
        for hit in pattern::hits(row.text, &lower, &places) {
            if taken.iter().any(|range| range.start < hit.fixed.end && hit.fixed.start < range.end) {
                continue;
            }
            taken.push(hit.fixed.clone());
            let holes = hit.holes.into_iter().map(|(name, range)| (name, cleaned(&text[range]))).collect();
            let whole = one_line(&text[hit.fixed.start..hit.end]);
            found.push((hit.fixed.start..hit.end, Found { message: row, text: whole, holes }));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

fn one_line(text: &str) -> String {
    cleaned(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Without what programs put behind: `: unknown` of containerd, and the end of a quotation.
fn cleaned(text: &str) -> String {
    let text = text.trim().trim_end_matches(": unknown");
    let is_open = text.matches('"').count() % 2 == 1;
    if is_open { text.trim_end_matches('"') } else { text }.to_owned()
}
