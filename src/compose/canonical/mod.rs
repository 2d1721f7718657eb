//! Short forms made long, so that what comes after sees one spelling.
//!
//! A value made from a short form keeps the places of the short form. What has a type that no
//! form has is left as it is: the schema speaks of that. Which attributes have a short form is
//! compose-go's list (transform/canonical.go, v2.9.1).

mod mounts;
mod ports;

use crate::{
    compose::codes::INCONSISTENT,
    diag::{Diagnostic, Place, Severity},
    yaml::{Data, Map, Value},
};

/// Makes every short form of the model long. What comes back is what Compose refuses; without
/// interpolation it takes short forms that it cannot read as they are.
pub(super) fn canonical(model: &mut Value, is_interpolated: bool) -> Vec<Diagnostic> {
    let mut problems = Problems { is_lenient: !is_interpolated, ..Problems::default() };
    for (name, service) in entries(model, "services") {
        problems.service = Some(name.clone());
        canonical_service(service, &mut problems);
    }
    problems.service = None;
    for kind in ["volumes", "networks", "secrets", "configs"] {
        entries(model, kind).for_each(|(name, resource)| external(kind, name, resource, &mut problems));
    }
    problems.found
}

/// Makes the long form of an attribute, if it is written in a short one.
type LongForm = fn(&mut Value, &mut Problems);

/// One service: also what `extends` needs before it merges two of them.
fn canonical_service(service: &mut Value, problems: &mut Problems) {
    const FORMS: &[(&str, LongForm)] = &[
        ("build", build),
        ("configs", each_file_mount),
        ("depends_on", depends_on),
        ("develop", develop),
        ("devices", mounts::devices),
        ("dns", dns),
        ("env_file", env_file),
        ("extends", extends),
        ("gpus", gpus),
        ("label_file", string_or_list),
        ("models", names_to_map),
        ("networks", names_to_map),
        ("ports", ports::ports),
        ("secrets", each_file_mount),
        ("ulimits", ulimits),
        ("volumes", mounts::volumes),
    ];
    let Some(map) = service.as_map_mut() else { return };
    for (key, form) in FORMS {
        if let Some(value) = map.get_mut(*key) {
            form(value, problems);
        }
    }
}

/// Findings on the way, with the service that they are about.
#[derive(Default)]
struct Problems {
    service: Option<String>,
    /// Forms that cannot be read are no problem.
    is_lenient: bool,
    found: Vec<Diagnostic>,
}

impl Problems {
    /// A short form that cannot be read.
    fn push(&mut self, at: &Value, message: String, help: &str) {
        if !self.is_lenient {
            self.refuse(at, message, help);
        }
    }

    fn refuse(&mut self, at: &Value, message: String, help: &str) {
        let place = at.span().map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
        let mut finding = Diagnostic::new(INCONSISTENT, Severity::Error, message, place).with_help(help);
        finding.service.clone_from(&self.service);
        self.found.push(finding);
    }
}

fn entries<'a>(model: &'a mut Value, key: &str) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    model.as_map_mut().and_then(|map| map.get_mut(key)).and_then(Value::as_map_mut).into_iter().flatten()
}

/// A mapping at the place of `at`, in which every entry has that place too.
fn map_at<const N: usize>(at: &Value, entries: [(&str, Data); N]) -> Value {
    let map: Map = entries.into_iter().map(|(key, data)| (key.to_owned(), at.with_data(data))).collect();
    at.with_data(Data::Map(map))
}

fn text(text: impl Into<String>) -> Data {
    Data::String(text.into())
}

fn string_or_list(value: &mut Value, _: &mut Problems) {
    if value.as_str().is_some() {
        let item = value.clone();
        value.data = Data::Seq(vec![item]);
    }
}

fn develop(value: &mut Value, problems: &mut Problems) {
    let watches = value.at_mut(&["watch"]).and_then(Value::as_seq_mut);
    for watch in watches.into_iter().flatten().filter_map(Value::as_map_mut) {
        for key in ["ignore", "include"] {
            if let Some(patterns) = watch.get_mut(key) {
                string_or_list(patterns, problems);
            }
        }
    }
}

/// An empty server is none (compose-go loader/omitEmpty.go).
fn dns(value: &mut Value, problems: &mut Problems) {
    string_or_list(value, problems);
    if let Some(items) = value.as_seq_mut() {
        items.retain(|item| item.as_str() != Some(""));
    }
}

/// Any text for `gpus` is `all` where the schema, which knows no other one, is not asked: in a file
/// that `extends` names.
pub(super) fn gpus_of_any_text(model: &mut Value) {
    for (_, service) in entries(model, "services") {
        if let Some(value) = service.at_mut(&["gpus"]).filter(|value| value.as_str().is_some()) {
            let request = map_at(value, [("count", text("all"))]);
            value.data = Data::Seq(vec![request]);
        }
    }
}

fn gpus(value: &mut Value, _: &mut Problems) {
    if value.as_str() == Some("all") {
        let request = map_at(value, [("count", text("all"))]);
        value.data = Data::Seq(vec![request]);
    }
}

