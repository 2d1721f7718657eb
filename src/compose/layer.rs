//! One document on its way into the model: read, typed, its variables replaced; and where the
//! model stands that it goes into.

use std::path::{Path, PathBuf};

use super::{Environment, canonical, codes::SCHEMA_VIOLATION, consistency, reading::Reading, variables::interpolate};
use crate::{
    diag::{Diagnostic, Place, Severity},
    source::Span,
    yaml::{self, Cleared, Data, Value},
};

/// Keys that a Compose file may have at its top, `x-` aside.
const TOP_LEVEL: &[&str] =
    &["services", "include", "networks", "volumes", "secrets", "configs", "models", "name", "version"];

/// Where a model stands: its folder, its variables, and the files that led to it.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// The folder that relative paths start from, absolute.
    pub(super) directory: PathBuf,
    pub(super) environment: Environment,
    /// Files that include each other on the way here.
    pub(super) included: Vec<PathBuf>,
}

/// One document, ready to be laid on.
pub(super) struct Layer {
    /// The file, absolute.
    pub(super) path: PathBuf,
    pub(super) value: Value,
    pub(super) cleared: Vec<Cleared>,
    /// How many nodes its value has.
    pub(super) nodes: usize,
    /// Where it stands.
    pub(super) span: Span,
}

/// The documents of a file with their variables replaced. Of a file that cannot be read to
/// its end there are none: what follows is not known.
pub(super) fn layers(reading: &mut Reading<'_>, tree: usize, environment: &Environment) -> Vec<Layer> {
    let path = reading.path_of(tree);
    let is_readable = !reading.trees[tree].is_incomplete;
    let roots = if is_readable { reading.trees[tree].documents.clone() } else { Vec::new() };
    let mut out = Vec::with_capacity(roots.len());
    for root in roots {
        let span = reading.trees[tree].node(root).span;
        let resolved = yaml::resolve(&reading.trees[tree], root);
        if !reading.has_room(resolved.nodes, span) {
            break;
        }
        reading.diagnostics.extend(resolved.problems);
        let Some(mut value) = compose_model(reading, resolved.value) else { continue };
        if reading.request.is_interpolated {
            reading.is_accepted &= interpolate::interpolate(&mut value, environment, &mut reading.diagnostics);
        }
        out.push(Layer { path: path.clone(), value, cleared: resolved.cleared, nodes: resolved.nodes, span });
    }
    out
}

/// The document if it is a Compose model; else one finding that says what it is.
fn compose_model(reading: &mut Reading<'_>, value: Value) -> Option<Value> {
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
    let place = first.or(value.span()).map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
    let help = match is_version_1(&value) {
        true => "put the services under a key `services`: the form of version 1, without it, is no longer read",
        false => "a Compose file has a mapping at its top, with `services`",
    };
    reading.refuse(Diagnostic::new(SCHEMA_VIOLATION, Severity::Error, message, place).with_help(help));
    None
}

/// Whether every key looks like a service, as in the form of version 1.
fn is_version_1(value: &Value) -> bool {
    let is_service = |value: &Value| value.get("image").or(value.get("build")).is_some();
    value.as_map().is_some_and(|map| map.values().all(is_service))
}

/// Short forms become long ones; without interpolation those that cannot be read stay.
pub(super) fn make_canonical(reading: &mut Reading<'_>, model: &mut Value) {
    let problems = canonical::canonical(model, reading.request.is_interpolated);
    if problems.is_empty() {
        return;
    }
    let holes = consistency::hole::spans(model);
    for problem in problems {
        // Compose refuses it; what is wrong is the variable, and that is said already.
        if problem.place.span().is_some_and(|span| holes.contains(&span)) {
            reading.is_accepted = false;
        } else {
            reading.refuse(problem);
        }
    }
}

/// Folder of a path, absolute.
pub(super) fn folder(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}
