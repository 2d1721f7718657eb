//! Lists whose items have a key: of two items with the same key the later one stays, in the
//! earlier one's place.
//!
//! Source: compose-go override/uncity.go (v2.9.1).

use super::path::{Path, Pattern};
use crate::{
    compose::codes::SCHEMA_VIOLATION,
    diag::{Diagnostic, Place, Severity},
    yaml::{Data, Value},
};

/// What an item is known by.
#[derive(Clone, Copy)]
enum Indexer {
    /// Text up to its `=`.
    KeyValue,
    /// Target of a volume.
    Volume,
    /// Target of a device.
    Device,
    /// Path in the container, below a default folder.
    Mount(&'static str),
    /// Address, published and target port, protocol.
    Port,
    /// The item itself.
    Whole,
    /// Path of an env file.
    EnvFile,
}

const UNIQUE: &[(Pattern, Indexer)] = &[
    ("networks.*.labels", Indexer::KeyValue),
    ("networks.*.ipam.options", Indexer::KeyValue),
    ("services.*.annotations", Indexer::KeyValue),
    ("services.*.build.args", Indexer::KeyValue),
    ("services.*.build.additional_contexts", Indexer::KeyValue),
    ("services.*.build.platform", Indexer::KeyValue),
    ("services.*.build.tags", Indexer::KeyValue),
    ("services.*.build.labels", Indexer::KeyValue),
    ("services.*.cap_add", Indexer::KeyValue),
    ("services.*.cap_drop", Indexer::KeyValue),
    ("services.*.configs", Indexer::Mount("")),
    ("services.*.deploy.labels", Indexer::KeyValue),
    ("services.*.devices", Indexer::Device),
    ("services.*.dns", Indexer::KeyValue),
    ("services.*.dns_opt", Indexer::KeyValue),
    ("services.*.dns_search", Indexer::KeyValue),
    ("services.*.env_file", Indexer::EnvFile),
    ("services.*.environment", Indexer::KeyValue),
    ("services.*.expose", Indexer::Whole),
    ("services.*.labels", Indexer::KeyValue),
    ("services.*.links", Indexer::KeyValue),
    ("services.*.networks.*.aliases", Indexer::KeyValue),
    ("services.*.networks.*.link_local_ips", Indexer::KeyValue),
    ("services.*.ports", Indexer::Port),
    ("services.*.profiles", Indexer::KeyValue),
    ("services.*.secrets", Indexer::Mount("/run/secrets")),
    ("services.*.sysctls", Indexer::KeyValue),
    ("services.*.tmpfs", Indexer::KeyValue),
    ("services.*.volumes", Indexer::Volume),
];

/// Whether a list at this path is keyed.
pub(super) fn is_keyed(path: &Path) -> bool {
    UNIQUE.iter().any(|(pattern, _)| path.matches(pattern))
}

/// Makes the keyed lists of a model unique.
pub(super) fn enforce(model: &mut Value, problems: &mut Vec<Diagnostic>) {
    walk(model, &mut Path::default(), problems);
}

fn walk(value: &mut Value, path: &mut Path, problems: &mut Vec<Diagnostic>) {
    match &mut value.data {
        Data::Map(map) => {
            for (key, value) in map {
                path.push(key);
                walk(value, path, problems);
                path.pop();
            }
        }
        Data::Seq(items) => {
            let indexer = UNIQUE.iter().find(|(pattern, _)| path.matches(pattern));
            if let Some((_, indexer)) = indexer {
                unify(items, *indexer, path, problems);
            }
        }
        _ => {}
    }
}

fn unify(items: &mut Vec<Value>, indexer: Indexer, path: &Path, problems: &mut Vec<Diagnostic>) {
    let mut keys: std::collections::HashMap<String, usize> = std::collections::HashMap::with_capacity(items.len());
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        match key(&item, indexer) {
            Ok(Some(key)) => match keys.get(&key) {
                Some(at) => {
                    let earlier = std::mem::replace(&mut kept[*at], item);
                    kept[*at].sources.splice(0..0, earlier.sources);
                }
                None => {
                    keys.insert(key, kept.len());
                    kept.push(item);
                }
            },
            Ok(None) => kept.push(item),
            Err(message) => {
                let place = item.place().map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
                problems.push(Diagnostic::new(
                    SCHEMA_VIOLATION,
                    Severity::Error,
                    format!("`{path}`: {message}"),
                    place,
                ));
                kept.push(item);
            }
        }
    }
    *items = kept;
}

/// The item's key; `None` for one that has none and stays.
fn key(item: &Value, indexer: Indexer) -> Result<Option<String>, String> {
    let text = item.as_str();
    let field = |name: &str| item.get(name).and_then(Value::scalar_text);
    Ok(match indexer {
        Indexer::KeyValue => text.map(|text| text.split_once('=').map_or(text, |(key, _)| key).to_owned()),
        Indexer::Whole => match item.data {
            Data::String(_) | Data::Int(_) => item.scalar_text(),
            _ => return Err(format!("{} is neither a string nor a whole number", item.kind())),
        },
        Indexer::EnvFile => item.scalar_text().or_else(|| field("path")),
        Indexer::Volume => match text {
            Some(text) => Some(super::volume::target(text).to_owned()),
            None if item.as_map().is_some() => Some(field("target").ok_or("a volume has no `target`")?),
            None => None,
        },
        Indexer::Device => match text {
            Some(text) => Some(text.split(':').nth(1).unwrap_or(text).to_owned()),
            None if item.as_map().is_some() => Some(field("target").ok_or("a device has no `target`")?),
            None => None,
        },
        Indexer::Mount(folder) => match text {
            Some(text) => Some(format!("{folder}/{text}")),
            None => field("target").or_else(|| field("source").map(|source| format!("{folder}/{source}"))),
        },
        Indexer::Port => match item.as_map() {
            Some(_) => {
                let target = &item.get("target").ok_or("a port has no `target`")?.data;
                let address = field("host_ip").unwrap_or_else(|| "0.0.0.0".to_owned());
                let protocol = field("protocol").unwrap_or_else(|| "tcp".to_owned());
                // 80 and "80" are two ports to Compose, which prints them into its key as Go does.
                let published = item.get("published").map(|published| &published.data);
                Some(format!("{address}:{published:?}:{target:?}/{protocol}"))
            }
            None => item.scalar_text(),
        },
    })
}
