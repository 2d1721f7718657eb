//! From files to a [`Project`]: the phases, in Compose's order.
//!
//! Source: compose-go loader/loader.go, `loadYamlFile` and `loadYamlModel` (v2.9.1).

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    Environment, Project, canonical, clear, consistency, env_file, environment, interpolate, merge, name, schema,
    unicity,
};
use crate::{
    diag::{Code, Diagnostic, Place, Severity},
    source::{self, Files, SourceMap},
    yaml::{self, Data, Map, NodeId, Tree, Value},
};

/// A text that is no Compose model.
const SCHEMA_VIOLATION: Code = Code::new("CG003");

/// Keys that a Compose file may have at its top, `x-` aside.
const TOP_LEVEL: &[&str] =
    &["services", "include", "networks", "volumes", "secrets", "configs", "models", "name", "version"];

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

/// Loads a project: each file in order, then what concerns all of them.
///
/// # Errors
/// [`LoadError`] when a named file cannot be read; everything that is wrong inside a file is
/// a finding.
pub fn load(request: &LoadRequest, files: &dyn Files, sources: &mut SourceMap) -> Result<Loaded, LoadError> {
    let directory = project_directory(request, files);
    let mut diagnostics = Vec::new();
    let environment = surroundings(request, &directory, files, sources, &mut diagnostics)?;
    let texts = read_all(request, files, sources, &mut diagnostics)?;
    let name = name::project_name(request, &directory, &environment, &texts);
    let mut loading = Loading { request, environment, model: Value::default(), diagnostics, is_accepted: true };
    loading.environment.set("COMPOSE_PROJECT_NAME", &name);
    // Of a file that cannot be read to its end nothing is laid on: what follows is not known.
    for tree in texts.iter().filter(|tree| !tree.is_incomplete) {
        for root in &tree.documents {
            loading.document(tree, *root);
        }
    }
    let mut loaded = loading.finish(name, directory, texts)?;
    loaded.diagnostics.extend(env_file::missing(&loaded.project, files));
    Ok(loaded)
}

/// What grows while file after file is laid on.
struct Loading<'a> {
    request: &'a LoadRequest,
    environment: Environment,
    model: Value,
    diagnostics: Vec<Diagnostic>,
    is_accepted: bool,
}