/// Text is no limit; with interpolation it has been made a number before. The schema has spoken of
/// the rest, where the name is one of a limit.
fn ulimits(value: &mut Value, problems: &mut Problems) {
    for (name, limit) in value.as_map().into_iter().flatten() {
        let is_scalar = matches!(limit.data, Data::String(_) | Data::Float(_) | Data::UInt(_));
        let is_limit = matches!(limit.data, Data::Int(_) | Data::Map(_));
        if is_scalar || (!name.bytes().all(|byte| byte.is_ascii_lowercase()) && !is_limit) {
            let message = format!("the limit `{name}` is {}", limit.kind());
            problems.refuse(limit, message, "write a number, or a mapping with `soft` and `hard`");
        }
    }
}

fn extends(value: &mut Value, _: &mut Problems) {
    if let Some(service) = value.as_str() {
        *value = map_at(value, [("service", text(service))]);
    }
}

fn env_file(value: &mut Value, problems: &mut Problems) {
    string_or_list(value, problems);
    for item in value.as_seq_mut().into_iter().flatten() {
        if let Some(path) = item.as_str() {
            *item = map_at(item, [("path", text(path)), ("required", Data::Bool(true))]);
        } else {
            default_entry(item, "required", Data::Bool(true));
        }
    }
}

/// Sets an entry of a mapping that does not have it; it has no place, no file says it.
fn default_entry(value: &mut Value, key: &str, data: Data) {
    if let Some(map) = value.as_map_mut() {
        map.entry(key.to_owned()).or_insert_with(|| data.into());
    }
}

/// `[a, b]` as `{a: null, b: null}`.
fn names_to_map(value: &mut Value, _: &mut Problems) {
    if let Some(map) = keyed(value, |item| item.with_data(Data::Null)) {
        value.data = Data::Map(map);
    }
}

fn depends_on(value: &mut Value, _: &mut Problems) {
    let started = || text("service_started");
    if let Some(map) = keyed(value, |item| map_at(item, [("condition", started()), ("required", Data::Bool(true))])) {
        value.data = Data::Map(map);
        return;
    }
    for (_, dependency) in value.as_map_mut().into_iter().flatten() {
        default_entry(dependency, "condition", started());
        default_entry(dependency, "required", Data::Bool(true));
    }
}

/// The texts of a list as keys; `None` where it is no list of texts.
fn keyed(value: &Value, entry: impl Fn(&Value) -> Value) -> Option<Map> {
    value.as_seq()?.iter().map(|item| Some((item.as_str()?.to_owned(), entry(item)))).collect()
}

fn each_file_mount(value: &mut Value, _: &mut Problems) {
    for item in value.as_seq_mut().into_iter().flatten() {
        if let Some(source) = item.as_str() {
            *item = map_at(item, [("source", text(source))]);
        }
    }
}

fn build(value: &mut Value, problems: &mut Problems) {
    if let Some(context) = value.as_str() {
        *value = map_at(value, [("context", text(context))]);
    }
    let Some(map) = value.as_map_mut() else { return };
    if let Some(contexts) = map.get_mut("additional_contexts") {
        pairs(contexts, problems, |_| None, "an additional context is written `NAME=CONTEXT`");
    }
    if let Some(ssh) = map.get_mut("ssh") {
        let alone = |item: &Value| (item.as_str() == Some("default")).then(|| item.with_data(Data::Null));
        // An agent's key is cut at its `=` without interpolation too.
        let is_lenient = std::mem::replace(&mut problems.is_lenient, false);
        pairs(ssh, problems, alone, "write `default`, or `ID=PATH`");
        problems.is_lenient = is_lenient;
    }
    if let Some(secrets) = map.get_mut("secrets") {
        each_file_mount(secrets, problems);
    }
    if let Some(limits) = map.get_mut("ulimits") {
        ulimits(limits, problems);
    }
    // A builder's attestation is on, off, or a text of options.
    for key in ["provenance", "sbom"] {
        if let Some(attestation) = map.get_mut(key)
            && let Some(flag) = attestation.as_bool()
        {
            attestation.data = text(flag.to_string());
        }
    }
}

/// `[k=v]` as `{k: v}`; `alone` is the value of an item without `=`, if it may stand so.
fn pairs(value: &mut Value, problems: &mut Problems, alone: impl Fn(&Value) -> Option<Value>, help: &str) {
    let Some(items) = value.as_seq() else { return };
    let mut map = Map::new();
    for item in items {
        let Some(pair) = item.as_str() else { return };
        match (pair.split_once('='), alone(item)) {
            (Some((key, part)), _) => drop(map.insert(key.to_owned(), item.with_data(text(part)))),
            (None, Some(entry)) => drop(map.insert(pair.to_owned(), entry)),
            (None, None) => {
                problems.push(item, format!("`{pair}` has no `=`"), help);
                return;
            }
        }
    }
    value.data = Data::Map(map);
}

/// `external: {name: x}` as `external: true` and `name: x`.
fn external(kind: &str, name: &str, resource: &mut Value, problems: &mut Problems) {
    let Some(map) = resource.as_map_mut() else { return };
    let Some(external) = map.get("external").filter(|external| external.as_map().is_some()) else { return };
    let flag = external.with_data(Data::Bool(true));
    if let Some(outer) = external.get("name").cloned() {
        if map.get("name").is_some_and(|inner| *inner != outer) {
            let message = format!("`{kind}.{name}` has two names, one under `external`");
            problems.refuse(&outer, message, "keep `name`, and write `external: true`");
            return;
        }
        map.insert("name".to_owned(), outer);
    }
    map.insert("external".to_owned(), flag);
}
