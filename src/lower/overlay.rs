//! The rendered project as a file to lay over the project's own files: only what is different,
//! with `!reset` and `!override` where Compose would keep or join what was there.
//!
//! Source: compose-go override/merge.go and loader/reset.go (v2.9.1). A single item of a list
//! cannot be reset, so a list that loses one is written whole.

use indexmap::IndexMap;

use crate::{
    compose,
    yaml::{Data, Map, Tagged, Value},
};

/// Attributes of a service whose later value stands alone without a tag.
const REPLACED: [&[&str]; 3] = [&["command"], &["entrypoint"], &["healthcheck", "test"]];

/// Mappings of a service that Compose does not merge entry by entry: what they hold is joined to
/// what was there, or stands alone.
const WHOLE: [&[&str]; 4] = [&["extra_hosts"], &["build", "extra_hosts"], &["logging"], &["ulimits"]];

/// The file that turns the model `base` into the model `rendered`, as YAML. Its first line says
/// which Compose reads it.
pub fn overlay(base: &Value, rendered: &Value) -> String {
    let empty = Map::new();
    let models = [base, rendered].map(|model| model.as_map().unwrap_or(&empty));
    let entries = entries(models[0], models[1], &mut Vec::new());
    let has = |is_so: fn(&Tagged) -> bool| entries.values().any(|entry| entry.any(is_so));
    let needs = match () {
        () if entries.is_empty() => "Nothing changes: the files give what they should as they are.",
        () if has(|entry| matches!(entry, Tagged::Override(_))) => "Needs Docker Compose 2.24.4 or newer (!override).",
        () if has(|entry| *entry == Tagged::Reset) => "Needs Docker Compose 2.18.0 or newer (!reset).",
        () => "For any Docker Compose 2.",
    };
    let entries = if entries.is_empty() { nothing() } else { entries };
    format!("# {needs}\n{}", Tagged::to_yaml(&entries))
}

/// A file that Compose takes and that says nothing.
fn nothing() -> IndexMap<String, Tagged> {
    IndexMap::from([("services".to_owned(), Tagged::Map(IndexMap::new()))])
}

/// What is different between two mappings; `path` leads to them.
fn entries(base: &Map, rendered: &Map, path: &mut Vec<String>) -> IndexMap<String, Tagged> {
    let mut out = IndexMap::new();
    for (key, old) in base {
        path.push(key.clone());
        match rendered.get(key) {
            None => drop(out.insert(key.clone(), Tagged::Reset)),
            Some(new) if new == old => {}
            Some(new) => drop(out.insert(key.clone(), changed(old, new, path))),
        }
        path.pop();
    }
    for (key, new) in rendered.iter().filter(|(key, _)| !base.contains_key(*key)) {
        out.insert(key.clone(), Tagged::Plain(escaped(new)));
    }
    out
}

fn changed(old: &Value, new: &Value, path: &mut Vec<String>) -> Tagged {
    let attribute: Vec<&str> = match path.as_slice() {
        [services, _, rest @ ..] if services == "services" => rest.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    if attribute == ["environment"] {
        return environment(old, new);
    }
    let is_replaced = REPLACED.contains(&attribute.as_slice());
    let is_whole = WHOLE.contains(&attribute.as_slice());
    match (&old.data, &new.data) {
        (Data::Map(old), Data::Map(new)) if !is_whole => Tagged::Map(entries(old, new, path)),
        (Data::Map(_) | Data::Seq(_), _) if !is_replaced => Tagged::Override(escaped(new)),
        _ => Tagged::Plain(escaped(new)),
    }
}

/// Variables are merged by name, whichever way they are written; taken out one by one only where
/// they are a mapping.
fn environment(old: &Value, new: &Value) -> Tagged {
    let (before, after) = (variables(old), variables(new));
    let gone: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    if !gone.is_empty() && old.as_map().is_none() {
        return Tagged::Override(escaped(new));
    }
    let mut out: IndexMap<String, Tagged> = gone.into_iter().map(|name| (name.clone(), Tagged::Reset)).collect();
    for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(*value)) {
        let value = value.as_deref().map(Value::from).unwrap_or_default();
        out.insert(name.clone(), Tagged::Plain(escaped(&value)));
    }
    Tagged::Map(out)
}

/// The variables of an `environment`, with their values.
fn variables(environment: &Value) -> IndexMap<String, Option<String>> {
    let service = Value::from(Data::Map(Map::from([("environment".to_owned(), environment.clone())])));
    let entries = compose::environment(&service).into_iter();
    entries.map(|entry| (entry.name.into_owned(), entry.value.map(|value| value.into_owned()))).collect()
}

/// The value with its dollar signs doubled: Compose replaces variables in an overlay too, in
/// values, not in keys (compose-go interpolation/interpolation.go, v2.9.1).
fn escaped(value: &Value) -> Value {
    let data = match &value.data {
        Data::String(text) => Data::String(text.replace('$', "$$")),
        Data::Seq(items) => Data::Seq(items.iter().map(escaped).collect()),
        Data::Map(map) => Data::Map(map.iter().map(|(key, value)| (key.clone(), escaped(value))).collect()),
        data => data.clone(),
    };
    value.with_data(data)
}
