//! `include`: other projects' resources brought into this one, each read with its own folder
//! and variables.
//!
//! Source: compose-go loader/include.go (v2.9.1).

use std::path::{Path, PathBuf};

use super::{
    Environment,
    codes::INCONSISTENT,
    layer::{self, Layer, Surroundings},
    normalise, paths, phases,
    reading::{MAX_CHAIN, Reading},
    variables::environment,
};
use crate::{
    diag::Label,
    source::Span,
    yaml::{Data, Map, Value, Via},
};

/// Parts of a model that an include brings.
const RESOURCES: &[&str] = &["services", "volumes", "networks", "secrets", "configs", "models"];

/// One entry of `include`.
struct Entry {
    paths: Vec<String>,
    project_directory: Option<String>,
    env_files: Vec<String>,
    span: Option<Span>,
}

/// Brings in what a layer includes.
pub(super) fn include(reading: &mut Reading<'_>, layer: &mut Layer, surroundings: &Surroundings) {
    let Some(root) = layer.value.as_map_mut() else { return };
    let Some(entries) = root.shift_remove("include") else { return };
    let mut included = surroundings.included.clone();
    included.push(layer.path.clone());
    if entries.as_seq().is_none() && !entries.is_null() {
        let message = format!("`include` takes a list, and this is {}", entries.kind());
        reading.refuse_at(INCONSISTENT, entries.span(), message, Vec::new());
    }
    for item in entries.as_seq().unwrap_or_default() {
        if let Some((at, message)) = misshapen(item) {
            reading.refuse_at(INCONSISTENT, at.span().or(item.span()), message, Vec::new());
        }
        let Some(entry) = entry(item) else { continue };
        if let Some(model) = load(reading, &entry, surroundings, &included) {
            import(reading, &mut layer.value, model, entry.span);
        }
    }
}

/// What of an entry has another shape than Compose decodes, and the words for it. No schema sees `include`.
fn misshapen(item: &Value) -> Option<(&Value, String)> {
    let is_texts = |value: &Value| match &value.data {
        Data::Null | Data::String(_) => true,
        Data::Seq(items) => items.iter().all(|item| item.as_str().is_some()),
        _ => false,
    };
    match &item.data {
        Data::Null | Data::String(_) | Data::Timestamp(_) => None,
        Data::Map(_) => ["path", "env_file"].into_iter().find_map(|key| {
            let value = item.get(key).filter(|value| value.hole.is_none() && !is_texts(value))?;
            Some((
                value,
                format!("`{key}` of an included file takes a path or a list of paths, and this is {}", value.kind()),
            ))
        }),
        _ => Some((item, format!("an entry of `include` is a path or a mapping, and this is {}", item.kind()))),
    }
}

