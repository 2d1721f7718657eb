//! One document on its way into the model: read, typed, its variables replaced; and where the
//! model stands that it goes into.

use std::path::{Path, PathBuf};

use super::{
    Environment, canonical, interpolate,
    reading::{Reading, SCHEMA_VIOLATION},
};
use crate::{
    diag::{Diagnostic, Place, Severity},
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
}

/// The documents of a file with their variables replaced. Of a file that cannot be read to
/// its end there are none: what follows is not known.
pub(super) fn layers(reading: &mut Reading<'_>, tree: usize, environment: &Environment) -> Vec<Layer> {
    let path = reading.path_of(tree);
    let tree = &reading.trees[tree];
    let roots = if tree.is_incomplete { &[][..] } else { &tree.documents };
    let resolved: Vec<yaml::Resolved> = roots.iter().map(|root| yaml::resolve(tree, *root)).collect();
    let mut out = Vec::with_capacity(resolved.len());
    for resolved in resolved {
        reading.diagnostics.extend(resolved.problems);
        let Some(mut value) = compose_model(reading, resolved.value) else { continue };
        if reading.request.is_interpolated {
            reading.is_accepted &= interpolate::interpolate(&mut value, environment, &mut reading.diagnostics);
        }
        out.push(Layer { path: path.clone(), value, cleared: resolved.cleared });
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
    let help = "a Compose file has a mapping at its top, with `services`";
    reading.refuse(Diagnostic::new(SCHEMA_VIOLATION, Severity::Error, message, place).with_help(help));
    None
}

/// Short forms become long ones; without interpolation those that cannot be read stay.
pub(super) fn make_canonical(reading: &mut Reading<'_>, model: &mut Value) {
    for problem in canonical::canonical(model, reading.request.is_interpolated) {
        reading.refuse(problem);
    }
}

/// Folder of a path, absolute.
pub(super) fn folder(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}
