//! Values that a report must not show, though they stand beside what it points at: what is
//! set to a name that speaks of a password, a token or a key.

use std::borrow::Cow;

/// Parts of names whose values are nobody's business.
const WORDS: [&str; 9] =
    ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "API_KEY", "APIKEY", "PRIVATE_KEY"];

/// The line with the characters of such values turned into `*`, one for one. A variable
/// (`${…}`) is a name and stays.
pub(super) fn masked(line: &str) -> Cow<'_, str> {
    let upper = line.to_ascii_uppercase();
    if !WORDS.iter().any(|word| upper.contains(word)) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((name, value)) = next_value(rest) {
        let is_secret = WORDS.iter().any(|word| name.to_ascii_uppercase().contains(word));
        let text = &rest[value.clone()];
        out.push_str(&rest[..value.start]);
        // A value that is none of that may hold another name: a flow mapping, a query.
        let end = if is_secret && !text.starts_with(['$', '{', '[']) {
            out.extend(text.chars().map(|_| '*'));
            value.end
        } else {
            value.start
        };
        rest = &rest[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The first name with a `:` or `=` behind it, and the bytes of its value.
fn next_value(text: &str) -> Option<(&str, std::ops::Range<usize>)> {
    let separator = text.find([':', '='])?;
    let before = text[..separator].trim_end_matches(['"', '\'', ' ']);
    let name =
        before.rsplit(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.')).next().unwrap_or("");
    let behind = &text[separator + 1..];
    let start = separator + 1 + (behind.len() - behind.trim_start_matches([' ', '\t']).len());
    let quote = text[start..].chars().next().filter(|c| matches!(c, '"' | '\''));
    let (start, end) = match quote {
        Some(quote) => {
            let inner = start + 1;
            (inner, text[inner..].find(quote).map_or(text.len(), |at| inner + at))
        }
        None => (start, text[start..].find([' ', ',', '}', ']', '"', '\'']).map_or(text.len(), |at| start + at)),
    };
    Some((name, start..end))
}
