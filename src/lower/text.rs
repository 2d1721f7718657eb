//! New values as YAML the way people write requests: short device names, `count: all`, lists of
//! words between brackets.

use crate::yaml::{Data, Map, ScalarStyle, Value, emit};

/// The value on one line, between braces or brackets where it has parts.
pub(super) fn inline(value: &Value) -> String {
    match &value.data {
        Data::Map(map) => match short(map) {
            Some(name) => emit::scalar(name),
            None => {
                let entries: Vec<String> =
                    entries(map).map(|(key, value)| entry(key, &inline_of(key, value))).collect();
                format!("{{{}}}", entries.join(", "))
            }
        },
        Data::Seq(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        _ => emit::scalar(&value.scalar_text().unwrap_or_default()),
    }
}

/// The value on lines of its own, as if at the left margin.
pub(super) fn block(value: &Value) -> String {
    match &value.data {
        Data::Map(map) if short(map).is_none() => {
            let entries: Vec<String> = entries(map).map(|(key, value)| block_entry(key, value)).collect();
            entries.join("\n")
        }
        Data::Seq(items) if items.iter().any(|item| item.as_map().is_some()) => {
            let items: Vec<String> = items.iter().map(|item| format!("- {}", indented(&block(item)))).collect();
            items.join("\n")
        }
        _ => inline(value),
    }
}

/// The same for a key's value: a mapping ends in a line break, so that it is known for one where it
/// has one entry alone.
pub(super) fn entry_value(value: &Value) -> String {
    let is_mapping = value.as_map().is_some_and(|map| short(map).is_none());
    if is_mapping { block(value) + "\n" } else { block(value) }
}

/// A string in quotes like those it takes the place of.
pub(super) fn in_style(text: &str, style: ScalarStyle) -> String {
    match style {
        ScalarStyle::DoubleQuoted if !text.contains(['"', '\\']) => format!("\"{text}\""),
        ScalarStyle::SingleQuoted if !text.contains('\'') => format!("'{text}'"),
        _ => emit::scalar(text),
    }
}

fn block_entry(key: &str, value: &Value) -> String {
    let text = if matches!(value.data, Data::Int(_)) { inline_of(key, value) } else { block(value) };
    let is_nested = value.as_map().is_some_and(|map| short(map).is_none()) || text.starts_with("- ");
    if is_nested { format!("{key}:\n  {}", indented(&text)) } else { entry(key, &text) }
}

fn entry(key: &str, value: &str) -> String {
    format!("{}: {value}", emit::scalar(key))
}

/// All further lines two columns to the right.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

fn inline_of(key: &str, value: &Value) -> String {
    match value.data {
        Data::Int(-1) if key == "count" => "all".to_owned(),
        Data::Int(number) => number.to_string(),
        _ => inline(value),
    }
}

/// The name of a CDI device that the short form can say: without a colon, which would cut it.
fn short(map: &Map) -> Option<&str> {
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    let name = text("source").filter(|name| text("target") == Some(name) && !name.contains(':'))?;
    (text("permissions") == Some("rwm")).then_some(name)
}

/// The entries with the driver in front, then which devices, then the rest.
fn entries(map: &Map) -> impl Iterator<Item = (&str, &Value)> {
    const FIRST: [&str; 3] = ["driver", "count", "device_ids"];
    let first = FIRST.iter().filter_map(|key| map.get_key_value(*key));
    let rest = map.iter().filter(|(key, _)| !FIRST.contains(&key.as_str()));
    first.chain(rest).map(|(key, value)| (key.as_str(), value))
}
