//! The short form of a volume: `source:target:mode`, with Windows drives.
//!
//! Source: compose-go format/volume.go (v2.9.1).

/// The parts between colons; the colon of a Windows drive is none.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        // One letter before a colon is a drive, whatever follows.
        let is_drive = text[start..at].chars().count() == 1 && text[start..at].chars().all(char::is_alphabetic);
        if c == ':' && !is_drive {
            out.push(&text[start..at]);
            start = at + 1;
        }
    }
    out.push(&text[start..]);
    out
}

/// Path in the container.
pub(super) fn target(text: &str) -> &str {
    match parts(text).as_slice() {
        [target] => target,
        [_, target, ..] => target,
        [] => text,
    }
}
