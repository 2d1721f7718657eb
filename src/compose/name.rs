//! The project's name.
//!
//! Source: compose-go cli/options.go and loader/normalize.go, `NormalizeProjectName`
//! (v2.9.1): `-p`, COMPOSE_PROJECT_NAME, the last `name:` of the files, the folder's name.

use std::path::Path;

use super::{Environment, LoadRequest, variables::template};
use crate::yaml::{NodeKind, Tree};

/// The name that Compose would give the project. Where it refuses the one that was given, the
/// error is that one.
pub(super) fn project_name(
    request: &LoadRequest,
    directory: &Path,
    environment: &Environment,
    trees: &[Tree],
) -> Result<String, String> {
    if let Some(name) =
        request.project_name.as_deref().or(environment.get("COMPOSE_PROJECT_NAME")).filter(|name| !name.is_empty())
    {
        // Of a name that somebody chose nothing is dropped.
        return if normalise(name) == name { Ok(name.to_owned()) } else { Err(name.to_owned()) };
    }
    let lookup = |name: &str| environment.get(name).map(str::to_owned);
    let written = trees.iter().filter_map(written_name).next_back();
    let written = match request.is_interpolated {
        true => written.and_then(|text| template::substitute(text, &lookup).ok()).map(|out| out.text),
        false => written.map(str::to_owned),
    };
    // A name that its variables leave empty is none; one that is written empty is the folder's.
    let is_emptied = written.as_deref() == Some("") && trees.iter().filter_map(written_name).next_back() != Some("");
    match written.filter(|name| !name.is_empty() || is_emptied) {
        Some(name) if normalise(&name).is_empty() => Err(name),
        Some(name) => Ok(normalise(&name)),
        None => Ok(normalise(&directory.file_name().unwrap_or_default().to_string_lossy())),
    }
}

/// `name:` of a file, in the last document that has one.
fn written_name(tree: &Tree) -> Option<&str> {
    tree.documents.iter().rev().find_map(|root| {
        let NodeKind::Mapping { entries, .. } = &tree.node(*root).kind else { return None };
        entries.iter().find_map(|(key, value)| match (&tree.node(*key).kind, &tree.node(*value).kind) {
            (NodeKind::Scalar { text: key, .. }, NodeKind::Scalar { text, .. }) if key == "name" => Some(text.as_str()),
            _ => None,
        })
    })
}

/// Lower case; letters, digits, `-` and `_` alone; no `-` or `_` in front.
fn normalise(name: &str) -> String {
    let lower = name.to_lowercase();
    let kept: String =
        lower.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_')).collect();
    kept.trim_start_matches(['-', '_']).to_owned()
}
