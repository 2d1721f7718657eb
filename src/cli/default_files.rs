//! Which files a project has when nobody names them.
//!
//! Names and order as compose-go has them (cli/options.go, `DefaultFileNames`,
//! `DefaultOverrideFileNames`), tried with Compose 2.40.3.

use std::path::{Path, PathBuf};

use super::{args::ProjectArgs, exit::CliError, settings::Surroundings};
use crate::source::{EntryKind, Files, MemoryFiles, SourceMap};

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
    let setting = |name: &str| world.variable(name).map(str::to_owned).or_else(|| in_env_files(name, args, files));
    if let Some(list) = setting("COMPOSE_FILE") {
        return Ok(listed(&list, setting("COMPOSE_PATH_SEPARATOR").as_deref()));
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

/// The files that COMPOSE_FILE in a folder's `.env` lists, where all of them are there.
pub(super) fn chosen_in(folder: &Path, files: &dyn Files) -> Option<Vec<PathBuf>> {
    let env_files = [folder.join(".env")];
    let list = last_value("COMPOSE_FILE", &env_files, files)?;
    let list = listed(&list, last_value("COMPOSE_PATH_SEPARATOR", &env_files, files).as_deref());
    let list: Vec<PathBuf> = list.iter().map(|path| MemoryFiles::default().resolve(&folder.join(path))).collect();
    (!list.is_empty() && list.iter().all(|path| is_file(path, files))).then_some(list)
}

/// The paths of a COMPOSE_FILE.
fn listed(list: &str, separator: Option<&str>) -> Vec<PathBuf> {
    let separator = separator.unwrap_or(if cfg!(windows) { ";" } else { ":" });
    list.split(separator).filter(|path| !path.is_empty()).map(PathBuf::from).collect()
}

/// What the files of `--env-file`, or `.env` beside the user, say of a variable of Compose's own.
fn in_env_files(name: &str, args: &ProjectArgs, files: &dyn Files) -> Option<String> {
    let default = [args.project_directory.clone().unwrap_or_default().join(".env")];
    last_value(name, if args.env_files.is_empty() { &default } else { args.env_files.as_slice() }, files)
}

/// The value that the last of some files of variables gives; such values are paths and
/// separators: a quoted or a bare word.
fn last_value(name: &str, env_files: &[PathBuf], files: &dyn Files) -> Option<String> {
    let text = |path: &PathBuf| String::from_utf8(files.read(path, SourceMap::MAX_BYTES).ok()?).ok();
    let value = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let value = line.strip_prefix(name)?.trim_start().strip_prefix('=')?.trim();
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let value = match quote {
            Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
            None => value.split(" #").next().unwrap_or_default().trim_end(),
        };
        (!value.is_empty()).then(|| value.to_owned())
    };
    env_files.iter().rev().filter_map(text).find_map(|text| text.lines().rev().find_map(value))
}

/// A file of that name one folder up.
pub(super) fn one_up(folder: &Path, name: &str) -> PathBuf {
    match folder.parent() {
        Some(above) if !folder.as_os_str().is_empty() => above.join(name),
        _ => Path::new("..").join(name),
    }
}

/// The base of a folder and what Compose lays over it.
pub(super) fn lying_in(folder: &Path, files: &dyn Files) -> Option<Vec<PathBuf>> {
    let base = first_of(&BASES, folder, files)?;
    Some(std::iter::once(base).chain(first_of(&OVERRIDES, folder, files)).collect())
}

/// The first of the names that is a file of the folder.
pub(super) fn first_of(names: &[&str], folder: &Path, files: &dyn Files) -> Option<PathBuf> {
    names.iter().map(|name| folder.join(name)).find(|path| is_file(path, files))
}

fn is_file(path: &Path, files: &dyn Files) -> bool {
    matches!(files.kind(path), Ok(Some(EntryKind::File { .. })))
}
