//! The disk below the folder that stands for `/`.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::host::Binary;

/// The disk; every path that goes in or comes out is one of the host, from `/`.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    root: PathBuf,
}

/// The reason of a file whose bytes are no text: nobody can read it, root or not.
pub(super) const NOT_UTF8: &str = "it is not UTF-8";

/// The most that is read of any one file, in bytes.
const MAX_BYTES: u64 = 8 << 20;

impl Disk {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The place of a host's path on this machine.
    pub(super) fn place(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// A file's text; `None` where there is no such file.
    ///
    /// # Errors
    /// Why it cannot be read: as the system says, or that it is no regular file, too big, or not UTF-8.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, String> {
        let place = self.place(path);
        let metadata = match fs::metadata(&place) {
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error.to_string()),
            Ok(metadata) => metadata,
        };
        // A pipe in such a place would never end.
        if !metadata.is_file() {
            return Err("it is no regular file".to_owned());
        }
        if metadata.len() > MAX_BYTES {
            return Err(format!("it has {} bytes, more than any such file", metadata.len()));
        }
        let bytes = fs::read(place).map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map(Some).map_err(|_| NOT_UTF8.to_owned())
    }

    /// The first bytes of a file; `None` where they cannot be had.
    pub(super) fn bytes(&self, path: &str, most: u64) -> Option<Vec<u8>> {
        let place = self.place(path);
        fs::metadata(&place).ok().filter(fs::Metadata::is_file)?;
        let mut bytes = Vec::new();
        fs::File::open(place).ok()?.take(most).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// The last name of what a link leads to; `None` for what is no link.
    pub(super) fn link(&self, path: &str) -> Option<String> {
        let target = fs::read_link(self.place(path)).ok()?;
        Some(target.file_name()?.to_string_lossy().into_owned())
    }

    /// Names in a folder, sorted; `None` where there is no such folder.
    ///
    /// # Errors
    /// As the system says.
    pub(super) fn names(&self, path: &str) -> Result<Option<Vec<String>>, String> {
        let entries = match fs::read_dir(self.place(path)) {
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error.to_string()),
            Ok(entries) => entries,
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(|error| error.to_string())?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(Some(names))
    }

    /// Whether a folder is at a path, links followed.
    pub(super) fn is_folder(&self, path: &str) -> bool {
        self.place(path).is_dir()
    }

    /// Whether something is at a path, links followed.
    ///
    /// # Errors
    /// As the system says, where it does not let us look.
    pub(super) fn exists(&self, path: &str) -> Result<bool, String> {
        match fs::metadata(self.place(path)) {
            Ok(_) => Ok(true),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The path with links followed, where it exists; as it is, where links lead out of the root.
    pub(super) fn real_path(&self, path: &str) -> Option<String> {
        let real = fs::canonicalize(self.place(path)).ok()?;
        let root = fs::canonicalize(&self.root).ok()?;
        let inside = real.strip_prefix(root).ok()?;
        Some(format!("/{}", inside.display()))
    }

    /// Major and minor number of a device node; `None` for what is no device.
    ///
    /// # Errors
    /// As the system says; [`io::ErrorKind::NotFound`] where nothing is.
    #[cfg(unix)]
    pub(super) fn device(&self, path: &str) -> io::Result<Option<(u32, u32)>> {
        use std::os::unix::fs::{FileTypeExt, MetadataExt};
        let metadata = fs::metadata(self.place(path))?;
        let kind = metadata.file_type();
        Ok((kind.is_char_device() || kind.is_block_device()).then(|| numbers(metadata.rdev())))
    }

    /// Nothing is a device node where there are none.
    #[cfg(not(unix))]
    pub(super) fn device(&self, path: &str) -> io::Result<Option<(u32, u32)>> {
        fs::metadata(self.place(path)).map(|_| None)
    }

    /// What is at a program's path.
    pub(super) fn binary(&self, path: &str) -> Binary {
        let metadata = fs::metadata(self.place(path)).ok();
        let is_executable = metadata.as_ref().is_some_and(|metadata| metadata.is_file() && may_execute(metadata));
        Binary { path: path.to_owned(), exists: metadata.is_some(), is_executable }
    }

    /// The first program of a name on PATH.
    pub(super) fn on_path(&self, environment: &BTreeMap<String, String>, name: &str) -> Option<Binary> {
        let path = environment.get("PATH")?;
        let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
        let mut candidates = folders.map(|folder| self.binary(&folder.join(name).to_string_lossy()));
        candidates.find(|binary| binary.is_executable)
    }

    /// A program by its path, or by its name on PATH.
    pub(super) fn program(&self, environment: &BTreeMap<String, String>, name: &str) -> Binary {
        if name.contains('/') {
            return self.binary(name);
        }
        let found = self.on_path(environment, name);
        found.unwrap_or_else(|| Binary { path: name.to_owned(), exists: false, is_executable: false })
    }
}

/// A path whose parent is a file is as absent as one that is not there.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
fn may_execute(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_execute(_: &fs::Metadata) -> bool {
    true
}

/// Linux's 64-bit device numbers: 12 and 20 bits of major, 8 and 12 of minor, interleaved
/// (glibc, sys/sysmacros.h).
#[cfg(unix)]
fn numbers(device: u64) -> (u32, u32) {
    let major = (device >> 8) & 0xfff | (device >> 32) & !0xfff & 0xffff_ffff;
    let minor = device & 0xff | (device >> 12) & !0xff & 0xffff_ffff;
    (major as u32, minor as u32)
}
