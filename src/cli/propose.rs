//! `doctor --write DIR`: the files that would mend a host, in a folder of the user's, never in their places.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::{exit::CliError, write::write_whole};
use crate::{
    heal::{self, Original, Originals, Proposal},
    host::HostFacts,
};

/// Configuration files are small; anything above this is something else.
const MAX_BYTES: u64 = 8 << 20;

/// Writes what would mend the host below `folder`, and says what it wrote.
///
/// # Errors
/// When the folder is one that the system reads itself, a file of another content is in the way, or the
/// disk says so; then nothing is written.
pub(super) fn write(host: &HostFacts, source: &OsStr, folder: &Path) -> Result<String, CliError> {
    let proposal = heal::propose(host, &originals(host, source == "live"));
    if proposal.is_empty() {
        return Ok("nothing to write: no file would mend what was found on this host\n".to_owned());
    }
    let files = files(&proposal, host, folder);
    refuse_system(folder)?;
    for (path, text, _) in &files {
        refuse_foreign(folder, path, text)?;
    }
    let mut said = String::new();
    for (path, text, mode) in &files {
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| CliError::write(parent, error))?;
        write_whole(path, text.as_bytes()).map_err(|error| CliError::write(path, error))?;
        restrict(path, *mode).map_err(|error| CliError::write(path, error))?;
        said.push_str(&format!("wrote {}\n", path.display()));
    }
    for file in &proposal.by_hand {
        said.push_str(&format!("no file for {}: {}; the README says what to change\n", file.path, file.reason));
    }
    said.push_str(&format!("nothing is installed; {} has the commands\n", folder.join(README).display()));
    Ok(said)
}

const README: &str = "README.md";

/// Path, text and permissions of each file; the README last, so that it is there only with all of them.
fn files(proposal: &Proposal, host: &HostFacts, folder: &Path) -> Vec<(PathBuf, String, u32)> {
    let place = |path: &str| folder.join(path.trim_start_matches('/'));
    let mut files: Vec<(PathBuf, String, u32)> =
        proposal.files.iter().map(|file| (place(&file.path), file.text.clone(), file.mode)).collect();
    files.push((folder.join(README), proposal.readme(host), 0o644));
    files
}

/// The two files as this machine has them; those of a recorded host are not to hand.
fn originals(host: &HostFacts, is_live: bool) -> Originals {
    let toolkit = host.toolkit.known();
    let daemon_json = toolkit.map(|toolkit| toolkit.daemon_json.as_ref().map(Option::is_some));
    let config_toml = toolkit.map(|toolkit| toolkit.config.as_ref().map(Option::is_some));
    let original = |path: &str, has: Option<crate::observed::Observed<bool>>| match has {
        _ if is_live => on_disk(Path::new(path)),
        Some(crate::observed::Observed::Known(false)) => Original::Absent,
        Some(crate::observed::Observed::Unknown { reason, .. }) => Original::Unknown(reason),
        _ => Original::Unknown(
            "recorded facts do not hold its text; `composegpu doctor --write` on the host itself reads it".to_owned(),
        ),
    };
    Originals {
        daemon_json: original(heal::daemon_json_path(host), daemon_json),
        config_toml: original(heal::config_toml_path(host), config_toml),
    }
}

fn on_disk(path: &Path) -> Original {
    let read = || -> io::Result<Original> {
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return Err(io::Error::other("it is no file of a usual size"));
        }
        let text = fs::read_to_string(path)?;
        Ok(Original::Text { text, mode: mode(&metadata) })
    };
    match read() {
        Ok(original) => original,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Original::Absent,
        Err(error) => Original::Unknown(format!("it cannot be read: {error}")),
    }
}

/// Folders below which programs look for their configuration.
const SYSTEM: [&str; 7] = ["/etc", "/usr", "/lib", "/run", "/var/run", "/boot", "/proc"];

fn refuse_system(folder: &Path) -> Result<(), CliError> {
    let real = existing(folder);
    let is_root = real.parent().is_none();
    if is_root || SYSTEM.iter().any(|system| real.starts_with(system)) {
        return Err(CliError::Usage(format!(
            "{} belongs to the system, and nothing is installed from here; name a folder of your own",
            folder.display()
        )));
    }
    Ok(())
}

/// The path with links followed as far as it exists, and `..` taken out of the rest.
fn existing(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(real.pop()),
            part => real.push(part),
        }
        real = fs::canonicalize(&real).unwrap_or(real);
    }
    real
}

/// A file that is there and says something else is somebody's; a link may lead anywhere.
fn refuse_foreign(folder: &Path, path: &Path, text: &str) -> Result<(), CliError> {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let mut place = folder.to_owned();
    for part in below.components() {
        place.push(part);
        if fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.file_type().is_symlink()) {
            return Err(CliError::write(&place, io::Error::other("it is a link, which may lead out of the folder")));
        }
    }
    match fs::read(path) {
        Ok(there) if there == text.as_bytes() => Ok(()),
        Ok(_) => Err(CliError::write(path, io::Error::other("it is there with another content; name an empty folder"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(CliError::write(path, error)),
    }
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0o644
}

/// A copy of a file that not everybody may read is not for everybody either.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let now = fs::metadata(path)?.permissions().mode() & 0o777;
    fs::set_permissions(path, fs::Permissions::from_mode(now & (mode | 0o600)))
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}
