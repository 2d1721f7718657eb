//! `uv sync`, `poetry install` and the like: what the tools of whole projects bring.
//!
//! Apart from `pip`, which is told its packages: these read them from the project's own file.

use super::{
    listed::{Effect, Listed, Requirements},
    requirement::{Brings, Names, brings},
    shell::Token,
};

/// Options with which only what the project depends on is installed.
/// Source: `uv sync --help`, 0.8; `poetry install --help`, 2.1; `pdm sync --help`, 2.25.
const WITHOUT_PROJECT: &[&str] = &["--no-install-project", "--no-install-workspace", "--no-root", "--no-self"];

/// Options that lead to another project, or run what is not known.
const ELSEWHERE: &[&str] = &[
    "--directory",
    "--project",
    "--package",
    "--script",
    "-C",
    "-P",
    "-p",
    "-e",
    "--editable",
    "-r",
    "--requirements",
];

/// Verbs that install nothing.
const HARMLESS: &[&str] = &[
    "--version",
    "about",
    "cache",
    "check",
    "config",
    "env",
    "export",
    "info",
    "list",
    "lock",
    "requirements",
    "self",
    "show",
    "use",
    "venv",
    "verify",
];

/// What the words behind `uv`, `poetry`, `pdm` or `pipenv` may do about a module.
pub(super) fn install(
    tool: &str,
    words: &[Token],
    directory: Option<&str>,
    names: &Names,
    requirements: Requirements<'_>,
) -> Effect {
    let may = || Effect::May(format!("`{tool}` may bring it"));
    let is_elsewhere = |word: &Token| !word.is_known || ELSEWHERE.contains(&word.text.split('=').next().unwrap_or(""));
    let Some((verb, rest)) = words.split_first() else { return Effect::None };
    if HARMLESS.contains(&verb.text.as_str()) {
        return Effect::None;
    }
    if !["install", "sync"].contains(&verb.text.as_str()) || rest.iter().any(is_elsewhere) {
        return may();
    }
    // Words of `pipenv install` are packages; those of the others belong to options.
    let is_like = |word: &&Token| !word.text.starts_with('-') && brings(&word.text, true, names) == Brings::Maybe;
    if tool == "pipenv" {
        return match rest.iter().find(is_like) {
            Some(word) => Effect::May(format!("`pipenv install {}` may bring it", word.text)),
            None => requirements(Listed::Dependencies("Pipfile"), directory),
        };
    }
    let is_without = rest.iter().any(|word| WITHOUT_PROJECT.contains(&word.text.as_str()));
    let file = "pyproject.toml";
    let listed = match tool {
        _ if is_without => Listed::Dependencies(file),
        "poetry" => Listed::Package(file),
        _ => Listed::Project(file),
    };
    requirements(listed, directory)
}
