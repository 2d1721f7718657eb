//! GPU requests in a place where Compose knows none: below `limits`, or a level too high.

use super::{Cx, Found, fix};
use crate::{
    compose::Project,
    diag::{Applicability, Code, Diagnostic, Edit, Place, Severity},
    yaml::{Value, edit, reshape},
};

/// Devices below `limits`.
const UNDER_LIMITS: Code = Code::new("CG104");
/// A request at a wrong level.
const MISINDENTED: Code = Code::new("CG105");

/// The way from the service to its reserved devices.
const WAY: [&str; 4] = ["deploy", "resources", "reservations", "devices"];

pub(super) fn check(cx: &Cx<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = under_limits(cx).into_iter().chain(beside_devices(cx)).collect();
    for depth in 0..3 {
        let Some(holder) = cx.service.at(&WAY[..depth]) else { continue };
        for key in WAY.into_iter().skip(depth + 1) {
            let Some(value) = holder.get(key).filter(|value| holds_request(value)) else { continue };
            found.extend(too_high(cx, depth, key, value));
        }
        let capabilities = holder.get("capabilities").filter(|_| depth > 0 || cx.service.get("cap_add").is_none());
        found.extend(
            capabilities.filter(|value| names_gpu(value)).and_then(|value| too_high(cx, depth, "capabilities", value)),
        );
    }
    found
}

/// `deploy` beside `services`.
pub(super) fn at_the_top(project: &Project) -> Vec<Found> {
    let places = WAY.iter().filter_map(|key| Some((key, project.model.get(key)?)));
    let misplaced = places.filter(|(_, value)| holds_request(value));
    let found = misplaced.filter_map(|(key, value)| {
        let message = format!("`{key}` with a GPU request stands at the top of the file, and belongs to no service");
        outside_services(message, value)
    });
    found.collect()
}

/// `deploy` beside the services themselves, where Compose takes it for one more.
pub(super) fn among_services(project: &Project) -> Vec<Found> {
    let misplaced = project.services().filter(|(name, service)| is_no_service(name, service));
    let found = misplaced.filter_map(|(name, service)| {
        let message = format!("`{name}` with a GPU request stands among the services, where Compose takes it for one");
        outside_services(message, service)
    });
    found.collect()
}

/// Whether this is a part of a GPU request at the level of services.
pub(super) fn is_no_service(name: &str, service: &Value) -> bool {
    let runs = ["image", "build", "provider", "extends"].iter().any(|key| service.get(key).is_some());
    WAY.contains(&name) && !runs && holds_request(service)
}

fn outside_services(message: String, value: &Value) -> Option<Found> {
    let help = "indent it, so that it stands in the service that needs the GPU";
    let finding = Diagnostic::new(MISINDENTED, Severity::Error, message, Place::Source(value.place()?.into()));
    let covers = [value.key_span(), value.span()].into_iter().flatten().collect();
    Some(Found { finding: finding.with_help(help), covers })
}

fn too_high(cx: &Cx<'_>, depth: usize, key: &str, value: &Value) -> Option<Found> {
    let stands = match depth {
        0 => "in the service itself".to_owned(),
        _ => format!("right below `{}`", WAY[..depth].join(".")),
    };
    let message = match (depth, key) {
        (0, "devices") => format!("service `{}`: `devices` takes nodes and CDI names, no GPU request", cx.name),
        _ => format!("service `{}`: the GPU request `{key}` stands {stands}, where Compose knows none", cx.name),
    };
    let home = match key {
        "capabilities" => format!("{}[]", WAY.join(".")),
        _ => WAY.join(".").split_inclusive(key).next().unwrap_or_default().to_owned(),
    };
    cx.error_at(MISINDENTED, message, value.place()?, value, &format!("put it at `{home}`"))
}

/// Whether a request lies at the end of the way, which may have been cut short.
fn holds_request(value: &Value) -> bool {
    if let Some(items) = value.as_seq() {
        let is_request = |item: &Value| {
            let has = |key: &str| item.get(key).is_some();
            has("capabilities") || has("device_ids") || has("count") && has("driver")
        };
        return items.iter().any(is_request);
    }
    WAY[1..].iter().any(|key| value.get(key).is_some_and(holds_request))
}

