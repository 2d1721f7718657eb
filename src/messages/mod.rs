//! What engines, the toolkit and Compose say when a GPU cannot be had: texts, causes, ways out.
//!
//! A table of texts with holes, and the search for them in whatever a person pastes: one line, or
//! a log of thousands, with any prefix and suffix. It names rules by code and knows nothing else.

mod cdi;
mod compose;
mod driver;
mod engine;
mod pattern;
mod toolkit;

use std::ops::Range;

/// One text of a program, as far as it is always the same.
#[derive(Debug)]
pub struct Message {
    /// Kebab-case name of the row.
    pub name: &'static str,
    /// The text, with `{holes}`; a blank stands for any white space, letters for both cases.
    pub text: &'static str,
    /// Why the program says so; holes of the text may occur in it.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// Codes of the rules that know more, the closest first; none where no rule does yet.
    pub rules: &'static [&'static str],
    /// What of a project it is about.
    pub about: About,
    /// Where the text was read: a source file at a version, a manual, or a recorded run.
    pub source: &'static str,
}

/// What of a project a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Requests that a device driver of the engine fulfils; of the hole `driver`, where there is one.
    Driver,
    /// CDI names; those in the hole `devices`, where there is one.
    Cdi,
    /// Services with a runtime.
    Runtime,
    /// Device nodes.
    Node,
    /// The service in the hole `service`.
    Service,
    /// Every request.
    Any,
}

/// A message that occurs in a text.
#[derive(Clone, Debug)]
pub struct Found {
    /// The row of the table.
    pub message: &'static Message,
    /// The text as it occurs, on one line.
    pub text: String,
    /// What stands in the holes.
    pub holes: Vec<(&'static str, String)>,
}

impl Found {
    /// What stands in a hole.
    pub fn hole(&self, name: &str) -> Option<&str> {
        self.holes.iter().find(|(hole, _)| *hole == name).map(|(_, text)| text.as_str())
    }

    /// The cause, with what stands in the holes.
    pub fn cause(&self) -> String {
        let fill = |text: String, (hole, value): &(&str, String)| text.replace(&format!("{{{hole}}}"), value);
        self.holes.iter().fold(self.message.cause.to_owned(), fill)
    }
}

/// All rows; of two that fit the same place the first counts.
pub fn all() -> impl Iterator<Item = &'static Message> {
    [compose::MESSAGES, driver::MESSAGES, toolkit::MESSAGES, cdi::MESSAGES, engine::MESSAGES].into_iter().flatten()
}

/// The known messages that occur in a text, in its order, each with the same holes once.
pub fn find(text: &str) -> Vec<Found> {
    let text = unescaped(text);
    let lower = text.to_ascii_lowercase();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut found: Vec<(usize, Found)> = Vec::new();
    for message in all() {
        for hit in pattern::hits(message.text, &lower) {
            if taken.iter().any(|range| range.start < hit.fixed.end && hit.fixed.start < range.end) {
                continue;
            }
            taken.push(hit.fixed.clone());
            let holes = hit.holes.into_iter().map(|(name, range)| (name, cleaned(&text[range]))).collect();
            let whole = one_line(&text[hit.fixed.start..hit.end]);
            found.push((hit.fixed.start, Found { message, text: whole, holes }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    let mut once: Vec<Found> = Vec::new();
    for (_, one) in found {
        if !once.iter().any(|known| known.message.name == one.message.name && known.holes == one.holes) {
            once.push(one);
        }
    }
    once
}

/// Quotes and line breaks as logs write them inside of quotes, however deep.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split('\\');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.strip_prefix(['n', 't']) {
            Some(rest) => out.extend([if piece.starts_with('n') { "\n" } else { " " }, rest]),
            None => out.push_str(piece),
        }
    }
    out
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
