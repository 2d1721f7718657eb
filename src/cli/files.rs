//! The disk: the real [`Files`], texts laid over it, and the walk through folders.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use ignore::WalkBuilder;

use crate::source::{EntryKind, Files, MemoryFiles};

/// The disk, with some texts that are not on it (yet): standard input under a name, and
/// files as fixes would leave them.
#[derive(Clone, Debug)]
pub(super) struct DiskFiles {
    /// Where relative paths start, absolute.
    working_directory: PathBuf,
    /// Texts by resolved path.
    laid_over: BTreeMap<PathBuf, Vec<u8>>,
}

impl DiskFiles {
    /// The disk as it is.
    pub(super) fn new(working_directory: &Path) -> Self {
        Self { working_directory: working_directory.to_owned(), laid_over: BTreeMap::new() }
    }

    /// From now on `path` holds `content`; the disk does not change.
    pub(super) fn lay_over(&mut self, path: &Path, content: Vec<u8>) {
        self.laid_over.insert(self.resolve(path), content);
    }

    /// The path from where the user stands, where it leads below that.
    pub(super) fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.working_directory).unwrap_or(path)
    }

    /// The path seen from the root, `.` and `..` taken out, links not followed.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        MemoryFiles::default().resolve(&self.working_directory.join(path))
    }
}

impl Files for DiskFiles {
    fn read(&self, path: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
        if let Some(content) = self.laid_over.get(&self.resolve(path)) {
            let is_too_large = content.len() > max_bytes;
            return if is_too_large { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(content.clone()) };
        }
        let path = self.working_directory.join(path);
        let metadata = std::fs::metadata(&path)?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut content = Vec::new();
        // One byte more than allowed tells a file of just that size from a longer one, also
        // where the size is not known before (a pipe, a device).
        File::open(path)?.take(max_bytes as u64 + 1).read_to_end(&mut content)?;
        if content.len() > max_bytes { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(content) }
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        if self.laid_over.contains_key(&self.resolve(path)) {
            return Ok(Some(EntryKind::File { is_executable: false, is_regular: true }));
        }
        match std::fs::metadata(self.working_directory.join(path)) {
            Ok(metadata) if metadata.is_dir() => Ok(Some(EntryKind::Directory)),
            Ok(metadata) => {
                let is_regular = metadata.is_file();
                Ok(Some(EntryKind::File { is_executable: is_executable(&metadata), is_regular }))
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, path: &Path, max_entries: usize) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.working_directory.join(path))? {
            if names.len() == max_entries {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        let absolute = self.absolute(path);
        std::fs::canonicalize(&absolute).unwrap_or(absolute)
    }
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    true
}

/// What a walk through a folder saw.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// YAML files, each as `folder` joined with its path below, sorted.
    pub(super) files: Vec<PathBuf>,
    /// What could not be looked into, one line each.
    pub(super) errors: Vec<String>,
}

/// All YAML files below a folder that `.gitignore` does not rule out, and others that are `wanted`.
/// Hidden folders are looked into (`.devcontainer` holds Compose files); a link to a file counts as
/// the file, one to a folder is not followed.
pub(super) fn walk(working_directory: &Path, folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Walked {
    let root = working_directory.join(folder);
    let mut builder = WalkBuilder::new(&root);
    builder.hidden(false).require_git(false).sort_by_file_name(std::ffi::OsStr::cmp);
    builder.filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | "node_modules")));
    let mut walked = Walked::default();
    for entry in builder.build() {
        match entry {
            Ok(entry) => {
                let below = entry.path().strip_prefix(&root).unwrap_or(entry.path());
                let shown = if folder == Path::new(".") { below.to_owned() } else { folder.join(below) };
                if (is_yaml(entry.path()) || wanted(&shown)) && entry.path().is_file() {
                    walked.files.push(shown);
                }
            }
            Err(error) => walked.errors.push(error.to_string()),
        }
    }
    walked
}

fn is_yaml(path: &Path) -> bool {
    path.extension().and_then(|suffix| suffix.to_str()).is_some_and(|suffix| matches!(suffix, "yaml" | "yml"))
}
