//! The core's only window on a disk. The command line hands in the real one; tests hand in
//! a [`MemoryFiles`].

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Component, Path, PathBuf},
};

/// What lies at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file, or something that can be read like one (a pipe).
    File {
        /// Whether somebody may execute it.
        is_executable: bool,
        /// Whether its content is on the disk: a pipe or a device may never end.
        is_regular: bool,
    },
    /// A folder.
    Directory,
}

/// Reading, and nothing else: by path, without walks.
pub trait Files: Sync {
    /// The whole content of a file, up to `max_bytes`.
    ///
    /// # Errors
    /// As the disk says; [`io::ErrorKind::FileTooLarge`] above `max_bytes`.
    fn read(&self, path: &Path, max_bytes: usize) -> io::Result<Vec<u8>>;

    /// What is at `path`; `None` where nothing is.
    ///
    /// # Errors
    /// As the disk says, for everything but "not found".
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>>;

    /// Names in a folder, sorted; used for "did you mean", for patterns, and to see whether a folder is empty.
    ///
    /// # Errors
    /// As the disk says; [`io::ErrorKind::FileTooLarge`] where there are more than `max_entries`.
    fn list(&self, path: &Path, max_entries: usize) -> io::Result<Vec<String>>;

    /// The path with links resolved, where it exists; else the path, made absolute and
    /// cleaned of `.` and `..`.
    fn resolve(&self, path: &Path) -> PathBuf;
}

/// Files that live in memory: the pages' examples and the tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<PathBuf, Vec<u8>>,
    executable: BTreeSet<PathBuf>,
}

impl MemoryFiles {
    /// Puts a file at a path; folders come into being by the files below them.
    pub fn insert(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        self.files.insert(clean(path.as_ref()), content.into());
    }

    /// Makes a file executable.
    pub fn make_executable(&mut self, path: impl AsRef<Path>) {
        self.executable.insert(clean(path.as_ref()));
    }

    /// Files below a folder; the paths that begin with it stand together.
    fn below<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = &'a Path> {
        let from = self.files.range(folder.to_owned()..).map(|(file, _)| file.as_path());
        from.take_while(move |file| file.starts_with(folder)).filter(move |file| *file != folder)
    }

    /// The paths held, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
        let path = clean(path);
        match self.files.get(&path) {
            Some(content) if content.len() > max_bytes => Err(io::ErrorKind::FileTooLarge.into()),
            Some(content) => Ok(content.clone()),
            None if self.kind(&path)?.is_some() => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let path = clean(path);
        if self.files.contains_key(&path) {
            return Ok(Some(EntryKind::File { is_executable: self.executable.contains(&path), is_regular: true }));
        }
        Ok(self.below(&path).next().is_some().then_some(EntryKind::Directory))
    }

    fn list(&self, path: &Path, max_entries: usize) -> io::Result<Vec<String>> {
        let path = clean(path);
        let mut names: Vec<String> = self
            .below(&path)
            .filter_map(|file| file.strip_prefix(&path).ok()?.iter().next())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.dedup();
        if names.len() > max_entries { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(names) }
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        clean(path)
    }
}

/// The path without `.`, and with `..` taken off its parent; a leading `..` stays.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
