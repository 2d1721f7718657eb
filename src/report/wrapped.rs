//! Plain text within a terminal's width.

use std::fmt::Write as _;

use super::printable::one_line;

/// The columns of a terminal that does not tell its width.
pub(super) const WIDTH: usize = 80;

/// One line.
pub(super) fn line(out: &mut String, text: &str) {
    writeln!(out, "{}", one_line(text).trim_end()).expect("writing to a String cannot fail");
}

/// The text on as many lines as it takes, all but the first further in.
pub(super) fn wrapped(out: &mut String, indent: &str, text: &str, width: usize) {
    let mut current = indent.to_owned();
    for word in one_line(text).split(' ') {
        let is_full = current.chars().count() + 1 + word.chars().count() > width;
        if is_full && current.trim() != "" {
            line(out, &current);
            current = format!("{indent}    ");
        } else if current.trim() != "" {
            current.push(' ');
        }
        current.push_str(word);
    }
    line(out, &current);
}