fn names_gpu(value: &Value) -> bool {
    value.as_seq().unwrap_or_default().iter().any(|word| word.as_str() == Some("gpu"))
}

/// `capabilities` beside `devices`, a level above the one request that lacks it.
fn beside_devices(cx: &Cx<'_>) -> Option<Found> {
    let reservations = cx.service.at(&WAY[..3])?;
    let capabilities = reservations.get("capabilities").filter(|value| names_gpu(value))?;
    let [item] = reservations.get("devices")?.as_seq()? else { return None };
    item.as_map().filter(|_| item.get("capabilities").is_none())?;
    let message = format!("service `{}`: `capabilities` stands beside `devices`, where Compose knows none", cx.name);
    let help = format!("put it at `{}[0]`", WAY.join("."));
    let mut found = cx.error_at(MISINDENTED, message, capabilities.place()?, capabilities, &help)?;
    found.covers.extend(item.span());
    found.finding.fix = fix("move it into the request", Applicability::Safe, into_item(cx, capabilities, item));
    Some(found)
}

fn into_item(cx: &Cx<'_>, entry: &Value, item: &Value) -> Option<Vec<Edit>> {
    let ([entry], [item]) = (entry.sources.as_slice(), item.sources.as_slice()) else { return None };
    let (file, own) = (cx.own_file(entry)?, cx.own_file(item)?);
    if own.tree.file != file.tree.file {
        return None;
    }
    let text = reshape::at_margin(file, entry.node.node)?;
    let mut edits = edit::take_out(file, &[entry.node.node])?;
    edits.extend(edit::insert_entry(file, item.node.node, None, "capabilities", text.trim_end())?);
    Some(edit::joined(file, edits))
}

fn under_limits(cx: &Cx<'_>) -> Option<Found> {
    let resources = cx.service.at(&WAY[..2])?;
    let devices = resources.at(&["limits", "devices"])?;
    let message = format!("service `{}` asks for its GPU under `limits`, where Compose knows no devices", cx.name);
    let help = "put `devices` under `reservations`";
    let mut found = cx.error_at(UNDER_LIMITS, message, devices.place()?, devices, help)?;
    found.finding.fix = fix("move it to `reservations`", Applicability::Safe, moved(cx, resources, devices));
    Some(found)
}

/// `limits` becomes `reservations` where it has nothing else; else the devices are written there.
fn moved(cx: &Cx<'_>, resources: &Value, devices: &Value) -> Option<Vec<Edit>> {
    let limits = resources.get("limits")?;
    let is_alone = limits.as_map().is_some_and(|limits| limits.len() == 1);
    let reservations = resources.get("reservations");
    if is_alone && reservations.is_none() {
        return cx.edit(limits, |file, origin| edit::rename_key(file, origin.node.node, "reservations"));
    }
    if reservations.is_some_and(|reservations| reservations.get("devices").is_some()) {
        return None;
    }
    let ([devices], [limits], [resources]) =
        (devices.sources.as_slice(), limits.sources.as_slice(), resources.sources.as_slice())
    else {
        return None;
    };
    let file = cx.own_file(devices)?;
    let text = reshape::at_margin(file, devices.node.node)?;
    let mut edits = edit::remove(file, devices.node.node, resources.node.node)?;
    edits.extend(match reservations {
        Some(reservations) => {
            let [reservations] = reservations.sources.as_slice() else { return None };
            edit::insert_entry(cx.own_file(reservations)?, reservations.node.node, None, "devices", &text)?
        }
        None => {
            let below: String = text.lines().map(|line| format!("  {line}\n")).collect();
            let text = format!("devices:\n{below}");
            edit::insert_entry(file, resources.node.node, Some(limits.node.node), "reservations", text.trim_end())?
        }
    });
    Some(edit::joined(file, edits))
}
