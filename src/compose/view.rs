//! Parts of a service as rules ask for them, whichever way they are written.

use std::borrow::Cow;

use super::durations;
use crate::{
    source::Span,
    yaml::{Data, Map, Value},
};

/// One variable of a service's `environment`.
#[derive(Clone, Debug)]
pub struct EnvironmentEntry<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its value; `None` where the caller's environment decides (`- NAME`, `NAME:`).
    pub value: Option<Cow<'a, str>>,
    /// The node that says so: the list item or the mapping's value.
    pub node: &'a Value,
}

impl EnvironmentEntry<'_> {
    /// Bytes of the entry: `NAME=value` of a list, or the value of a mapping.
    pub fn span(&self) -> Option<Span> {
        self.node.span()
    }
}

/// Variables of a service's `environment`, in order, from either spelling.
pub fn environment(service: &Value) -> Vec<EnvironmentEntry<'_>> {
    match service.get("environment").map(|value| &value.data) {
        Some(Data::Map(map)) => map.iter().map(|(name, node)| from_entry(name, node)).collect(),
        Some(Data::Seq(items)) => items.iter().filter_map(from_item).collect(),
        _ => Vec::new(),
    }
}

/// The last entry of that name.
pub fn variable<'a>(service: &'a Value, name: &str) -> Option<EnvironmentEntry<'a>> {
    environment(service).into_iter().rev().find(|entry| entry.name == name)
}

fn from_entry<'a>(name: &'a str, node: &'a Value) -> EnvironmentEntry<'a> {
    let value = match node.as_str() {
        Some(text) => Some(Cow::Borrowed(text)),
        None => node.scalar_text().map(Cow::Owned),
    };
    EnvironmentEntry { name: Cow::Borrowed(name), value, node }
}

fn from_item(node: &Value) -> Option<EnvironmentEntry<'_>> {
    let text = node.as_str()?;
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(Cow::Borrowed(value))),
        None => (text, None),
    };
    Some(EnvironmentEntry { name: Cow::Borrowed(name), value, node })
}

/// One entry of a service's `volumes`.
#[derive(Clone, Debug)]
pub struct Mount<'a> {
    /// `bind`, `volume`, `tmpfs` and the like.
    pub kind: &'a str,
    /// Host path or volume name; empty for an anonymous volume.
    pub source: &'a str,
    /// Path in the container.
    pub target: &'a str,
    /// The list item.
    pub node: &'a Value,
}

/// Mounts of a service in canonical form.
pub fn mounts(service: &Value) -> Vec<Mount<'_>> {
    let text = |map: &'_ Map, key: &str| map.get(key).and_then(Value::as_str).map(str::len);
    let items = service.get("volumes").and_then(Value::as_seq).unwrap_or_default();
    items
        .iter()
        .filter_map(|node| {
            let map = node.as_map()?;
            text(map, "target")?;
            let field = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or("");
            Some(Mount { kind: field("type"), source: field("source"), target: field("target"), node })
        })
        .collect()
}

/// One entry of a service's `devices`.
#[derive(Clone, Debug)]
pub struct Device<'a> {
    /// Host path or CDI name.
    pub source: &'a str,
    /// Path in the container; equals the source for a CDI name.
    pub target: &'a str,
    /// The list item.
    pub node: &'a Value,
}

/// Devices of a service in canonical form.
pub fn devices(service: &Value) -> Vec<Device<'_>> {
    let items = service.get("devices").and_then(Value::as_seq).unwrap_or_default();
    items
        .iter()
        .filter_map(|node| {
            let source = node.get("source").and_then(Value::as_str)?;
            Some(Device { source, target: node.get("target").and_then(Value::as_str).unwrap_or(""), node })
        })
        .collect()
}

/// A size such as `shm_size`, in bytes; a number without a unit counts bytes. `None` where it is no size, or depends
/// on a variable without a value.
pub fn size_in_bytes(value: &Value) -> Option<i64> {
    let text = value.scalar_text().filter(|_| value.hole.is_none())?;
    durations::parse_size(&text).ok()
}
