//! Files that services take variables from, looked for and not read.

use super::cast;
use crate::{
    compose::Project,
    diag::{Code, Diagnostic, Place, Severity},
    source::Files,
    yaml::Value,
};

/// An `env_file` that is not there.
const MISSING_ENV_FILE: Code = Code::new("CG006");

/// A finding for each file that is not there and has to be. Not an error: it is often made
/// where the project runs, and only the services that are on need theirs.
pub(in crate::compose) fn missing(project: &Project, files: &dyn Files) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (name, service) in project.services() {
        for file in service.get("env_file").and_then(Value::as_seq).unwrap_or_default() {
            let Some((path, place)) = needed(file) else { continue };
            if !matches!(files.kind(&project.directory.join(path)), Ok(None)) {
                continue;
            }
            let message = format!("the `env_file` `{path}` of service `{name}` is not there: Compose refuses to go on");
            let mut problem = Diagnostic::new(MISSING_ENV_FILE, Severity::Warning, message, place)
                .with_help("add the file, or write `required: false` beside its `path`");
            problem.service = Some(name.to_owned());
            // Services that share the text share the finding.
            if problems.iter().all(|earlier: &Diagnostic| earlier.place != problem.place) {
                problems.push(problem);
            }
        }
    }
    problems
}

/// Path and place of a file that has to be there, where the text tells its path.
fn needed(file: &Value) -> Option<(&str, Place)> {
    let value = file.get("path").unwrap_or(file);
    let path = value.as_str().filter(|path| !path.is_empty() && !path.starts_with('~'))?;
    let is_known = value.hole.is_none() && is_required(file);
    let span = value.span().or_else(|| file.span()).filter(|_| is_known)?;
    Some((path, Place::Source(span.into())))
}

/// Whether Compose refuses to go on without the file. The flag may be a text, as all flags may.
pub(in crate::compose) fn is_required(file: &Value) -> bool {
    file.get("required").is_none_or(|flag| cast::boolean(&flag.scalar_text().unwrap_or_default()) != Some(false))
}
