//! A line of a log without what the log adds: colours, who wrote it and when, and the escapes of the
//! quotation that it is in.

/// Adds the line, which may become several, to `out`; its end is the caller's.
pub(super) fn add(line: &str, out: &mut String) {
    let coloured = line.contains('\u{1b}').then(|| without_colours(line));
    let line = without_head(coloured.as_deref().unwrap_or(line));
    if line.contains('\\') { unescape(line, out) } else { out.push_str(line) }
}

/// Without the sequences that a terminal takes for itself (ECMA-48: CSI, and OSC up to its end).
fn without_colours(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        let end = match after.as_bytes().first() {
            Some(b'[') => after.find(|c: char| c.is_ascii_alphabetic() || c == '~').map(|at| at + 1),
            Some(b']') => after.find('\u{7}').map(|at| at + 1),
            _ => after.chars().next().map(char::len_utf8),
        };
        rest = &after[end.unwrap_or(after.len())..];
    }
    out.push_str(rest);
    out
}

/// Without the names and times that Compose, Docker and journald put before each line, so that a message
/// of two lines stays one.
fn without_head(line: &str) -> &str {
    let line = line.trim_end_matches('\r');
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if let Some((name, rest)) = line.split_once('|')
        && is_name(name.trim_end())
    {
        return without_time(rest.strip_prefix(' ').unwrap_or(rest));
    }
    without_time(line)
}

fn without_time(line: &str) -> &str {
    let is_date = |word: &str| word.len() > 18 && word.as_bytes()[4] == b'-' && word.as_bytes()[10] == b'T';
    if let Some((word, rest)) = line.split_once(' ')
        && word.is_ascii()
        && is_date(word)
    {
        return without_unit(rest);
    }
    // `Nov 25 17:41:05 host dockerd[123]: …`; a day of one digit has two blanks before it.
    let is_clock = |text: &[u8]| text.len() == 8 && text[2] == b':' && text[5] == b':';
    match line.as_bytes() {
        [_, _, _, b' ', _, _, b' ', clock @ ..] if clock.len() > 9 && is_clock(&clock[..8]) => {
            line.get(16..).map_or(line, without_unit)
        }
        _ => line,
    }
}

/// `host dockerd[123]: …`
fn without_unit(line: &str) -> &str {
    match line.split_once("]: ") {
        Some((head, rest)) if head.split(' ').count() == 2 && head.contains('[') => rest,
        _ => line,
    }
}

/// Quotes and line breaks as logs write them inside of quotes, however deep.
fn unescape(line: &str, out: &mut String) {
    let mut pieces = line.split('\\');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let code = piece.strip_prefix('u').and_then(|rest| rest.get(..4));
        match (code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32), piece.as_bytes()) {
            // Go's JSON writes `<`, `>` and `&` so, and colours as `\u001b[31m`.
            (Some('\u{1b}'), _) => {
                let rest = &piece[5..];
                out.push_str(rest.find('m').map_or(rest, |end| &rest[end + 1..]));
            }
            (Some(c), _) => {
                out.push(c);
                out.push_str(&piece[5..]);
            }
            (None, [b'n', ..]) => out.extend(["\n", &piece[1..]]),
            (None, [b't' | b'r', ..]) => out.extend([" ", &piece[1..]]),
            (None, _) => out.push_str(piece),
        }
    }
}
