//! What Compose's library takes and the scanner refuses, written as the scanner takes it too.
//!
//! The scanner says where it stumbles, and the text is changed there alone, in a way that means
//! the same; then it begins anew. Places are mapped back, so that nobody else sees the change. A
//! text without such places is scanned once, as it is.

use std::borrow::Cow;

/// What helps the scanner over the place where it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cure {
    /// A blank between two tokens: `"text"#comment`, `*alias: value`.
    Blank,
    /// Blanks for the tabs that indent a line between brackets.
    Tabs,
    /// More indentation before a further line of a quoted text, where it counts for nothing.
    Indent,
    /// The character here is text like any other.
    Text,
    /// The tag that begins here has a comma or a bracket, which ends it for the scanner.
    Tag,
    /// The escape `\'`, in the double quotes that begin here.
    Apostrophe,
    /// `...` before a directive.
    DocumentEnd,
}

/// Bytes that are scanned again at most: a file of usual size may need as many cures as it has lines.
const MAX_AGAIN: usize = 1 << 24;
/// Indentation that is never deep enough for anything.
const MAX_INDENT: usize = 1 << 12;

/// A stretch of the text that was changed.
#[derive(Clone, Copy, Debug)]
struct Change {
    /// Where it begins in the original, and how many bytes it takes there.
    at: usize,
    was: usize,
    /// The same in the eased text.
    eased: usize,
    is: usize,
}

/// A text for the scanner.
#[derive(Debug)]
pub(super) struct Eased<'a> {
    pub(super) text: Cow<'a, str>,
    /// In the order of the text.
    changes: Vec<Change>,
    /// Characters that stand for others.
    standing_in: Vec<(char, char)>,
    /// Tabs of the original that became blanks.
    pub(super) tabs: Vec<usize>,
    again: usize,
}

impl<'a> Eased<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut eased = Self {
            text: Cow::Borrowed(text),
            changes: Vec::new(),
            standing_in: Vec::new(),
            tabs: Vec::new(),
            again: 0,
        };
        // NEL is a line break of YAML 1.1 (go.yaml.in/yaml/v3 yamlprivateh.go, `is_break`).
        if !text.is_ascii() {
            while let Some(at) = eased.text.find('\u{85}') {
                eased.replace(at, '\u{85}'.len_utf8(), "\n");
            }
        }
        eased
    }

    /// The byte of the original that a byte of the eased text stands for.
    pub(super) fn original(&self, at: usize) -> usize {
        let behind = self.changes.partition_point(|change| change.eased <= at);
        let Some(change) = behind.checked_sub(1).map(|last| self.changes[last]) else { return at };
        match at.checked_sub(change.eased + change.is) {
            Some(rest) => change.at + change.was + rest,
            None => change.at + (at - change.eased).min(change.was),
        }
    }

    /// A scalar's text with the characters that others stand in for.
    pub(super) fn restored(&self, text: String) -> String {
        self.standing_in.iter().fold(text, |text, (for_it, character)| text.replace(*for_it, &character.to_string()))
    }

    /// Changes the text where the scanner stopped; false where that helps no more.
    pub(super) fn apply(&mut self, at: usize, cure: Cure) -> bool {
        self.again += self.text.len();
        let is_own = |change: &Change| change.eased < at && at < change.eased + change.is;
        if self.again > MAX_AGAIN || self.changes.iter().any(is_own) {
            return false;
        }
        match cure {
            Cure::Blank => self.insert(at, " "),
            Cure::DocumentEnd => self.insert(at, "...\n"),
            Cure::Indent => self.indent(at),
            Cure::Tabs => self.blank_tabs(at),
            Cure::Text => self.stand_in(at),
            Cure::Tag => self.lengthen_tag(at),
            Cure::Apostrophe => self.write_apostrophe(at),
        }
    }

    fn insert(&mut self, at: usize, text: &str) -> bool {
        self.replace(at, 0, text);
        true
    }

    /// Twice as deep each time, for nobody says how deep is enough.
    fn indent(&mut self, at: usize) -> bool {
        let line = self.text[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let depth = self.text[line..].len() - self.text[line..].trim_start_matches(' ').len();
        // Where a document begins or ends, no quotes go on.
        let is_marker = self.text[line..].strip_prefix("---").or_else(|| self.text[line..].strip_prefix("..."));
        let is_marker = is_marker.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        !is_marker && depth < MAX_INDENT && self.insert(line, &" ".repeat(depth.max(8)))
    }

    /// The tabs that the line of `at` begins with, and those of the lines right behind it.
    fn blank_tabs(&mut self, at: usize) -> bool {
        let mut line = self.text[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let known = self.tabs.len();
        loop {
            let rest = &self.text[line..];
            let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let Some(tab) = rest[..blank].find('\t') else { break };
            self.tabs.push(self.original(line + tab));
            let next = rest.find(['\n', '\r']).map(|end| line + end + 1);
            self.text.to_mut().replace_range(line..line + blank, &" ".repeat(blank));
            match next {
                Some(next) => line = next,
                None => break,
            }
        }
        self.tabs.len() > known
    }

    /// Puts a character that means nothing to the scanner in the place of one that does.
    fn stand_in(&mut self, at: usize) -> bool {
        let Some(character) = self.text[at..].chars().next() else { return false };
        let known = self.standing_in.iter().find(|(_, known)| *known == character).map(|(for_it, _)| *for_it);
        let Some(for_it) = known.or_else(|| ('\u{e000}'..'\u{f8ff}').find(|free| !self.text.contains(*free))) else {
            return false;
        };
        if known.is_none() {
            self.standing_in.push((for_it, character));
        }
        self.replace(at, character.len_utf8(), for_it.encode_utf8(&mut [0; 4]));
        true
    }

    /// Letters for the commas and brackets. A tag that has one is none that means anything.
    fn lengthen_tag(&mut self, at: usize) -> bool {
        let is_of_tag = |c: char| c.is_ascii_alphanumeric() || "_-;/?:@&=+$.!~*'()%,[]".contains(c);
        let end = self.text[at..].find(|c| !is_of_tag(c)).map_or(self.text.len(), |found| at + found);
        let mut is_changed = false;
        while let Some(found) = self.text[at..end].find([',', '[', ']']) {
            self.replace(at + found, 1, "x");
            is_changed = true;
        }
        is_changed
    }

    /// `\x27` for the first `\'`, if no escape before it is a mistake.
    fn write_apostrophe(&mut self, at: usize) -> bool {
        let mut from = at;
        while let Some(found) = self.text[from..].find('\\') {
            let escape = from + found;
            match self.text[escape + 1..].chars().next() {
                Some('\'') => {
                    self.replace(escape, 2, "\\x27");
                    return true;
                }
                Some(next) if "0abt\tnvfre \"/\\N_LPxuU\n\r".contains(next) => from = escape + 1 + next.len_utf8(),
                _ => return false,
            }
        }
        false
    }

    fn replace(&mut self, eased: usize, was: usize, with: &str) {
        let at = self.original(eased);
        let (place, is) = (self.changes.partition_point(|change| change.eased < eased), with.len());
        self.text.to_mut().replace_range(eased..eased + was, with);
        self.changes.insert(place, Change { at, was, eased, is });
        for later in &mut self.changes[place + 1..] {
            later.eased = later.eased + is - was;
        }
    }
}
