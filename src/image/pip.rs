//! What `pip install` and its like bring: options, requirements files, packages.
//!
//! Apart from the table of programs because its words have a grammar of their own.

use super::{
    listed::{Effect, Listed, Requirements},
    requirement::{Brings, Names, brings},
    shell::Token,
};

/// Options of `pip install` that take a value which names no package.
/// Source: `pip install --help`, pip 25.2; `uv pip install --help`, uv 0.8.
const PIP_VALUES: &[&str] = &[
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--trusted-host",
    "--timeout",
    "--default-timeout",
    "--retries",
    "--cache-dir",
    "--progress-bar",
    "--no-binary",
    "--only-binary",
    "--python",
    "-p",
    "--python-version",
    "--platform",
    "--abi",
    "--implementation",
    "--upgrade-strategy",
    "--proxy",
    "--log",
    "--root-user-action",
    "--index-strategy",
    "--torch-backend",
    "--exists-action",
    "--config-settings",
    "-C",
    "--global-option",
    "--report",
    "--use-feature",
    "--link-mode",
    "--index",
    "--default-index",
    // Where packages go, whichever they are.
    "-t",
    "--target",
    "--prefix",
    "--root",
];

/// What the words behind `pip` may do about a module.
pub(super) fn pip(words: &[Token], directory: Option<&str>, names: &Names, requirements: Requirements<'_>) -> Effect {
    let Some(at) = words.iter().position(|word| !word.text.starts_with('-')) else { return Effect::None };
    let is_sync = match words[at].text.as_str() {
        "install" => false,
        "sync" => true,
        "cache" | "check" | "config" | "freeze" | "list" | "show" | "uninstall" => return Effect::None,
        verb => return Effect::May(format!("`pip {verb}` may bring it")),
    };
    let mut rest = &words[at + 1..];
    while let Some((word, behind)) = rest.split_first() {
        rest = behind;
        let effect = match pip_word(word, is_sync) {
            PipWord::Harmless => Effect::None,
            PipWord::TakesValue => {
                rest = rest.get(1..).unwrap_or_default();
                Effect::None
            }
            PipWord::File(Some(file)) => requirements(Listed::File(file), directory),
            PipWord::File(None) => {
                let file = rest.first().filter(|word| word.is_known);
                rest = rest.get(1..).unwrap_or_default();
                file.map_or_else(|| pip_may(word), |file| requirements(Listed::File(&file.text), directory))
            }
            PipWord::Package if brings(&word.text, word.is_known, names) == Brings::No => Effect::None,
            PipWord::Package | PipWord::Place => pip_may(word),
        };
        if effect != Effect::None {
            return effect;
        }
    }
    Effect::None
}

fn pip_may(word: &Token) -> Effect {
    Effect::May(format!("`pip install {}` may bring it", word.text))
}

/// What a word behind `pip install` is.
enum PipWord<'a> {
    Harmless,
    TakesValue,
    /// `-r`, with the file where it is part of the word.
    File(Option<&'a str>),
    Package,
    /// It installs from or into a folder.
    Place,
}

fn pip_word(word: &Token, is_sync: bool) -> PipWord<'_> {
    let text = word.text.as_str();
    if !text.starts_with('-') {
        return if is_sync { PipWord::File(Some(text)) } else { PipWord::Package };
    }
    let (option, value) = text.split_once('=').map_or((text, None), |(option, value)| (option, Some(value)));
    match option {
        _ if !word.is_known => PipWord::Place,
        "-r" | "--requirement" | "--requirements" => PipWord::File(value),
        "-e" | "--editable" | "--src" | "--group" => PipWord::Place,
        option if PIP_VALUES.contains(&option) => {
            if value.is_some() {
                PipWord::Harmless
            } else {
                PipWord::TakesValue
            }
        }
        // `-rfile`, `-e.`: the value glued to its option.
        option if !option.starts_with("--") && option[1..].starts_with(['e', 'r', 't']) => PipWord::Place,
        _ => PipWord::Harmless,
    }
}
