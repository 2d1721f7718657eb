//! GPUs asked for as other programs take it: Kubernetes' resources, Docker's API, `gpu: 1`.

use super::{Cx, Found, fix};
use crate::{
    diag::{Applicability, Code},
    yaml::{Value, edit},
};

/// A request where Compose knows none.
const MISPLACED: Code = Code::new("CG105");

/// Keys by which others ask for GPUs.
const KEYS: [&str; 5] = ["nvidia.com/gpu", "amd.com/gpu", "gpu", "gpus", "device_requests"];

/// Where people write them.
const HOLDERS: [&[&str]; 5] = [
    &[],
    &["deploy"],
    &["deploy", "resources"],
    &["deploy", "resources", "limits"],
    &["deploy", "resources", "reservations"],
];

pub(super) fn check(cx: &Cx<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for holder in HOLDERS {
        let Some(map) = cx.service.at(holder).and_then(Value::as_map) else { continue };
        // `gpus` is Compose's own in the service itself.
        let is_foreign = |key: &str| KEYS.contains(&key) && !(holder.is_empty() && key == "gpus");
        found.extend(map.iter().filter(|(key, _)| is_foreign(key)).filter_map(|(key, value)| {
            let stands = match holder {
                [] => "in the service itself".to_owned(),
                _ => format!("under `{}`", holder.join(".")),
            };
            let message = format!("service `{}`: `{key}` {stands} is no GPU request of Compose's", cx.name);
            cx.error_at(MISPLACED, message, value.place()?, value, &help(key, value))
        }));
    }
    let devices = cx.service.get("devices").and_then(Value::as_seq).unwrap_or_default();
    found.extend(devices.iter().filter_map(|item| cut_name(cx, item)));
    found
}

/// `- nvidia.com/gpu: all` among the devices: a CDI name with a colon for its `=`.
fn cut_name(cx: &Cx<'_>, item: &Value) -> Option<Found> {
    let map = item.as_map().filter(|map| map.len() == 1)?;
    let (kind, device) = map.iter().find(|(key, _)| KEYS[..2].contains(&key.as_str()))?;
    let device = device.as_int().map(|index| index.to_string()).or_else(|| device.as_str().map(str::to_owned))?;
    let name = format!("{kind}={device}");
    let message = format!("service `{}`: a CDI name is one text with `=`, and this is a mapping", cx.name);
    let mut found = cx.error(MISPLACED, message, item, &format!("write `{name}`"))?;
    let edits = cx.edit(item, |file, origin| edit::overwrite(file, origin.node.node, &name));
    found.finding.fix = fix(format!("write `{name}`"), Applicability::Safe, edits);
    Some(found)
}

/// How Compose takes the same: a number of GPUs, or all.
fn help(key: &str, value: &Value) -> String {
    if key.starts_with("amd") {
        return "hand in AMD's nodes: `devices: [/dev/kfd, /dev/dri]`".to_owned();
    }
    match value.as_int().filter(|count| *count > 0) {
        Some(count) => format!("write `gpus: [{{count: {count}}}]` in the service"),
        None => "write `gpus: all` in the service".to_owned(),
    }
}
