//! From files to a [`Project`]: the phases, in Compose's order.

use std::{collections::BTreeMap, io, path::PathBuf};

use super::Project;
use crate::{
    diag::Diagnostic,
    source::{Files, SourceMap},
};

/// What to load, and with which surroundings.
#[derive(Clone, Debug, Default)]
pub struct LoadRequest {
    /// Compose files in order, absolute or relative to `working_directory`; `-` is `stdin`.
    pub files: Vec<PathBuf>,
    /// Content of standard input, where a file is `-`.
    pub stdin: Option<Vec<u8>>,
    /// The folder that the user stands in, absolute.
    pub working_directory: PathBuf,
    /// `--project-directory`; else the folder of the first file.
    pub project_directory: Option<PathBuf>,
    /// `-p`; else COMPOSE_PROJECT_NAME, `name:`, or the folder's name.
    pub project_name: Option<String>,
    /// `--env-file`s in order; without one, `.env` of the project directory if it is there.
    pub env_files: Vec<PathBuf>,
    /// The caller's environment.
    pub environment: BTreeMap<String, String>,
    /// Profiles that are on; `*` is all.
    pub profiles: Vec<String>,
    /// Replace variables; off for `--no-interpolate`.
    pub is_interpolated: bool,
}

/// A loaded project with what reading it had to say.
#[derive(Debug)]
pub struct Loaded {
    /// The project, as far as it could be read.
    pub project: Project,
    /// Findings of the reader: what Compose refuses (errors), and what it warns of.
    pub diagnostics: Vec<Diagnostic>,
}

/// The files could not be had at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file that was named is not there, or cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path as it was named.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
}

/// Loads a project.
///
/// # Errors
/// [`LoadError`] when a named file cannot be read; everything that is wrong inside a file is
/// a finding.
pub fn load(request: &LoadRequest, files: &dyn Files, sources: &mut SourceMap) -> Result<Loaded, LoadError> {
    let _ = (request, files, sources);
    todo!("the phases")
}
