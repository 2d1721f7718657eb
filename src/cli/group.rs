//! Which files belong together: from the paths of a command line to sets of files, each of
//! which is judged as one project.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{
    configuration::{Configuration, NamedSet},
    default_files::{BASES, OVERRIDES, chosen_in},
    exit::CliError,
    files::{DiskFiles, Walked, walk},
    overlay::{Standing, has_name, is_variant, standing, waits_for_others},
    sniff::{Sniffed, Sniffer},
};
use crate::source::{EntryKind, Files as _, MemoryFiles};

/// Files that are judged as one project.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ProjectSet {
    /// In the order of `-f`.
    pub(super) files: Vec<PathBuf>,
    /// The file that the set is about, where its base was not asked for: findings that do
    /// not touch it are left out.
    pub(super) subject: Option<PathBuf>,
    /// The files are laid on others that are nowhere near.
    pub(super) lacks_base: bool,
    /// What the configuration calls it.
    pub(super) name: Option<String>,
    /// Profiles that are on; all where there are none.
    pub(super) profiles: Vec<String>,
    /// Files of variables in place of `.env`.
    pub(super) env_files: Vec<PathBuf>,
}

/// What the paths came to.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    /// The projects.
    pub(super) sets: Vec<ProjectSet>,
    /// Folders that could not be looked into, one line each.
    pub(super) errors: Vec<String>,
    /// Files that were named, and that the configuration leaves out.
    pub(super) excluded: Vec<PathBuf>,
}

/// Where files are looked for, and what is said of them.
#[derive(Clone, Copy)]
struct Search<'a> {
    working_directory: &'a Path,
    files: &'a DiskFiles,
    configuration: &'a Configuration,
    sniffer: &'a Sniffer<'a>,
}

/// The projects of some files and folders.
///
/// # Errors
/// [`CliError::Read`] for a path where nothing is, [`CliError::NothingFound`] where no path
/// holds a Compose file, [`CliError::Configuration`] for a set whose files are not there.
pub(super) fn group(
    paths: &[PathBuf],
    working_directory: &Path,
    files: &DiskFiles,
    configuration: &Configuration,
) -> Result<Grouped, CliError> {
    let sniffer = Sniffer::new(files);
    let search = Search { working_directory, files, configuration, sniffer: &sniffer };
    let mut grouped = Grouped::default();
    for path in paths {
        match files.kind(path) {
            Ok(Some(EntryKind::Directory)) => search.folder(path, &mut grouped)?,
            Ok(Some(EntryKind::File { .. })) => search.file(path, &mut grouped)?,
            Ok(None) => return Err(CliError::read(path, std::io::ErrorKind::NotFound.into())),
            Err(error) => return Err(CliError::read(path, error)),
        }
    }
    let mut seen = BTreeSet::new();
    grouped.sets.retain(|set| seen.insert(set.clone()));
    let is_nothing = grouped.sets.is_empty() && grouped.errors.is_empty() && grouped.excluded.is_empty();
    // A Dockerfile that no project builds is nobody's business here, and no mistake.
    if is_nothing && !paths.iter().all(|path| is_dockerfile(path)) {
        let folders: Vec<String> = paths.iter().map(|path| files.absolute(path).display().to_string()).collect();
        return Err(CliError::NothingFound { place: folders.join(", ") });
    }
    Ok(grouped)
}

