//! Where Compose's YAML library (Go's) and the scanner differ.
//!
//! The library reads YAML 1.1 by libyaml's rules; the scanner reads 1.2. What the library
//! refuses and the scanner takes is refused here.

use super::tree::ScalarStyle;
use crate::{
    diag::{Diagnostic, Place, Severity},
    source::{FileId, Span},
};

/// Characters that no YAML text may hold: the controls but tab, line feed and carriage
/// return (go-yaml readerc.go, "control characters are not allowed").
pub(super) fn check_bytes(file: FileId, text: &str) -> Vec<Diagnostic> {
    if text.starts_with("\u{feff}\u{feff}") {
        // It skips a character of each line for it (scannerc.go, `yaml_parser_scan_to_next_token`).
        let place = Place::Source(Span::new(file, '\u{feff}'.len_utf8(), 2 * '\u{feff}'.len_utf8()).into());
        let message = "a second byte order mark begins the file: Compose loses the first letter of each key behind it";
        return vec![Diagnostic::new(super::parse::SYNTAX_ERROR, Severity::Error, message, place)];
    }
    let is_forbidden = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    let Some(at) = text.bytes().position(|byte| is_forbidden(&byte)) else { return Vec::new() };
    let byte = text.as_bytes()[at];
    let message = match byte {
        0 => "a NUL byte: this is no text file".to_owned(),
        byte => format!("the control character 0x{byte:02x} is not allowed in YAML"),
    };
    let place = Place::Source(Span::new(file, at, at + 1).into());
    vec![Diagnostic::new(super::parse::SYNTAX_ERROR, Severity::Error, message, place)]
}

/// Anchor names are ASCII letters, digits, `_` and `-` (go-yaml `is_alpha`).
pub(super) fn check_anchor(name: &str) -> Option<String> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let bad = name.chars().find(|c| !is_good(*c))?;
    Some(format!("the anchor `&{name}` holds `{bad}`: Compose takes letters, digits, `_` and `-`"))
}

/// A literal whose last line ends the file without a line break has none in its value
/// (go-yaml scannerc.go); the scanner adds one.
pub(super) fn fix_scalar(mut text: String, style: ScalarStyle, source: &str, end: usize) -> String {
    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    let last = source.rsplit(['\n', '\r']).next().unwrap_or_default();
    if is_block && end >= source.len() && !last.trim_matches(' ').is_empty() && text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Whether a plain text between brackets goes on with the colon at `at`: only a blank ends it there
/// (go-yaml scannerc.go), also where the scanner sees a key before `,`, a bracket or a brace.
pub(super) fn is_colon_text(text: &str, at: usize) -> bool {
    matches!(text.as_bytes().get(at..at + 2), Some([b':', b',' | b'[' | b']' | b'{' | b'}']))
}

/// Where the colon stands that ends an alias's name: the library takes `*k: v` for a key.
pub(super) fn alias_colon(alias: &str) -> Option<usize> {
    let end = alias.find(|c: char| !matches!(c, '*' | '_' | '-') && !c.is_ascii_alphanumeric())?;
    (end > 1 && alias[end..].starts_with(':')).then_some(end)
}
