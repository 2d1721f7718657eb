//! What changed between two recordings of a host.

use serde::Serialize;
use serde_json::{Map, Value};

use super::HostFacts;

/// A fact that two recordings tell differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where: keys with dots between them, the items of lists by their own name, `nvml.devices[0].uuid`.
    pub path: String,
    /// What the earlier recording has; null where it has nothing.
    pub before: Value,
    /// What the later one has; null where it has nothing.
    pub after: Value,
    /// Whether it can decide what a GPU request does.
    pub matters: bool,
}

/// Facts that change with time or by themselves and decide nothing: beginnings of paths.
const ASIDE: [&str; 16] = [
    "recorded",
    "docker.endpoint",
    "docker.warnings",
    "docker.kernel_version",
    "docker.operating_system",
    "docker.root_dir",
    "docker.swarm",
    "docker.generic_resources",
    "compose.path",
    "toolkit.config.lines",
    "toolkit.daemon_json.lines",
    "system.kernel_release",
    "system.distribution",
    "system.virtual_machine",
    "system.modules",
    "system.device_nodes[/dev/dri",
];

/// Maps whose keys are names of the host, so that a key more or less is a difference. Elsewhere a key that
/// the earlier recording lacks is one that its composegpu did not look for.
const NAMED: [&str; 4] =
    ["docker.runtimes", "toolkit.binaries", "toolkit.named_binaries", "toolkit.daemon_json.runtimes"];

/// What an item of a list is told from the others by, first one that it has.
const IDENTITIES: [&str; 6] = ["path", "id", "pci_bus_id", "index", "uuid", "name"];

impl HostFacts {
    /// What `later` tells otherwise, in the order of the facts.
    ///
    /// # Panics
    /// Never: facts are plain data.
    pub fn differences(&self, later: &Self) -> Vec<Difference> {
        let value = |facts: &Self| serde_json::to_value(facts).expect("facts are plain data");
        let mut out = Vec::new();
        compare("", &value(self), &value(later), &mut out);
        out.retain(|difference| !difference.path.starts_with("recorded"));
        out
    }
}

fn compare(path: &str, before: &Value, after: &Value, out: &mut Vec<Difference>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(one), Value::Object(other)) => match (observed(one), observed(other)) {
            (Some(one), Some(other)) => compare(path, one, other, out),
            // Both could not see it; the reasons may differ.
            (None, None) if one.contains_key("unknown") && other.contains_key("unknown") => {}
            _ if one.contains_key("unknown") || other.contains_key("unknown") => push(path, before, after, out),
            _ => compare_maps(path, one, other, out),
        },
        (Value::Array(one), Value::Array(other)) if names(one).is_some() && names(other).is_some() => {
            let by_name = |items: &[Value]| -> Map<String, Value> {
                let keys = names(items).unwrap_or_default();
                keys.into_iter().zip(items.iter().cloned()).collect()
            };
            let (one, other) = (by_name(one), by_name(other));
            for (key, before) in &one {
                compare(&format!("{path}[{key}]"), before, other.get(key).unwrap_or(&Value::Null), out);
            }
            for (key, after) in other.iter().filter(|(key, _)| !one.contains_key(*key)) {
                push(&format!("{path}[{key}]"), &Value::Null, after, out);
            }
        }
        _ => push(path, before, after, out),
    }
}

fn compare_maps(path: &str, before: &Map<String, Value>, after: &Map<String, Value>, out: &mut Vec<Difference>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for (key, one) in before {
        compare(&below(key), one, after.get(key).unwrap_or(&Value::Null), out);
    }
    if NAMED.contains(&path) {
        for (key, new) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
            push(&below(key), &Value::Null, new, out);
        }
    }
}

fn push(path: &str, before: &Value, after: &Value, out: &mut Vec<Difference>) {
    let matters = !ASIDE.iter().any(|aside| path.starts_with(aside));
    out.push(Difference { path: path.to_owned(), before: before.clone(), after: after.clone(), matters });
}

/// The fact of an observation that was made.
fn observed(map: &Map<String, Value>) -> Option<&Value> {
    map.get("known").filter(|_| map.len() == 1)
}

/// The names of a list's items, where each has one and no two have the same; an empty list has none to
/// lack.
fn names(items: &[Value]) -> Option<Vec<String>> {
    let name = |item: &Value| {
        let item = item.as_object()?;
        IDENTITIES.iter().find_map(|key| match item.get(*key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let names: Vec<String> = items.iter().map(name).collect::<Option<_>>()?;
    let is_unique = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    is_unique.then_some(names)
}
