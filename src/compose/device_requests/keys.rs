//! Keys of a request that nobody reads. In a reservation Compose refuses them; an item of `gpus` it
//! takes as it is, and drops them (its schema has no `additionalProperties: false` there; Compose 2.40.3).

use super::{Cx, Form, Found, fix};
use crate::{
    compose::suggest,
    diag::{Applicability, Code, Severity},
    yaml::{Value, edit},
};

/// A key that no request has.
const UNKNOWN_GPU_KEY: Code = Code::new("CG112");

const KEYS: [&str; 5] = ["capabilities", "count", "device_ids", "driver", "options"];

pub(super) fn check(cx: &Cx<'_>, item: &Value, form: Form) -> Vec<Found> {
    let entries = item.as_map().into_iter().flatten();
    let unknown = entries.filter(|(key, _)| !KEYS.contains(&key.as_str()) && !key.starts_with("x-"));
    unknown.filter_map(|(key, value)| unknown_key(cx, item, form, key, value)).collect()
}

fn unknown_key(cx: &Cx<'_>, item: &Value, form: Form, key: &str, value: &Value) -> Option<Found> {
    let meant = meant(key).filter(|meant| item.get(meant).is_none());
    let effect = match form {
        Form::Reservation => "Compose refuses it",
        Form::Gpus => "Compose drops it without a word",
    };
    let message = format!("a GPU request of service `{}` has the unknown key `{key}`: {effect}", cx.name);
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("remove it; a request has `{}`", KEYS.join("`, `")),
    };
    let mut found = cx.error_at(UNKNOWN_GPU_KEY, message, value.place()?, value, &help)?;
    found.covers.truncate(1);
    if form == Form::Reservation && meant == Some("capabilities") {
        // That the key is missing is the same mistake.
        found.covers.extend(item.span());
    }
    if form == Form::Gpus && meant.is_none() {
        found.finding.severity = Severity::Warning;
    }
    if let Some(meant) = meant {
        // What Compose drops today would begin to count.
        let applicability = if form == Form::Gpus { Applicability::Unsafe } else { Applicability::Safe };
        let edits = cx.edit(value, |file, origin| edit::rename_key(file, origin.node.node, meant));
        found.finding.fix = fix(format!("write `{meant}`"), applicability, edits);
    }
    Some(found)
}

/// The key that is meant: one that is nearly the same, or what another tool calls it.
fn meant(key: &str) -> Option<&'static str> {
    let other = match key.to_ascii_lowercase().replace('-', "_").as_str() {
        "ids" | "id" | "devices" | "device" | "gpu_ids" => Some("device_ids"),
        "capability" | "caps" => Some("capabilities"),
        "num" | "number" | "gpus" => Some("count"),
        _ => None,
    };
    other.or_else(|| suggest::closest(key, KEYS))
}