fn entry(item: &Value) -> Option<Entry> {
    let texts = |value: Option<&Value>| match value.map(|value| &value.data) {
        Some(Data::String(text)) => vec![text.clone()],
        Some(Data::Seq(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let entry = match &item.data {
        Data::String(path) => {
            Entry { paths: vec![path.clone()], project_directory: None, env_files: Vec::new(), span: item.span() }
        }
        Data::Map(_) => Entry {
            paths: texts(item.get("path")),
            project_directory: item.get("project_directory").and_then(Value::as_str).map(str::to_owned),
            env_files: texts(item.get("env_file")),
            span: item.span(),
        },
        _ => return None,
    };
    (!entry.paths.is_empty()).then_some(entry)
}

fn load(reading: &mut Reading<'_>, entry: &Entry, outer: &Surroundings, included: &[PathBuf]) -> Option<Value> {
    let paths: Vec<PathBuf> =
        entry.paths.iter().map(|path| reading.files.resolve(&outer.directory.join(path))).collect();
    if included.contains(&paths[0]) {
        let way = if included.len() > 1 { ", by way of others" } else { "" };
        let message = format!("`{}` includes itself{way}", entry.paths[0]);
        reading.refuse_at(INCONSISTENT, entry.span, message, Vec::new());
        return None;
    }
    if included.len() >= MAX_CHAIN {
        reading.refuse_limit(entry.span, format!("more than {MAX_CHAIN} files include one another in a row"));
        return None;
    }
    let trees: Option<Vec<usize>> = paths.iter().map(|path| reading.referred_file(path, entry.span)).collect();
    let directory = directory(reading, entry, outer, &paths[0]);
    // Without interpolation Compose knows the included project's own variables alone.
    let mut environment =
        if reading.request.is_interpolated { outer.environment.clone() } else { Environment::default() };
    let env_files = env_files(reading, entry, outer, &directory.1);
    match environment::read(&env_files, &environment, reading.files, reading.sources, &mut reading.diagnostics) {
        Ok(more) => environment.add_missing(more),
        Err((path, error)) => {
            let message = format!("the file `{}` cannot be read: {error}", path.display());
            reading.refuse_at(INCONSISTENT, entry.span, message, Vec::new());
        }
    }
    let surroundings = Surroundings { directory: directory.0, environment, included: included.to_vec() };
    let mut model = phases::model(reading, &trees?, &surroundings);
    resolve_environment(&mut model, &surroundings.environment);
    if !reading.request.is_interpolated {
        show_secrets(&mut model, &surroundings.environment);
    }
    normalise::set_defaults(&mut model);
    let home = reading.request.environment.get("HOME").map(String::as_str);
    let is_absolute = entry.project_directory.as_ref().is_some_and(|named| Path::new(named).is_absolute());
    let base = if is_absolute {
        surroundings.directory.to_string_lossy().into_owned()
    } else {
        paths::relative(&outer.directory, &surroundings.directory)
    };
    paths::resolve(&mut model, &base, home);
    Some(model)
}

/// Compose notes a secret's value at the secret. It drops the note where it gives the project its
/// types, which it does not do without interpolation (compose-go loader/environment.go).
fn show_secrets(model: &mut Value, environment: &Environment) {
    for (_, secret) in entries(model, "secrets") {
        let variable = secret.get("environment").cloned();
        if let (Some(variable), Some(map)) = (variable, secret.as_map_mut())
            && let Some(found) = variable.as_str().and_then(|name| environment.get(name))
        {
            map.insert("x-#value".to_owned(), variable.with_data(Data::String(found.to_owned())));
        }
    }
}

/// What only the included project's variables can tell: the values of names in lists, and
/// what configs take from a variable, which Compose then refuses as a second source
/// (compose-go loader/environment.go).
fn resolve_environment(model: &mut Value, environment: &Environment) {
    for (_, service) in entries(model, "services") {
        let list = service.at_mut(&["environment"]).and_then(Value::as_seq_mut);
        for item in list.into_iter().flatten() {
            if let Some(found) = item.as_str().and_then(|name| environment.get(name)) {
                let pair = format!("{}={found}", item.as_str().unwrap_or_default());
                item.data = Data::String(pair);
            }
        }
    }
    for (_, config) in entries(model, "configs") {
        let variable = config.get("environment").cloned();
        if let (Some(variable), Some(map)) = (variable, config.as_map_mut())
            && let Some(found) = variable.as_str().and_then(|name| environment.get(name))
        {
            map.insert("content".to_owned(), variable.with_data(Data::String(found.to_owned())));
        }
    }
}

fn entries<'a>(model: &'a mut Value, kind: &str) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    model.at_mut(&[kind]).and_then(Value::as_map_mut).into_iter().flatten()
}

/// The folder that the included project's paths start from, and the one that its `.env` lies
/// in: the same but for a `project_directory` that is no folder, whose parent then counts
/// for paths.
fn directory(reading: &Reading<'_>, entry: &Entry, outer: &Surroundings, first: &Path) -> (PathBuf, PathBuf) {
    match &entry.project_directory {
        None => (layer::folder(first), layer::folder(first)),
        Some(named) => {
            let path = reading.files.resolve(&outer.directory.join(named));
            let base = if reading.is_folder(&path) { path.clone() } else { layer::folder(&path) };
            (base, path)
        }
    }
}

fn env_files(reading: &Reading<'_>, entry: &Entry, outer: &Surroundings, directory: &Path) -> Vec<PathBuf> {
    if entry.env_files.is_empty() {
        let default = directory.join(".env");
        let is_file = matches!(reading.files.kind(&default), Ok(Some(crate::source::EntryKind::File { .. })));
        return if is_file { vec![default] } else { Vec::new() };
    }
    entry.env_files.iter().filter(|file| *file != "/dev/null").map(|file| outer.directory.join(file)).collect()
}

/// Adds the included resources; one that is there already with other content is a conflict.
fn import(reading: &mut Reading<'_>, target: &mut Value, mut model: Value, span: Option<Span>) {
    mark(&mut model, span);
    let (Some(target), Some(model)) = (target.as_map_mut(), model.as_map_mut()) else { return };
    for kind in RESOURCES {
        let Some(Data::Map(imported)) = model.shift_remove(*kind).map(|value| value.data) else { continue };
        let own = target.entry((*kind).to_owned()).or_insert_with(|| Value::from(Data::Map(Map::new())));
        let Some(own) = own.as_map_mut() else { continue };
        for (name, value) in imported {
            match own.get(&name) {
                Some(there) if *there != value => {
                    let message = format!("`{kind}.{name}` is also in a file that is included, with other content");
                    let label = value.place().map(|place| Label::new(place, "the included one"));
                    reading.refuse_at(INCONSISTENT, there.place().or(span), message, label.into_iter().collect());
                }
                Some(_) => {}
                None => {
                    own.insert(name, value);
                }
            }
        }
    }
}

/// Says of everything in an included model that `include` brought it in.
fn mark(model: &mut Value, span: Option<Span>) {
    let Some(span) = span else { return };
    model.for_each_origin(&mut |origin| {
        if origin.via == Via::Text {
            origin.via = Via::Include(span);
        }
    });
}
