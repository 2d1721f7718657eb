//! A service's `build`: where its context and its Dockerfile are, and what it is given.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    compose::Project,
    yaml::{Data, Value},
};

/// `build`, with paths joined to the project's folder.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) context: PathBuf,
    pub(super) dockerfile: DockerfileAt,
    pub(super) target: Option<String>,
    /// `None` is a value that is not known.
    pub(super) arguments: BTreeMap<String, Option<String>>,
    /// Lower-case names, and the folder where it is one.
    pub(super) contexts: BTreeMap<String, Option<PathBuf>>,
}

#[derive(Debug)]
pub(super) enum DockerfileAt {
    File(PathBuf),
    Inline(String),
}

/// Reads `build`; `None` for a service that builds nothing.
pub(super) fn build(project: &Project, service: &Value) -> Option<Result<Build, String>> {
    let build = service.get("build")?;
    match &build.data {
        Data::Null => None,
        Data::String(_) => Some(of_parts(project, Some(build), None)),
        Data::Map(_) => Some(of_parts(project, build.get("context"), Some(build))),
        _ => Some(Err("`build` is neither text nor a mapping".to_owned())),
    }
}

fn of_parts(project: &Project, context: Option<&Value>, build: Option<&Value>) -> Result<Build, String> {
    let field = |name: &str| build.and_then(|build| build.get(name)).filter(|value| !value.is_null());
    let context = text(context, "build context")?.unwrap_or_else(|| ".".to_owned());
    if is_remote(&context) {
        return Err(format!("the build context `{context}` is not on this disk"));
    }
    let context = project.directory.join(&context);
    let dockerfile = match text(field("dockerfile_inline"), "inline Dockerfile")? {
        Some(inline) => DockerfileAt::Inline(inline),
        None => {
            let name = text(field("dockerfile"), "Dockerfile")?.unwrap_or_else(|| "Dockerfile".to_owned());
            DockerfileAt::File(context.join(name))
        }
    };
    let folder =
        |value: Option<String>| value.filter(|value| is_folder(value)).map(|value| project.directory.join(value));
    let contexts = pairs(field("additional_contexts"));
    Ok(Build {
        dockerfile,
        target: text(field("target"), "build target")?.filter(|target| !target.is_empty()),
        arguments: pairs(field("args")),
        contexts: contexts.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), folder(value))).collect(),
        context,
    })
}

fn text(value: Option<&Value>, what: &str) -> Result<Option<String>, String> {
    let Some(value) = value else { return Ok(None) };
    match (&value.hole, value.scalar_text()) {
        (None, Some(text)) => Ok(Some(text)),
        _ => Err(format!("the {what} is not known")),
    }
}

/// A mapping, or a list of `NAME=value`; a value that is not said is not known.
fn pairs(value: Option<&Value>) -> BTreeMap<String, Option<String>> {
    let known = |value: &Value| if value.hole.is_some() { None } else { value.scalar_text() };
    match value.map(|value| &value.data) {
        Some(Data::Map(map)) => map.iter().map(|(name, value)| (name.clone(), known(value))).collect(),
        Some(Data::Seq(items)) => items
            .iter()
            .filter_map(|item| {
                let text = item.as_str()?;
                let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
                Some((name.to_owned(), value.filter(|_| item.hole.is_none()).map(str::to_owned)))
            })
            .collect(),
        _ => BTreeMap::new(),
    }
}

/// Addresses of repositories and archives.
/// Source: Compose specification, "build: context"; compose-go `paths/context.go`.
fn is_remote(context: &str) -> bool {
    let prefixes = ["https://", "http://", "git://", "ssh://", "github.com/", "git@"];
    prefixes.iter().any(|prefix| context.starts_with(prefix)) || context.contains("://")
}

/// `docker-image://`, `service:`, `target:` and addresses are not folders.
fn is_folder(context: &str) -> bool {
    !is_remote(context) && !["service:", "target:", "oci-layout:"].iter().any(|prefix| context.starts_with(prefix))
}

/// The path to show for a file: beside the first Compose file's, where the project's folder
/// is that file's.
pub(super) fn shown(path: &Path, directory: &Path, folder: Option<&Path>) -> PathBuf {
    match (path.strip_prefix(directory), folder) {
        (Ok(rest), Some(folder)) => tidy(&folder.join(rest)),
        _ => tidy(path),
    }
}

/// Without `.` parts; `..` stays, for links' sake.
fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}

/// With these policies the image that runs is not the one that is built.
/// Source: Compose specification, "pull_policy".
pub(super) fn check_pull_policy(service: &Value) -> Result<(), String> {
    match service.get("pull_policy").and_then(Value::as_str) {
        None | Some("build" | "never") => Ok(()),
        Some(policy) => Err(format!("`pull_policy: {policy}` may run another image")),
    }
}
