//! `--check`: whether a committed file is what a recorded host gives.

use std::{io, path::Path};

use crate::{
    cli::{
        Answer,
        exit::{CliError, Exit},
        files::DiskFiles,
        patch::patch,
        settings::Surroundings,
    },
    source::{Files as _, SourceMap},
};

/// Compares the file with `text`; standard error gets what is different as a patch. A file that
/// is not there differs in every line.
///
/// # Errors
/// When the file is there and cannot be read.
pub(super) fn check(path: &Path, text: &str, world: &Surroundings, answer: &mut Answer) -> Result<Exit, CliError> {
    let files = DiskFiles::new(&world.working_directory);
    let committed = match files.read(path, SourceMap::MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(CliError::read(path, error)),
    };
    if committed == text.as_bytes() {
        return Ok(Exit::Clean);
    }
    answer.err.push_str(&patch(&path.to_string_lossy(), &String::from_utf8_lossy(&committed), text));
    Ok(Exit::Findings)
}