impl Loading<'_> {
    /// One document through all phases.
    fn document(&mut self, tree: &Tree, root: NodeId) {
        let resolved = yaml::resolve(tree, root);
        self.diagnostics.extend(resolved.problems);
        let Some(mut layer) = self.model_of(resolved.value) else { return };
        if self.request.is_interpolated {
            self.is_accepted &= interpolate::interpolate(&mut layer, &self.environment, &mut self.diagnostics);
        }
        clear::clear(&mut self.model, &resolved.cleared);
        merge::merge(&mut self.model, layer, &mut self.diagnostics);
        unicity::enforce(&mut self.model, &mut self.diagnostics);
        self.validate();
        self.canonical();
        unicity::enforce(&mut self.model, &mut self.diagnostics);
    }

    /// The document if it is a Compose model; else one finding that says what it is.
    fn model_of(&mut self, value: Value) -> Option<Value> {
        let is_compose = |key: &String| TOP_LEVEL.contains(&key.as_str()) || key.starts_with("x-");
        let message = match &value.data {
            Data::Map(map) if map.is_empty() || map.keys().any(is_compose) => return Some(value),
            Data::Map(map) => {
                let keys: Vec<String> = map.keys().take(4).map(|key| format!("`{key}`")).collect();
                format!("this is no Compose file: none of its keys ({}) is one of Compose's", keys.join(", "))
            }
            _ => format!("this is no Compose file: its top level is {}, not a mapping", value.kind()),
        };
        let first = match &value.data {
            Data::Map(map) => map.values().next().and_then(Value::key_span),
            Data::Seq(items) => items.first().and_then(Value::span),
            _ => value.span(),
        };
        let place =
            first.or(value.span()).map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
        let help = "a Compose file has a mapping at its top, with `services`";
        self.diagnostics.push(Diagnostic::new(SCHEMA_VIOLATION, Severity::Error, message, place).with_help(help));
        None
    }

    /// The schema, on what is merged so far; then `version`, which Compose ignores, goes.
    fn validate(&mut self) {
        for problem in schema::validate(&self.model) {
            if !self.diagnostics.contains(&problem) {
                self.diagnostics.push(problem);
            }
        }
        if let Some(map) = self.model.as_map_mut() {
            map.shift_remove("version");
        }
    }

    /// Short forms become long ones; without interpolation those that cannot be read stay.
    fn canonical(&mut self) {
        for problem in canonical::canonical(&mut self.model) {
            if self.request.is_interpolated && !self.diagnostics.contains(&problem) {
                self.diagnostics.push(problem);
            }
        }
    }

    fn finish(mut self, name: String, directory: PathBuf, trees: Vec<Tree>) -> Result<Loaded, LoadError> {
        let is_readable = self.is_accepted && self.diagnostics.iter().all(|problem| problem.severity < Severity::Error);
        if is_readable && self.model.as_map().is_none_or(Map::is_empty) {
            self.empty(&trees);
        }
        self.diagnostics.extend(consistency::check(&self.model));
        let is_accepted = self.is_accepted && self.diagnostics.iter().all(|problem| problem.severity < Severity::Error);
        let project = Project {
            name,
            directory,
            model: self.model,
            trees,
            environment: self.environment,
            profiles: self.request.profiles.clone(),
            is_interpolated: self.request.is_interpolated,
            is_accepted,
        };
        Ok(Loaded { project, diagnostics: self.diagnostics })
    }

    fn empty(&mut self, trees: &[Tree]) {
        let place = match trees.first() {
            Some(tree) => Place::Source(source::Span::new(tree.file, 0, 0).into()),
            None => Place::File(String::new()),
        };
        let problem = Diagnostic::new(SCHEMA_VIOLATION, Severity::Error, "the file is empty", place);
        self.diagnostics.push(problem.with_help("a Compose file has a mapping at its top, with `services`"));
    }
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
    let mut all = Environment::new(request.environment.clone());
    let paths = match request.env_files.as_slice() {
        [] => {
            let default = directory.join(".env");
            let is_file = matches!(files.kind(&default), Ok(Some(source::EntryKind::File { .. })));
            if is_file { vec![default] } else { Vec::new() }
        }
        named => named.iter().map(|path| request.working_directory.join(path)).collect(),
    };
    let read = environment::read(&paths, &all, files, sources, diagnostics);
    all.add_missing(read.map_err(|(path, source)| LoadError::Read { path, source })?);
    Ok(all)
}

fn read_all(
    request: &LoadRequest,
    files: &dyn Files,
    sources: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<Tree>, LoadError> {
    let mut trees = Vec::with_capacity(request.files.len());
    for path in &request.files {
        let is_stdin = path.as_os_str() == "-";
        let read = match &request.stdin {
            Some(text) if is_stdin => Ok(text.clone()),
            _ => files.read(&request.working_directory.join(path), SourceMap::MAX_BYTES),
        };
        let shown = if is_stdin { Path::new("<stdin>") } else { path };
        match read {
            Ok(bytes) => trees.extend(read_tree(shown, bytes, sources, diagnostics)),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => diagnostics.push(too_large(shown)),
            Err(source) => return Err(LoadError::Read { path: path.clone(), source }),
        }
    }
    Ok(trees)
}

fn read_tree(path: &Path, bytes: Vec<u8>, sources: &mut SourceMap, diagnostics: &mut Vec<Diagnostic>) -> Option<Tree> {
    match source::decode(bytes) {
        Ok((text, is_exact)) => {
            let file = sources.add(path, text, is_exact);
            let (tree, problems) = yaml::parse(file, sources);
            diagnostics.extend(problems);
            Some(tree)
        }
        Err(error) => {
            let message = format!("`{}` is no text: {error}", path.display());
            let place = Place::File(path.display().to_string());
            let problem = Diagnostic::new(yaml::SYNTAX_ERROR, Severity::Error, message, place);
            diagnostics.push(problem.with_help("Compose files are UTF-8"));
            None
        }
    }
}

fn too_large(path: &Path) -> Diagnostic {
    let message = format!("`{}` is larger than {} MiB", path.display(), SourceMap::MAX_BYTES >> 20);
    let place = Place::File(path.display().to_string());
    Diagnostic::new(yaml::LIMIT, Severity::Error, message, place)
        .with_help("a Compose file is some kilobytes; is the path right?")
}
