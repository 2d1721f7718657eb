//! Writing files: all or nothing, beside the target and then in its place.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use tempfile::Builder;

/// Puts `content` where `path` is. A file that is there keeps its mode; a device or a pipe
/// is written to, not replaced.
///
/// # Errors
/// As the disk says; then the old content is still there, and nothing else.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) if !metadata.is_file() => OpenOptions::new().write(true).open(path)?.write_all(content),
        // Renaming over a file needs no right to write it; to go by that would surprise
        // whoever has made it read-only.
        Ok(metadata) if metadata.permissions().readonly() => Err(io::ErrorKind::PermissionDenied.into()),
        Ok(metadata) => replace(&fs::canonicalize(path)?, content, Some(metadata.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => replace(path, content, None),
        Err(error) => Err(error),
    }
}

/// The same for a file of a linted project: a link that leads out of `project` is not followed.
///
/// # Errors
/// As for [`write_whole`], and for such a link.
pub(super) fn write_inside(path: &Path, content: &[u8], project: &Path) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    if target.starts_with(fs::canonicalize(project)?) {
        return write_whole(&target, content);
    }
    Err(io::Error::other(format!("it is a link to {}, outside the project", target.display())))
}

fn replace(path: &Path, content: &[u8], mode: Option<fs::Permissions>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = builder().tempfile_in(folder)?;
    beside.write_all(content)?;
    beside.flush()?;
    if let Some(mode) = mode {
        beside.as_file().set_permissions(mode)?;
    }
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// New files are readable as the user's mask says, not by their owner alone.
fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".composegpu-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}
