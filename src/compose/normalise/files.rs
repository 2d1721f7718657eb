//! Files of variables folded into `environment` and `labels`: what a service says itself wins,
//! and of two files the later one (compose-go types/project.go, v2.9.1).

use std::path::Path;

use indexmap::IndexMap;

use crate::{
    compose::{
        Environment, Project,
        codes::INCONSISTENT,
        variables::{dotenv, env_file},
    },
    diag::{Diagnostic, Place, Severity},
    source::{self, Files, SourceMap},
    yaml::{Data, Map, Value},
};

/// Reads `env_file` and `label_file` of every service and drops the two keys.
pub(super) fn fold_in(model: &mut Value, project: &Project, files: &dyn Files) -> Vec<Diagnostic> {
    let services = model.as_map_mut().and_then(|root| root.get_mut("services")).and_then(Value::as_map_mut);
    let mut reader = Reader { environment: &project.environment, files, problems: Vec::new() };
    for service in services.into_iter().flat_map(Map::values_mut).filter_map(Value::as_map_mut) {
        for (key, target) in [("env_file", "environment"), ("label_file", "labels")] {
            if let Some(Data::Seq(list)) = service.shift_remove(key).map(|list| list.data) {
                reader.fold(service, &list, target);
            }
        }
    }
    reader.problems
}

struct Reader<'a> {
    environment: &'a Environment,
    files: &'a dyn Files,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn fold(&mut self, service: &mut Map, list: &[Value], target: &str) {
        let own = own(service.get(target));
        let mut read = IndexMap::new();
        for file in list {
            self.read(file, (target == "environment").then_some(&own), &mut read);
        }
        let mut map: Map = read.into_iter().map(|(key, text)| (key, Data::String(text).into())).collect();
        map.extend(own);
        if !map.is_empty() {
            service.insert(target.to_owned(), Data::Map(map).into());
        }
    }

    /// Values name the variables of the caller, then those of the service's `own`; those of
    /// labels name earlier labels alone.
    fn read(&mut self, file: &Value, own: Option<&Map>, read: &mut IndexMap<String, String>) {
        let path = file.get("path").unwrap_or(file).as_str().unwrap_or_default().to_owned();
        let read_file = |path: &str| match path {
            "" => Err(std::io::ErrorKind::NotFound.into()),
            path => self.files.read(Path::new(path), SourceMap::MAX_BYTES),
        };
        let bytes = match read_file(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if env_file::is_required(file) {
                    let help = "add the file, or write `required: false` beside its `path`";
                    self.push(file, format!("the file `{path}` is not there"), help);
                }
                return;
            }
            Err(error) => {
                return self.push(file, format!("the file `{path}` cannot be read: {error}"), "look at the file");
            }
        };
        let Ok((text, _)) = source::decode(bytes) else {
            return self.push(file, format!("the file `{path}` is no text"), "files of variables are UTF-8");
        };
        let lookup = |name: &str| {
            let own = own?;
            let of_service = || own.get(name).and_then(Value::scalar_text);
            self.environment.get(name).map(str::to_owned).or_else(of_service)
        };
        if let Err(reason) = take(&text, file, &lookup, read) {
            let message = format!("the file `{path}` cannot be read: {reason}");
            self.push(file, message, "write one `NAME=VALUE` a line, and no `format` but `raw`");
        }
    }

    fn push(&mut self, at: &Value, message: String, help: &str) {
        let place = at.span().map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
        self.problems.push(Diagnostic::new(INCONSISTENT, Severity::Error, message, place).with_help(help));
    }
}

/// What the service says itself, as a mapping.
fn own(value: Option<&Value>) -> Map {
    match value.map(|value| &value.data) {
        Some(Data::Map(map)) => map.clone(),
        Some(Data::Seq(items)) => items
            .iter()
            .filter_map(|item| {
                let text = item.as_str()?;
                Some(match text.split_once('=') {
                    Some((key, value)) => (key.to_owned(), item.with_data(Data::String(value.to_owned()))),
                    None => (text.to_owned(), item.with_data(Data::Null)),
                })
            })
            .collect(),
        _ => Map::new(),
    }
}

/// Reads a file's text in its format; what is wrong with it is the end of a sentence.
fn take(
    text: &str,
    file: &Value,
    lookup: &dyn Fn(&str) -> Option<String>,
    read: &mut IndexMap<String, String>,
) -> Result<(), String> {
    match file.get("format").and_then(Value::as_str) {
        None | Some("") => {
            let parsed = dotenv::parse_over(text, lookup, std::mem::take(read));
            *read = parsed.values;
            parsed.problem.map_or(Ok(()), |problem| Err(problem.message))
        }
        Some("raw") => raw(text, lookup).map(|pairs| read.extend(pairs)),
        Some(format) => Err(format!("`{format}` is no format of an env file")),
    }
}

/// `NAME=VALUE` lines, values as they are; a name alone takes the caller's value
/// (docker/cli pkg/kvfile).
fn raw(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Vec<(String, String)>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut pairs = Vec::new();
    for line in lines {
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (line, lookup(line)),
        };
        if name.is_empty() {
            return Err(format!("the line `{line}` has no name"));
        }
        if name.contains(char::is_whitespace) {
            return Err(format!("the variable name `{name}` holds a blank"));
        }
        pairs.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(pairs)
}
