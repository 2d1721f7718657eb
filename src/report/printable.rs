//! Text of a stranger's file, made safe for a terminal: what moves the cursor, changes
//! colours or turns the direction of writing is shown as a mark.

use std::borrow::Cow;

/// The text with every character that a terminal would obey replaced; line breaks and tabs stay.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unsafe) { Cow::Owned(text.chars().map(safe).collect()) } else { Cow::Borrowed(text) }
}

/// The same, on one line.
pub(super) fn one_line(text: &str) -> String {
    printable(text).replace(['\n', '\t'], " ")
}

/// The character, or the mark that stands for it.
pub(super) fn safe(c: char) -> char {
    if is_unsafe(c) { '\u{fffd}' } else { c }
}

fn is_unsafe(c: char) -> bool {
    // Bidirectional controls hide text: "Trojan Source", CVE-2021-42574.
    let is_bidirectional = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    c.is_control() && !matches!(c, '\n' | '\t') || is_bidirectional || c == '\u{feff}'
}
