//! What changed on a host since it was recorded, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::printable::one_line;
use crate::host::Difference;

#[derive(Serialize)]
struct Wire<'a> {
    version: u32,
    against: &'a str,
    differences: &'a [Difference],
}

/// One line a difference, those that matter first; `against` is the name of the recording.
pub fn host_difference(against: &str, differences: &[Difference]) -> String {
    if differences.is_empty() {
        return format!("nothing differs from {}\n", one_line(against));
    }
    let mut out = String::new();
    for matters in [true, false] {
        for one in differences.iter().filter(|one| one.matters == matters) {
            let aside = if matters { "" } else { " (decides nothing)" };
            let text = match (&one.before, &one.after) {
                (Value::Null, after) => format!("{}: new, {}", one.path, short(after)),
                (before, Value::Null) => format!("{}: gone, was {}", one.path, short(before)),
                (before, after) => format!("{}: {}, was {}", one.path, short(after), short(before)),
            };
            writeln!(out, "{}{aside}", one_line(&text)).expect("writing to a String cannot fail");
        }
    }
    out
}

/// The differences as one JSON document (`schemas/host-difference-v1.schema.json`).
///
/// # Panics
/// Never: differences hold nothing that JSON lacks.
pub fn host_difference_json(against: &str, differences: &[Difference]) -> String {
    let wire = Wire { version: 1, against, differences };
    serde_json::to_string_pretty(&wire).expect("differences are plain data") + "\n"
}

/// A value on part of a line: texts bare, an observation by its reason, a thing by its name.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match (map.get("unknown"), map.get("known")) {
            (Some(unknown), _) => {
                format!("unknown ({})", unknown.get("reason").and_then(Value::as_str).unwrap_or_default())
            }
            (None, Some(known)) => short(known),
            (None, None) => {
                let name = ["name", "path", "version"].iter().find_map(|key| map.get(*key)?.as_str());
                name.map_or_else(|| "something else".to_owned(), str::to_owned)
            }
        },
        Value::Array(items) => format!("[{}]", items.iter().map(short).collect::<Vec<_>>().join(", ")),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}
