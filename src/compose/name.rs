//! The project's name.
//!
//! Source: compose-go cli/options.go and loader/normalize.go, `NormalizeProjectName`
//! (v2.9.1): `-p`, COMPOSE_PROJECT_NAME, the last `name:` of the files, the folder's name.

use std::path::Path;

use super::{Environment, LoadRequest, variables::template};
use crate::{
    source::Span,
    yaml::{NodeKind, Tree},
};

/// A name that Compose refuses.
pub(super) struct BadName {
    /// With its variables replaced.
    pub(super) name: String,
    /// Where a file says it.
    pub(super) span: Option<Span>,
}

/// The name that Compose would give the project. Where it refuses the one that was given, the
/// error is that one.
pub(super) fn project_name(
    request: &LoadRequest,
    directory: &Path,
    environment: &Environment,
    trees: &[Tree],
) -> Result<String, BadName> {
    if let Some(name) =
        request.project_name.as_deref().or(environment.get("COMPOSE_PROJECT_NAME")).filter(|name| !name.is_empty())
    {
        // Of a name that somebody chose nothing is dropped.
        return if normalise(name) == name {
            Ok(name.to_owned())
        } else {
            Err(BadName { name: name.to_owned(), span: None })
        };
    }
    let lookup = |name: &str| environment.get(name).map(str::to_owned);
    let place = trees.iter().filter_map(written_name).next_back();
    let written = match request.is_interpolated {
        true => place.and_then(|(text, _)| template::substitute(text, &lookup).ok()).map(|out| out.text),
        false => place.map(|(text, _)| text.to_owned()),
    };
    // A name that its variables leave empty is none; one that is written empty is the folder's.
    let is_emptied = written.as_deref() == Some("") && place.is_some_and(|(text, _)| !text.is_empty());
    match written.filter(|name| !name.is_empty() || is_emptied) {
        Some(name) if normalise(&name).is_empty() => Err(BadName { name, span: place.map(|(_, span)| span) }),
        Some(name) => Ok(normalise(&name)),
        None => Ok(normalise(&directory.file_name().unwrap_or_default().to_string_lossy())),
    }
}

/// `name:` of a file, in the last document that has one, and where it stands.
fn written_name(tree: &Tree) -> Option<(&str, Span)> {
    tree.documents.iter().rev().find_map(|root| {
        let NodeKind::Mapping { entries, .. } = &tree.node(*root).kind else { return None };
        entries.iter().find_map(|(key, value)| match (&tree.node(*key).kind, &tree.node(*value).kind) {
            (NodeKind::Scalar { text: key, .. }, NodeKind::Scalar { text, .. }) if key == "name" => {
                Some((text.as_str(), tree.node(*value).span))
            }
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
