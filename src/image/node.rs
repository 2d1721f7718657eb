//! The words of Node and of the programs that run JavaScript and TypeScript files in its place.

use super::starts::{Starts, Word, unknown_word};

/// Endings of files that Node and its like are given; without one Node tries several.
const ENDINGS: &[&str] = &[".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];

/// Options whose next word is their value.
/// Source: Node.js v22 documentation, "Command-line API".
const VALUED: &[&str] =
    &["-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file"];

/// Options without a value; `--name=value` needs no list.
const SWITCHES: &[&str] = &[
    "--enable-source-maps",
    "--expose-gc",
    "--experimental-specifier-resolution=node",
    "--experimental-strip-types",
    "--inspect",
    "--no-deprecation",
    "--no-warnings",
    "--preserve-symlinks",
    "--trace-deprecation",
    "--trace-uncaught",
    "--trace-warnings",
    "--transpile-only",
    "-T",
    "--watch",
    "start",
    "watch",
];

/// Whether a word names such a file.
pub(super) fn is_script(text: &str) -> bool {
    ENDINGS.iter().any(|ending| text.ends_with(ending))
}

/// What `node`, `tsx`, `ts-node` and the like start.
pub(super) fn node(words: &[Word]) -> Starts {
    let mut rest = words;
    while let Some((word, behind)) = rest.split_first() {
        let text = word.text.as_str();
        if !word.is_known {
            return unknown_word(word);
        }
        rest = if VALUED.contains(&text) {
            behind.get(1..).unwrap_or_default()
        } else if SWITCHES.contains(&text) || (text.starts_with("--") && text.contains('=')) {
            behind
        } else if !text.starts_with('-') && is_script(text) {
            return Starts::Script(word.clone());
        } else {
            return Starts::Unknown(format!("`{text}` is no file with its ending"));
        };
    }
    Starts::Unknown("no file is among the words".to_owned())
}
