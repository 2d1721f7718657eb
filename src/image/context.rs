//! A build context: lookups by path, and nothing outside it.
//!
//! Apart because every question to the tree goes through here: what leaves the folder, by
//! `..` or by a link, is not read.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{dockerignore::Dockerignore, place};
use crate::source::{EntryKind, Files, SourceMap, Span, decode};

/// A folder that a builder may copy from.
pub(super) struct Context<'a> {
    files: &'a dyn Files,
    /// As written, joined to the project's folder.
    folder: PathBuf,
    /// With links resolved.
    resolved: PathBuf,
    ignore: Dockerignore,
}

/// What lies at a path of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    File,
    Folder,
    Nothing,
    /// It cannot be told, and why.
    Unknown(String),
}

/// Entries of one folder that a pattern is tried on at most.
const MAX_ENTRIES: usize = 4096;

impl<'a> Context<'a> {
    /// Opens a folder.
    ///
    /// # Errors
    /// Why it is no context, as one clause.
    pub(super) fn open(files: &'a dyn Files, folder: PathBuf, ignore: Dockerignore) -> Result<Self, String> {
        match files.kind(&folder) {
            Ok(Some(EntryKind::Directory)) => {}
            Ok(Some(EntryKind::File { .. })) => return Err("the build context is no folder".to_owned()),
            Ok(None) => return Err("the build context is not there".to_owned()),
            Err(error) => return Err(format!("the build context cannot be read: {error}")),
        }
        let resolved = files.resolve(&folder);
        Ok(Self { files, folder, resolved, ignore })
    }

    /// The same folder with the patterns that hold for it.
    pub(super) fn with_ignore(self, ignore: Dockerignore) -> Self {
        Self { ignore, ..self }
    }

    /// The pattern that keeps a path out.
    pub(super) fn excluded_by(&self, path: &str) -> Option<Span> {
        self.ignore.excludes(path.trim_start_matches('/'))
    }

    /// The disk that it is on.
    pub(super) fn files(&self) -> &'a dyn Files {
        self.files
    }

    /// Whether the ignore file takes anything back in.
    pub(super) fn has_exceptions(&self) -> bool {
        self.ignore.has_exceptions()
    }

    /// The path on disk; `path` is normal, its root the context.
    pub(super) fn on_disk(&self, path: &str) -> PathBuf {
        let relative = path.trim_start_matches('/');
        if relative.is_empty() { self.folder.clone() } else { self.folder.join(relative) }
    }

    /// What lies at a normal path whose root is the context; `.dockerignore` is not asked.
    pub(super) fn entry(&self, path: &str) -> Entry {
        let disk = self.on_disk(path);
        if !self.files.resolve(&disk).starts_with(&self.resolved) {
            return Entry::Unknown(format!("`{}` leads out of the build context", path.trim_start_matches('/')));
        }
        match self.files.kind(&disk) {
            Ok(Some(EntryKind::Directory)) => Entry::Folder,
            Ok(Some(EntryKind::File { is_regular: true, .. })) => Entry::File,
            Ok(Some(EntryKind::File { .. })) => Entry::Unknown(format!("`{path}` is no regular file")),
            Ok(None) => Entry::Nothing,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Entry::Nothing,
            Err(error) => Entry::Unknown(format!("`{}` cannot be read: {error}", path.trim_start_matches('/'))),
        }
    }

    /// Whether no link leads to a path: what lies there is copied under this path alone.
    pub(super) fn is_direct(&self, path: &str) -> bool {
        self.files.resolve(&self.on_disk(path)) == self.resolved.join(path.trim_start_matches('/'))
    }

    /// Names in a folder; `None` where they are too many or cannot be read.
    pub(super) fn names(&self, path: &str) -> Option<Vec<String>> {
        if self.entry(path) != Entry::Folder {
            return Some(Vec::new());
        }
        self.files.list(&self.on_disk(path), MAX_ENTRIES).ok()
    }

    /// Text of a file of the context; `None` where there is none that can be read.
    pub(super) fn text(&self, path: &str, max_bytes: usize) -> Option<String> {
        if self.entry(path) != Entry::File || self.excluded_by(path).is_some() {
            return None;
        }
        decode(read(self.files, &self.on_disk(path), max_bytes).ok()?).ok().map(|(text, _)| text)
    }
}

/// Reads a file that the project names; what is no regular file, a pipe say, may never end.
///
/// # Errors
/// As the disk says.
pub(super) fn read(files: &dyn Files, path: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
    match files.kind(path)? {
        Some(EntryKind::File { is_regular: false, .. }) => Err(io::Error::other("it is no regular file")),
        _ => files.read(path, max_bytes),
    }
}

/// Reads the ignore file of a Dockerfile: the one named after it, else the context's.
///
/// # Errors
/// Why it cannot be read, as one clause.
pub(super) fn read_ignore(
    files: &dyn Files,
    candidates: &[(PathBuf, PathBuf)],
    sources: &mut SourceMap,
) -> Result<Dockerignore, String> {
    for (path, shown) in candidates {
        let bytes = match read(files, path, SourceMap::MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
            Err(error) => return Err(format!("`.dockerignore` cannot be read: {error}")),
        };
        let (text, is_exact) = decode(bytes).map_err(|error| format!("`.dockerignore` is no text: {error}"))?;
        let file = sources.add(shown.clone(), text, is_exact);
        return Dockerignore::parse(file, sources.file(file).text());
    }
    Ok(Dockerignore::default())
}

/// A path as a COPY names it, from the root of what it copies from.
pub(super) fn source_path(source: &str) -> String {
    place::normal(&format!("/{source}"))
}
