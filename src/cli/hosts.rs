//! The host that `--host` names: recorded facts, or this machine.

use std::{ffi::OsStr, path::Path};

use super::exit::CliError;
use crate::{host::HostFacts, source::Files};

/// Facts files are small; anything above this is something else.
const MAX_BYTES: usize = 16 << 20;

/// The facts that a `--host` value stands for.
///
/// # Errors
/// When the file cannot be read or holds no facts, or this machine cannot be looked at.
pub(super) fn facts_of(host: &OsStr, files: &dyn Files) -> Result<HostFacts, CliError> {
    if host == "live" { live() } else { recorded(Path::new(host), files) }
}

fn recorded(path: &Path, files: &dyn Files) -> Result<HostFacts, CliError> {
    let content = files.read(path, MAX_BYTES).map_err(|error| CliError::read(path, error))?;
    serde_json::from_slice(&content).map_err(|error| {
        CliError::Host(format!(
            "{} holds no facts of a host: {error}; `composegpu probe -o FILE` makes such files",
            path.display()
        ))
    })
}

fn live() -> Result<HostFacts, CliError> {
    Err(CliError::Host("this composegpu was built without `probe`, so it cannot look at a host; give a recorded one with `--host FILE`".to_owned()))
}
