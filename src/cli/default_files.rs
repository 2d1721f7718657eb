//! Which files a project has when nobody names them.
//!
//! Names and order as compose-go has them (cli/options.go, `DefaultFileNames`,
//! `DefaultOverrideFileNames`), tried with Compose 2.40.3.

use std::path::{Path, PathBuf};

use super::{args::ProjectArgs, exit::CliError, settings::Surroundings};
use crate::source::{EntryKind, Files};

/// Names of a project's first file, the preferred one first.
pub(super) const BASES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Names of the file that Compose lays over it, the preferred one first.
pub(super) const OVERRIDES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// The files of `-f`; else of COMPOSE_FILE; else those that lie in this folder or the
/// nearest one above it.
///
/// # Errors
/// [`CliError::NothingFound`] where there is none.
pub(super) fn project_files(
    args: &ProjectArgs,
    world: &Surroundings,
    files: &dyn Files,
) -> Result<Vec<PathBuf>, CliError> {
    if !args.files.is_empty() {
        return Ok(args.files.clone());
    }
    if let Some(list) = world.variable("COMPOSE_FILE") {
        let default_separator = if cfg!(windows) { ";" } else { ":" };
        let separator = world.variable("COMPOSE_PATH_SEPARATOR").unwrap_or(default_separator);
        return Ok(list.split(separator).map(PathBuf::from).collect());
    }
    let start = args
        .project_directory
        .as_ref()
        .map_or_else(|| world.working_directory.clone(), |folder| world.working_directory.join(folder));
    let found = start.ancestors().find_map(|folder| lying_in(folder, files));
    let mut found =
        found.ok_or_else(|| CliError::NothingFound { place: format!("{} or above it", start.display()) })?;
    for path in &mut found {
        if let Ok(short) = path.strip_prefix(&world.working_directory) {
            *path = short.to_owned();
        }
    }
    Ok(found)
}

/// The base of a folder and what Compose lays over it.
pub(super) fn lying_in(folder: &Path, files: &dyn Files) -> Option<Vec<PathBuf>> {
    let base = first_of(&BASES, folder, files)?;
    Some(std::iter::once(base).chain(first_of(&OVERRIDES, folder, files)).collect())
}

/// The first of the names that is a file of the folder.
pub(super) fn first_of(names: &[&str], folder: &Path, files: &dyn Files) -> Option<PathBuf> {
    let is_file = |path: &PathBuf| matches!(files.kind(path), Ok(Some(EntryKind::File { .. })));
    names.iter().map(|name| folder.join(name)).find(is_file)
}
