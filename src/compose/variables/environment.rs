//! The variables of a run: the caller's, then those of `.env` or of `--env-file`.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::dotenv;
use crate::{
    diag::{Code, Diagnostic, Place, Severity},
    source::{self, Files, SourceMap, Span},
};

/// A line of an env file that Compose refuses.
const SYNTAX_ERROR: Code = Code::new("CG001");

/// Names and values, the caller's first.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    values: BTreeMap<String, String>,
}

impl Environment {
    /// The caller's variables alone.
    pub fn new(values: BTreeMap<String, String>) -> Self {
        Self { values }
    }

    /// A variable's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// All of them.
    pub fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// Adds what the environment does not have yet.
    pub(in crate::compose) fn add_missing(&mut self, more: BTreeMap<String, String>) {
        for (name, value) in more {
            self.values.entry(name).or_insert(value);
        }
    }

    /// Sets a variable, whoever set it before.
    pub(in crate::compose) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }
}

/// Reads env files in order; a later one wins over an earlier one, the caller over all. The
/// answer says whether Compose takes them.
///
/// # Errors
/// As the disk says, with the path, for a file that cannot be read.
pub(in crate::compose) fn read(
    paths: &[PathBuf],
    caller: &Environment,
    files: &dyn Files,
    sources: &mut SourceMap,
    problems: &mut Vec<Diagnostic>,
) -> Result<BTreeMap<String, String>, (PathBuf, io::Error)> {
    let mut all = BTreeMap::new();
    for path in paths {
        let bytes = files.read(path, SourceMap::MAX_BYTES).map_err(|error| (path.clone(), error))?;
        let lookup = |name: &str| caller.get(name).map(str::to_owned).or_else(|| all.get(name).cloned());
        let (values, problem) = parse(path, bytes, sources, &lookup);
        problems.extend(problem);
        all.extend(values);
    }
    Ok(all)
}

fn parse(
    path: &Path,
    bytes: Vec<u8>,
    sources: &mut SourceMap,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> (BTreeMap<String, String>, Option<Diagnostic>) {
    let text = match source::decode(bytes) {
        Ok((text, _)) => text,
        Err(error) => {
            let message = format!("the env file `{}` is no text: {error}", path.display());
            let place = Place::File(path.display().to_string());
            return (BTreeMap::new(), Some(Diagnostic::new(SYNTAX_ERROR, Severity::Error, message, place)));
        }
    };
    let parsed = dotenv::parse(&text, lookup);
    let problem = parsed.problem.map(|problem| {
        let file = sources.add(path, text.clone(), true);
        let span = Span::new(file, problem.start, problem.end);
        Diagnostic::new(SYNTAX_ERROR, Severity::Error, problem.message, Place::Source(span.into()))
    });
    (parsed.values.into_iter().collect(), problem)
}
