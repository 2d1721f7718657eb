//! Which files belong together: from the paths of a command line to sets of files, each of
//! which is judged as one project.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{
    default_files::{BASES, OVERRIDES, first_of},
    exit::CliError,
    files::{DiskFiles, Walked, walk},
    referred::referred,
    sniff::sniff,
};
use crate::source::{EntryKind, Files as _};

/// Files that are judged as one project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ProjectSet {
    /// In the order of `-f`.
    pub(super) files: Vec<PathBuf>,
    /// The file that the set is about, where its base was not asked for: findings that do
    /// not touch it are left out.
    pub(super) subject: Option<PathBuf>,
    /// The one file is an overlay, and its base is nowhere near.
    pub(super) lacks_base: bool,
}

/// What the paths came to.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    /// The projects.
    pub(super) sets: Vec<ProjectSet>,
    /// Folders that could not be looked into, one line each.
    pub(super) errors: Vec<String>,
}

/// The projects of some files and folders.
///
/// # Errors
/// [`CliError::Read`] for a path where nothing is, [`CliError::NothingFound`] where no path
/// holds a Compose file.
pub(super) fn group(paths: &[PathBuf], working_directory: &Path, files: &DiskFiles) -> Result<Grouped, CliError> {
    let mut grouped = Grouped::default();
    for path in paths {
        match files.kind(path) {
            Ok(Some(EntryKind::Directory)) => group_folder(path, working_directory, files, &mut grouped),
            Ok(Some(EntryKind::File { .. })) => grouped.sets.push(group_file(path, files)),
            Ok(None) => return Err(CliError::read(path, std::io::ErrorKind::NotFound.into())),
            Err(error) => return Err(CliError::read(path, error)),
        }
    }
    let mut seen = BTreeSet::new();
    grouped.sets.retain(|set| seen.insert(set.clone()));
    if grouped.sets.is_empty() && grouped.errors.is_empty() {
        let folders: Vec<String> = paths.iter().map(|path| files.absolute(path).display().to_string()).collect();
        return Err(CliError::NothingFound { place: folders.join(", ") });
    }
    Ok(grouped)
}

/// A file that was named: an overlay is judged on its base, a part where its base brings it in,
/// and only what touches it is told.
fn group_file(path: &Path, files: &DiskFiles) -> ProjectSet {
    let folder = path.parent().unwrap_or(Path::new(""));
    let base = first_of(&BASES, folder, files).filter(|base| base.file_name() != path.file_name());
    match base {
        Some(base) if referred(&base, files).iter().any(|part| part == path) => {
            ProjectSet { files: vec![base], subject: Some(path.to_owned()), lacks_base: false }
        }
        Some(base) if !has_name(path, &BASES) && is_overlay(path, files) => {
            ProjectSet { files: vec![base, path.to_owned()], subject: Some(path.to_owned()), lacks_base: false }
        }
        _ => alone(path, files),
    }
}

fn alone(path: &Path, files: &DiskFiles) -> ProjectSet {
    let lacks_base = !has_name(path, &BASES) && is_overlay(path, files);
    ProjectSet { files: vec![path.to_owned()], subject: None, lacks_base }
}

fn group_folder(folder: &Path, working_directory: &Path, files: &DiskFiles, grouped: &mut Grouped) {
    let Walked { files: found, errors } = walk(working_directory, folder);
    grouped.errors.extend(errors);
    let mut found: Vec<PathBuf> = found.into_iter().filter(|path| is_compose_file(path, files)).collect();
    // A part that others bring in is judged where they do.
    let parts: BTreeSet<PathBuf> = found.iter().flat_map(|path| referred(path, files)).collect();
    found.retain(|path| !parts.contains(path) || has_name(path, &BASES));
    let mut folders: BTreeMap<&Path, Vec<&PathBuf>> = BTreeMap::new();
    for path in &found {
        folders.entry(path.parent().unwrap_or(Path::new(""))).or_default().push(path);
    }
    grouped.sets.extend(folders.values().flat_map(|neighbours| sets_of(neighbours, files)));
}

/// The projects of one folder's Compose files: the base with the overlay that Compose picks
/// up itself, every other overlay on the base, and files that stand on their own.
fn sets_of(found: &[&PathBuf], files: &DiskFiles) -> Vec<ProjectSet> {
    let named = |names: &[&str]| names.iter().find_map(|name| found.iter().find(|path| has_name(path, &[name])));
    let set = |files: Vec<PathBuf>| ProjectSet { files, subject: None, lacks_base: false };
    let Some(base) = named(&BASES) else {
        return found.iter().map(|path| alone(path, files)).collect();
    };
    let picked_up = named(&OVERRIDES);
    let first = std::iter::once(base).chain(picked_up).map(|path| (*path).clone()).collect();
    let others = found.iter().filter(|path| *path != base && Some(*path) != picked_up);
    let others = others.map(|path| {
        let is_on_base = !has_name(path, &BASES) && is_overlay(path, files);
        set(is_on_base.then_some(base).into_iter().chain([path]).map(|path| (*path).clone()).collect())
    });
    std::iter::once(set(first)).chain(others).collect()
}

fn has_name(path: &Path, names: &[&str]) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| names.contains(&name))
}

/// By name (`compose…`, `docker-compose…`), or by content.
fn is_compose_file(path: &Path, files: &DiskFiles) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let rest = name.strip_prefix("docker-compose").or_else(|| name.strip_prefix("compose"));
    let is_named = rest.is_some_and(|rest| rest.starts_with(['.', '-', '_']));
    is_named || sniff(path, files).is_some_and(|sniffed| sniffed.is_compose)
}

/// An overlay leaves to its base what its services are made of; a file that says so itself
/// stands alone, whatever it is called.
fn is_overlay(path: &Path, files: &DiskFiles) -> bool {
    sniff(path, files).is_some_and(|sniffed| sniffed.has_services && !sniffed.is_whole)
}
