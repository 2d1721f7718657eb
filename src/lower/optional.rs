//! `x-composegpu`: a service that can do without its GPU, and what it is then.
//!
//! On a service: `{gpu: required|optional, cpu: {…}}`. Where no form gives the GPU and it is
//! optional, `cpu` is laid over the service, as one more file would be. `stack` has the same
//! for whole projects.

use super::{stack, taken_away::taken_away};
use crate::{
    compose::{self, Project},
    diag::{Code, Diagnostic, Place, Severity},
    source::Span,
    yaml::{Data, Map, Value},
};

/// The key, on services and at the top.
pub(super) const KEY: &str = "x-composegpu";

/// What is wrong with the key, under the code of the rule that asks.
pub(super) struct Problems {
    code: Code,
    found: Vec<Diagnostic>,
}

/// Whether a service says that it can do without its GPU.
pub(super) fn is_optional(service: &Value) -> bool {
    service.at(&[KEY, "gpu"]).and_then(Value::as_str) == Some("optional")
}

/// What a service is without a GPU, beside what it always is.
pub(super) struct CpuPart {
    /// Its keys, to be merged with the service's.
    pub(super) value: Value,
    /// What the service loses first, by path: each `!reset` and `!override`.
    pub(super) cleared: Vec<Vec<String>>,
}

impl CpuPart {
    pub(super) fn of(project: &Project, service: &str) -> Option<Self> {
        let value = project.service(service)?.at(&[KEY, "cpu"]).filter(|part| part.as_map().is_some())?;
        Some(Self { value: value.clone(), cleared: taken_away(project, value).paths })
    }
}

/// Takes the key out, wherever it stands.
pub(super) fn drop_keys(model: &mut Value) {
    let Some(root) = model.as_map_mut() else { return };
    root.shift_remove(KEY);
    let services = root.get_mut("services").and_then(Value::as_map_mut);
    for service in services.into_iter().flat_map(Map::values_mut).filter_map(Value::as_map_mut) {
        service.shift_remove(KEY);
    }
}

/// Everything in the project's `x-composegpu` that has not the shape it should have. Nothing is
/// said of a variable without a value. The findings carry the code that is given.
pub fn extension_problems(project: &Project, code: Code) -> Vec<Diagnostic> {
    let mut out = Problems { code, found: Vec::new() };
    if let Some(top) = project.model.get(KEY) {
        stack::check(project, top, &mut out);
    }
    for (name, service) in project.services() {
        let before = out.found.len();
        if let Some(own) = service.get(KEY) {
            check(project, name, own, &mut out);
        }
        out.found[before..].iter_mut().for_each(|problem| problem.service = Some(name.to_owned()));
    }
    out.found
}

fn check(project: &Project, name: &str, own: &Value, out: &mut Problems) {
    let Some(map) = mapping(own, &["gpu", "cpu"], out) else { return };
    if let Some(gpu) = map.get("gpu").filter(|gpu| gpu.hole.is_none())
        && !matches!(gpu.as_str(), Some("required" | "optional"))
    {
        let written = gpu.scalar_text().map_or_else(|| gpu.kind().to_owned(), |text| format!("`{text}`"));
        let message = format!("`gpu` of service `{name}` is {written}");
        push(out, gpu.span(), message, "write `required` or `optional`");
    }
    let Some(cpu) = map.get("cpu") else { return };
    let Some(part) = cpu.as_map() else {
        let message = format!("`cpu` of service `{name}` is {}", cpu.kind());
        return push(
            out,
            cpu.place(),
            message,
            "write what the service is without a GPU: `image`, `command` and so on",
        );
    };
    for key in ["extends", KEY] {
        if let Some(value) = part.get(key) {
            let message = format!("`{key}` has no effect below `cpu` of service `{name}`");
            push(out, value.place(), message, "write what it should bring in its place");
        }
    }
    for span in taken_away(project, cpu).in_lists {
        let message = format!("a tag has no effect on an item of a list below `cpu` of service `{name}`");
        push(out, Some(span), message, "put it before the list, which then takes the place of the service's own");
    }
    let services = Value::from(Data::Map(Map::from([(name.to_owned(), cpu.clone())])));
    let model = Value::from(Data::Map(Map::from([("services".to_owned(), services)])));
    for problem in compose::schema::validate(&model) {
        out.found.push(Diagnostic { code: out.code, severity: Severity::Error, ..problem });
    }
}

/// The value as a mapping with these keys and no others.
pub(super) fn mapping<'a>(value: &'a Value, keys: &[&str], out: &mut Problems) -> Option<&'a Map> {
    let listed = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ");
    let Some(map) = value.as_map() else {
        push(out, value.place(), format!("`{KEY}` takes a mapping, not {}", value.kind()), &format!("write {listed}"));
        return None;
    };
    for (key, value) in map.iter().filter(|(key, _)| !keys.contains(&key.as_str())) {
        push(out, value.place(), format!("`{KEY}` has no key `{key}` here"), &format!("it takes {listed}"));
    }
    Some(map)
}

/// Adds a finding.
pub(super) fn push(out: &mut Problems, span: Option<Span>, message: String, help: &str) {
    let place = span.map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
    out.found.push(Diagnostic::new(out.code, Severity::Error, message, place).with_help(help));
}
