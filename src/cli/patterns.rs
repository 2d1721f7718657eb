//! Patterns among the paths of a command line: `deploy/**/compose*.yaml` in quotes, as
//! configuration files and Windows shells hand them over.

use std::path::{Path, PathBuf};

use super::exit::CliError;

/// The paths with each pattern replaced by what it matches, sorted. A path at which
/// something is, is no pattern, whatever characters it holds.
///
/// # Errors
/// [`CliError::Usage`] for a pattern that makes no sense, [`CliError::NothingFound`] for one that
/// matches nothing.
pub(super) fn expand(paths: &[PathBuf], working_directory: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut out = Vec::with_capacity(paths.len());
    for path in paths {
        let text = path.to_string_lossy();
        let is_pattern = text.contains(['*', '?', '[']) && !working_directory.join(path).exists();
        if is_pattern {
            out.extend(matches(&text, working_directory)?);
        } else {
            out.push(path.clone());
        }
    }
    Ok(out)
}

fn matches(pattern: &str, working_directory: &Path) -> Result<Vec<PathBuf>, CliError> {
    let base = glob::Pattern::escape(&working_directory.to_string_lossy());
    let full = if Path::new(pattern).is_absolute() { pattern.to_owned() } else { format!("{base}/{pattern}") };
    let found =
        glob::glob(&full).map_err(|error| CliError::Usage(format!("`{pattern}` is no pattern: {}", error.msg)))?;
    let found: Vec<PathBuf> = found
        .filter_map(Result::ok)
        .map(|path| path.strip_prefix(working_directory).map(Path::to_owned).unwrap_or(path))
        .collect();
    if found.is_empty() {
        return Err(CliError::NothingFound { place: format!("`{pattern}`") });
    }
    Ok(found)
}
