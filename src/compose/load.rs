//! From files to a [`Project`]: the surroundings, the model, and what concerns all files.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    Environment, Project, also_set,
    codes::{INCONSISTENT, SCHEMA_VIOLATION},
    consistency, device_requests,
    layer::Surroundings,
    name::{self, BadName},
    phases, quotes,
    reading::Reading,
    variables::{env_file, environment},
};
use crate::{
    diag::{Diagnostic, Place, Severity},
    source::{self, Files, SourceMap},
    yaml::{Map, Value},
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
    /// Judge the services of every profile, each profile on its own, whatever `profiles` says.
    pub is_each_profile: bool,
    /// Replace variables; off for `--no-interpolate`.
    pub is_interpolated: bool,
    /// The files are laid on others that are not known: nothing is said of what those may define.
    pub lacks_base: bool,
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

/// Loads a project: each file in order, then what concerns all of them.
///
/// # Errors
/// [`LoadError`] when a named file cannot be read; everything that is wrong inside a file is
/// a finding.
pub fn load(request: &LoadRequest, files: &dyn Files, sources: &mut SourceMap) -> Result<Loaded, LoadError> {
    let directory = project_directory(request, files);
    let mut diagnostics = Vec::new();
    let mut environment = surroundings(request, &directory, files, sources, &mut diagnostics)?;
    let mut reading = Reading::new(request, files, sources, diagnostics);
    let texts = reading.named_files()?;
    let name = name::project_name(request, &directory, &environment, &reading.trees).unwrap_or_else(|bad| {
        reading.refuse(bad_name(&bad));
        bad.name
    });
    environment.set("COMPOSE_PROJECT_NAME", &name);
    let surroundings = Surroundings { directory: directory.clone(), environment, included: Vec::new() };
    let model = phases::model(&mut reading, &texts, &surroundings);
    Ok(finish(reading, model, name, surroundings))
}

/// The checks that concern all files together.
fn finish(mut reading: Reading<'_>, model: Value, name: String, surroundings: Surroundings) -> Loaded {
    if !reading.has_errors() && model.as_map().is_none_or(Map::is_empty) {
        reading.empty();
    }
    let mut project = Project {
        name,
        directory: surroundings.directory,
        model,
        trees: std::mem::take(&mut reading.trees),
        environment: surroundings.environment,
        profiles: reading.request.profiles.clone(),
        is_interpolated: reading.request.is_interpolated,
        is_accepted: false,
    };
    let is_whole = !reading.request.lacks_base && !reading.is_cut;
    let checked = consistency::check(&project, reading.request.is_each_profile, is_whole);
    reading.is_accepted &= checked.is_accepted;
    // Of a value of the wrong type, the schema has said enough.
    let is_told = |finding: &Diagnostic| {
        reading.diagnostics.iter().any(|told| told.code == SCHEMA_VIOLATION && told.place == finding.place)
    };
    let new: Vec<Diagnostic> = checked.findings.into_iter().filter(|finding| !is_told(finding)).collect();
    reading.diagnostics.extend(new);
    let is_refused = reading.has_errors() | device_requests::check(&project, reading.sources, &mut reading.diagnostics);
    reading.diagnostics.extend(env_file::missing(&project, reading.files));
    also_set::also_set(&project, &mut reading.diagnostics);
    quotes::offer(&project, reading.sources, &reading.bare, &mut reading.diagnostics);
    project.is_accepted = reading.is_accepted && !is_refused;
    Loaded { project, diagnostics: reading.diagnostics }
}

fn project_directory(request: &LoadRequest, files: &dyn Files) -> PathBuf {
    let absolute = |path: &Path| files.resolve(&request.working_directory.join(path));
    if let Some(directory) = &request.project_directory {
        return absolute(directory);
    }
    let first = request.files.iter().find(|file| file.as_os_str() != "-");
    match first.and_then(|file| file.parent()) {
        Some(parent) => absolute(parent),
        None => request.working_directory.clone(),
    }
}

/// The caller's variables and, below them, those of the env files.
fn surroundings(
    request: &LoadRequest,
    directory: &Path,
    files: &dyn Files,
    sources: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Environment, LoadError> {
    let mut variables = request.environment.clone();
    // Compose gives itself the variable that shells keep, where it is not there.
    variables.entry("PWD".to_owned()).or_insert_with(|| request.working_directory.to_string_lossy().into_owned());
    let mut all = Environment::new(variables);
    let paths = env_files(request, directory, files);
    let read = environment::read(&paths, &all, files, sources, diagnostics);
    all.add_missing(read.map_err(|(path, source)| LoadError::Read { path, source })?);
    Ok(all)
}

/// `--env-file`s, else those of COMPOSE_ENV_FILES, else `.env` if it is there and
/// COMPOSE_DISABLE_ENV_FILE does not forbid it.
fn env_files(request: &LoadRequest, directory: &Path, files: &dyn Files) -> Vec<PathBuf> {
    let variable = |name: &str| request.environment.get(name).map_or("", String::as_str);
    let listed = variable("COMPOSE_ENV_FILES").split(',').filter(|path| !path.is_empty()).map(PathBuf::from);
    let named = if request.env_files.is_empty() { listed.collect() } else { request.env_files.clone() };
    if !named.is_empty() {
        return named.iter().map(|path| request.working_directory.join(path)).collect();
    }
    let default = directory.join(".env");
    let is_file = matches!(files.kind(&default), Ok(Some(source::EntryKind::File { .. })));
    let is_disabled = matches!(variable("COMPOSE_DISABLE_ENV_FILE"), "1" | "t" | "T" | "true" | "TRUE" | "True");
    if is_file && !is_disabled { vec![default] } else { Vec::new() }
}

fn bad_name(bad: &BadName) -> Diagnostic {
    let message = match bad.name.as_str() {
        "" => "the project's name is empty".to_owned(),
        name => format!("`{name}` cannot be a project's name"),
    };
    let help = "use small letters, digits, `-` and `_`, with a letter or a digit in front";
    let place = bad.span.map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
    Diagnostic::new(INCONSISTENT, Severity::Error, message, place).with_help(help)
}
