//! Changes of daemon.json: keys keep their order and the file its indentation.

use serde::Serialize as _;
use serde_json::{Map, Value, ser::PrettyFormatter};

use super::Change;

/// The text with the changes in it.
///
/// # Errors
/// When the text is no JSON object, or something else is where a change needs an object.
pub(super) fn edited(text: &str, changes: &[Change]) -> Result<String, String> {
    let mut root = if text.trim().is_empty() {
        Map::new()
    } else {
        match serde_json::from_str(text) {
            Ok(Value::Object(root)) => root,
            Ok(_) => return Err("it is no JSON object".to_owned()),
            Err(error) => return Err(format!("it is no JSON: {error}")),
        }
    };
    for change in changes {
        match &change.to {
            Some(value) => set(&mut root, &change.key, value)?,
            None => remove(&mut root, &change.key),
        }
    }
    printed(&Value::Object(root), text)
}

fn set(object: &mut Map<String, Value>, key: &[String], value: &Value) -> Result<(), String> {
    let [first, rest @ ..] = key else { return Ok(()) };
    if rest.is_empty() {
        object.insert(first.clone(), value.clone());
        return Ok(());
    }
    match object.entry(first.clone()).or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(inner) => set(inner, rest, value),
        other => Err(format!("`{first}` is {other}, not an object")),
    }
}

/// Takes a key out, and an object that is empty then.
fn remove(object: &mut Map<String, Value>, key: &[String]) {
    let [first, rest @ ..] = key else { return };
    if rest.is_empty() {
        object.shift_remove(first);
    } else if let Some(Value::Object(inner)) = object.get_mut(first) {
        remove(inner, rest);
        if inner.is_empty() {
            object.shift_remove(first);
        }
    }
}

/// Indented as the text was, four blanks where nothing tells.
fn printed(value: &Value, like: &str) -> Result<String, String> {
    let line = like.lines().skip(1).find(|line| line.trim_start().starts_with('"'));
    let indent = line.map(|line| &line[..line.len() - line.trim_start().len()]).filter(|indent| !indent.is_empty());
    let formatter = PrettyFormatter::with_indent(indent.unwrap_or("    ").as_bytes());
    let mut out = Vec::new();
    value
        .serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))
        .map_err(|error| error.to_string())?;
    out.push(b'\n');
    String::from_utf8(out).map_err(|error| error.to_string())
}