impl Search<'_> {
    /// A file that was named: an overlay is judged on its base, a part where its base brings it in,
    /// and only what touches it is told.
    fn file(self, path: &Path, grouped: &mut Grouped) -> Result<(), CliError> {
        let absolute = self.files.absolute(path);
        if self.configuration.exclude.as_ref().is_some_and(|exclude| exclude.has(&absolute)) {
            grouped.excluded.push(path.to_owned());
            return Ok(());
        }
        let named: Vec<&NamedSet> =
            self.configuration.projects.iter().filter(|set| set.files.contains(&absolute)).collect();
        for set in &named {
            let set = self.named(set)?;
            grouped.sets.push(ProjectSet { subject: self.subject(&set.files, path), ..set });
        }
        match named.is_empty() {
            true if is_dockerfile(path) => grouped.sets.extend(self.builders(path)),
            true => grouped.sets.push(self.set_of(path)),
            false => {}
        }
        Ok(())
    }

    /// The projects of the folders around a Dockerfile that was named; only what touches it is told.
    fn builders(self, path: &Path) -> Vec<ProjectSet> {
        let is_around = |folder: &&Path| !folder.is_absolute() || folder.starts_with(self.working_directory);
        let folders = path.ancestors().skip(1).take_while(is_around);
        let sets = folders.flat_map(|folder| {
            let found = self.neighbours(folder);
            self.sets_of(&found, &found)
        });
        sets.map(|set| ProjectSet { subject: Some(path.to_owned()), ..set }).collect()
    }

    /// What a set is about, where one of its files was named.
    fn subject(self, set: &[PathBuf], path: &Path) -> Option<PathBuf> {
        let own = set.iter().find(|own| self.files.absolute(own) == self.files.absolute(path));
        (set.len() > 1).then(|| own.map_or_else(|| path.to_owned(), Clone::clone))
    }

    fn set_of(self, path: &Path) -> ProjectSet {
        let folder = path.parent().unwrap_or(Path::new(""));
        if let Some(list) = chosen_in(folder, self.files).filter(|list| list.iter().any(|one| one == path)) {
            return ProjectSet { subject: self.subject(&list, path), files: list, ..ProjectSet::default() };
        }
        if has_name(path, &BASES) {
            return self.alone(path, &[]);
        }
        let neighbours = self.neighbours(folder);
        let bears = |other: &&PathBuf| self.sniffer.look(other).is_some_and(|other| self.is_part(path, &other));
        if let Some(user) = neighbours.iter().filter(|other| *other != path).find(bears) {
            return ProjectSet { files: vec![user.clone()], subject: Some(path.to_owned()), ..ProjectSet::default() };
        }
        match standing(path, &neighbours, self.sniffer) {
            Standing::On(base) => {
                let files = vec![base, path.to_owned()];
                ProjectSet { files, subject: Some(path.to_owned()), ..ProjectSet::default() }
            }
            Standing::LacksBase => ProjectSet { lacks_base: true, ..self.alone(path, &[]) },
            Standing::Alone => self.alone(path, &neighbours),
        }
    }

    /// Whether the file is a part of what `user` is. One that is extended and is a project by itself, such as
    /// `compose.cuda.yaml` for `compose.cuda-cdi.yaml`, is none.
    fn is_part(self, path: &Path, user: &Sniffed) -> bool {
        let path = clean(path);
        user.included.contains(&path) || user.extended.contains(&path) && !is_variant(&path, self.sniffer)
    }

    /// The Compose files of one folder.
    fn neighbours(self, folder: &Path) -> Vec<PathBuf> {
        const MOST: usize = 1_000_000;
        let names = self.files.list(if folder == Path::new("") { Path::new(".") } else { folder }, MOST);
        let is_yaml = |name: &String| name.ends_with(".yml") || name.ends_with(".yaml");
        let paths = names.unwrap_or_default().into_iter().filter(is_yaml).map(|name| folder.join(name));
        paths.filter(|path| self.is_compose_file(path)).collect()
    }

    fn alone(self, path: &Path, neighbours: &[PathBuf]) -> ProjectSet {
        let lacks_base = waits_for_others(path, neighbours, self.sniffer);
        ProjectSet { files: vec![path.to_owned()], lacks_base, ..ProjectSet::default() }
    }

    fn folder(self, folder: &Path, grouped: &mut Grouped) -> Result<(), CliError> {
        let (exclude, extra) = (&self.configuration.exclude, &self.configuration.files);
        let is_extra = |path: &Path| extra.as_ref().is_some_and(|extra| extra.has(&self.files.absolute(path)));
        let Walked { files: mut found, errors } = walk(self.working_directory, folder, &is_extra);
        grouped.errors.extend(errors);
        found.retain(|path| !exclude.as_ref().is_some_and(|exclude| exclude.has(&self.files.absolute(path))));
        found.retain(|path| is_extra(path) || self.is_compose_file(path));
        let all = by_folder(&found);
        self.take_named(folder, &mut found, grouped)?;
        self.take_chosen(folder, &mut found, grouped);
        // A part that others bring in is judged where they do.
        let users: Vec<_> = found.iter().filter_map(|path| self.sniffer.look(path)).collect();
        found.retain(|path| has_name(path, &BASES) || !users.iter().any(|user| self.is_part(path, user)));
        for (folder, found) in by_folder(&found) {
            grouped.sets.extend(self.sets_of(&found, &all[&folder]));
        }
        Ok(())
    }

    /// The configuration's sets with a file below the folder; their files are judged in them.
    fn take_named(self, folder: &Path, found: &mut Vec<PathBuf>, grouped: &mut Grouped) -> Result<(), CliError> {
        let root = self.files.absolute(folder);
        for set in &self.configuration.projects {
            if set.files.iter().any(|path| path.starts_with(&root)) {
                grouped.sets.push(self.named(set)?);
                found.retain(|path| !set.files.contains(&self.files.absolute(path)));
            }
        }
        Ok(())
    }

    fn named(self, set: &NamedSet) -> Result<ProjectSet, CliError> {
        let short = |path: &PathBuf| path.strip_prefix(self.working_directory).unwrap_or(path).to_owned();
        let paths = set.files.iter().chain(&set.env_files);
        if let Some(path) =
            paths.clone().find(|path| !matches!(self.files.kind(path), Ok(Some(EntryKind::File { .. }))))
        {
            let what = format!(
                "the project `{}` of composegpu.toml names {}, where no file is",
                set.name,
                short(path).display()
            );
            return Err(CliError::Configuration(what));
        }
        Ok(ProjectSet {
            files: set.files.iter().map(short).collect(),
            name: Some(set.name.clone()),
            profiles: set.profiles.clone(),
            env_files: set.env_files.clone(),
            ..ProjectSet::default()
        })
    }

    /// The sets that COMPOSE_FILE names in the `.env` of a folder that holds Compose files below it.
    fn take_chosen(self, root: &Path, found: &mut Vec<PathBuf>, grouped: &mut Grouped) {
        let up = |path: &PathBuf| path.ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>();
        let mut folders: BTreeSet<PathBuf> = found.iter().flat_map(up).collect();
        folders.retain(|folder| root == Path::new(".") || folder.starts_with(root));
        for list in folders.iter().filter_map(|folder| chosen_in(folder, self.files)) {
            found.retain(|path| !list.contains(path));
            grouped.sets.push(ProjectSet { files: list, ..ProjectSet::default() });
        }
    }

    /// The projects of one folder's Compose files: the base with the overlay that Compose picks
    /// up itself, every other overlay on the base, and files that stand on their own.
    fn sets_of(self, found: &[PathBuf], neighbours: &[PathBuf]) -> Vec<ProjectSet> {
        let named = |names: &[&str]| names.iter().find_map(|name| found.iter().find(|path| has_name(path, &[name])));
        let (base, picked_up) = (named(&BASES), named(&OVERRIDES));
        let picked_up = picked_up.filter(|_| base.is_some());
        let first = base.map(|base| {
            let lacks_base = picked_up.is_none() && waits_for_others(base, neighbours, self.sniffer);
            let files = std::iter::once(base).chain(picked_up).cloned().collect();
            ProjectSet { files, lacks_base, ..ProjectSet::default() }
        });
        let others = found.iter().filter(|path| Some(*path) != base && Some(*path) != picked_up);
        let others = others.map(|path| match standing(path, neighbours, self.sniffer) {
            Standing::On(base) => ProjectSet { files: vec![base, path.clone()], ..ProjectSet::default() },
            Standing::LacksBase => ProjectSet { lacks_base: true, ..self.alone(path, &[]) },
            Standing::Alone => self.alone(path, neighbours),
        });
        first.into_iter().chain(others).collect()
    }

    /// By name (`compose…`, `docker-compose…`), or by content.
    fn is_compose_file(self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let rest = name.strip_prefix("docker-compose").or_else(|| name.strip_prefix("compose"));
        let is_named = rest.is_some_and(|rest| rest.starts_with(['.', '-', '_']));
        let is_in_template = path.components().any(|part| part.as_os_str().to_string_lossy().contains("{{"));
        let Some(sniffed) = self.sniffer.look(path) else { return is_named && !is_in_template };
        let is_own_name = has_name(path, &BASES) || has_name(path, &OVERRIDES);
        let is_meant = is_own_name || is_named && !sniffed.is_something_else || sniffed.is_compose;
        is_meant && !sniffed.is_template && !is_in_template
    }
}

fn by_folder(paths: &[PathBuf]) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        folders.entry(path.parent().map(Path::to_owned).unwrap_or_default()).or_default().push(path.clone());
    }
    folders
}

/// The path without `.` and `..`.
fn clean(path: &Path) -> PathBuf {
    MemoryFiles::default().resolve(path)
}

/// By name: `Dockerfile`, `Dockerfile.gpu`, `gpu.Dockerfile`, and Podman's word for it.
fn is_dockerfile(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|word| {
        let is_first = name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        is_first || name.strip_suffix(word).is_some_and(|rest| rest.ends_with('.'))
    })
}
