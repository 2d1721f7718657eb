//! Attributes of one service that exclude each other or must agree.

use std::collections::BTreeMap;

use super::{at, beside};
use crate::{
    compose::{Project, suggest},
    diag::Diagnostic,
    yaml::{Data, Value},
};

/// Pairs that say the same thing twice: if both are there they must be equal. The third is the
/// structure that must be there for Compose to compare.
const TWICE: &[(&str, &[&str], &[&str])] = &[
    ("scale", &["deploy", "replicas"], &["deploy", "replicas"]),
    ("cpus", &["deploy", "resources", "limits", "cpus"], &["deploy", "resources", "limits"]),
    ("mem_limit", &["deploy", "resources", "limits", "memory"], &["deploy", "resources", "limits"]),
    ("mem_reservation", &["deploy", "resources", "reservations", "memory"], &["deploy", "resources", "reservations"]),
    ("pids_limit", &["deploy", "resources", "limits", "pids"], &["deploy", "resources", "limits"]),
];

/// A service runs something. One whose image is an empty text runs nothing.
pub(super) fn origin(name: &str, service: &Value, project: &Project, found: &mut Vec<Diagnostic>) {
    if ["image", "build", "provider"].iter().all(|key| service.get(key).is_none()) {
        let message = format!("service `{name}` has neither `image` nor `build`");
        let others = project.services().map(|(other, _)| other).filter(|other| *other != name);
        let help = match suggest::closest(name, others) {
            Some(other) => {
                format!("did you mean the service `{other}`? Else name an image, or a folder to build one from")
            }
            None => "name an image, or a folder to build one from".to_owned(),
        };
        let finding = at(name, service, message, help);
        let empty = project.service(name).and_then(|service| service.get("image"));
        found.push(match empty {
            Some(empty) => beside(finding, empty, "this is empty"),
            None => finding,
        });
    }
}

/// All checks of one service by itself.
pub(super) fn check(name: &str, service: &Value, found: &mut Vec<Diagnostic>) {
    build(name, service, found);
    if let (Some(mode), Some(networks)) = (service.get("network_mode"), service.get("networks")) {
        let message = format!("service `{name}` has both `network_mode` and `networks`");
        found.push(beside(at(name, mode, message, "keep one of them"), networks, "its networks are here"));
    }
    health_test(name, service, found);
    for (key, path, needed) in TWICE {
        twice(name, service, (key, path, needed), found);
    }
    replicas(name, service, found);
    targets(name, service, found);
    watches(name, service, found);
    count_of_containers(name, service, found);
}

fn build(name: &str, service: &Value, found: &mut Vec<Diagnostic>) {
    let Some(build) = service.get("build") else { return };
    if let (Some(file), Some(inline)) = (build.get("dockerfile"), build.get("dockerfile_inline")) {
        let message = format!("service `{name}` builds from both `dockerfile` and `dockerfile_inline`");
        found.push(beside(at(name, inline, message, "keep one of them"), file, "the file is named here"));
    }
    let platforms = build.get("platforms").and_then(Value::as_seq).unwrap_or_default();
    if let Some(platform) = service.get("platform")
        && !platforms.is_empty()
        && !platforms.contains(platform)
    {
        let text = platform.as_str().unwrap_or_default();
        let message = format!("service `{name}` runs on `{text}`, and its image is not built for that");
        found.push(at(name, platform, message, format!("add `{text}` to `build.platforms`")));
    }
}

fn health_test(name: &str, service: &Value, found: &mut Vec<Diagnostic>) {
    let Some(test) = service.at(&["healthcheck", "test"]) else { return };
    let first = test.as_seq().and_then(<[Value]>::first).and_then(Value::as_str);
    if let Some(word) = first.filter(|word| !["CMD", "CMD-SHELL", "NONE"].contains(word)) {
        let message = format!("the health test of service `{name}` begins with `{word}`");
        found.push(at(name, test, message, "begin it with `CMD`, `CMD-SHELL` or `NONE`, or write it as one string"));
    }
}

fn twice(name: &str, service: &Value, pair: (&str, &[&str], &[&str]), found: &mut Vec<Diagnostic>) {
    let (key, path, needed) = pair;
    let (Some(own), Some(structure)) = (service.get(key), service.at(needed)) else { return };
    let other = service.at(path);
    if other == Some(own) {
        return;
    }
    let path = path.join(".");
    let (message, place) = match other {
        Some(value) => (format!("service `{name}` sets `{key}` and `{path}` to different values"), value),
        None => (format!("service `{name}` sets `{key}`, and not `{path}` beside its other limits"), structure),
    };
    let finding = at(name, own, message, format!("give both the same value, or take out `{key}`"));
    found.push(beside(finding, place, "this is the other one"));
}

fn replicas(name: &str, service: &Value, found: &mut Vec<Diagnostic>) {
    let Some(container) = service.get("container_name") else { return };
    let scale = service.get("scale").or_else(|| service.at(&["deploy", "replicas"]));
    if let Some(scale) = scale.filter(|scale| scale.as_int().is_some_and(|count| count > 1)) {
        let message = format!("service `{name}` runs several containers that would all have one name");
        let finding = at(name, container, message, "take out `container_name`, or run one container");
        found.push(beside(finding, scale, "the number of containers is set here"));
    }
}

/// A path in the container takes one mount.
fn targets(name: &str, service: &Value, found: &mut Vec<Diagnostic>) {
    let items = |key: &str| service.get(key).and_then(Value::as_seq).unwrap_or_default();
    let path = |item: &'_ Value| item.as_str().map(|text| text.split(':').next().unwrap_or_default().to_owned());
    let temporary = items("tmpfs").iter().filter_map(|item| Some((path(item)?, service.get("tmpfs")?)));
    let volumes = items("volumes").iter().filter_map(|item| Some((item.get("target")?.as_str()?.to_owned(), item)));
    let mut mounted: BTreeMap<String, &Value> = BTreeMap::new();
    for (target, item) in temporary.chain(volumes) {
        if let Some(other) = mounted.get(&target) {
            let message = format!("service `{name}` mounts two things at `{target}`");
            found.push(beside(at(name, item, message, "keep one of them"), other, "the other one is here"));
        } else {
            mounted.insert(target, item);
        }
    }
}

fn watches(name: &str, service: &Value, found: &mut Vec<Diagnostic>) {
    for watch in service.at(&["develop", "watch"]).and_then(Value::as_seq).unwrap_or_default() {
        let action = watch.get("action").and_then(Value::as_str).unwrap_or_default();
        if !["rebuild", "restart"].contains(&action) && watch.get("target").is_none() {
            let message = format!("service `{name}` watches a path with `{action}`, and says not where it goes");
            found.push(at(name, watch, message, "add `target`, a path in the container"));
        }
    }
}

/// No two services may give their container one name.
pub(super) fn container_names(active: &[(&str, &Value)], found: &mut Vec<Diagnostic>) {
    let mut names: BTreeMap<&str, (&str, &Value)> = BTreeMap::new();
    for (name, service) in active {
        let Some(value) = service.get("container_name") else { continue };
        let container = value.as_str().unwrap_or_default();
        if let Some((other, place)) = names.get(container) {
            let message = format!("services `{other}` and `{name}` both call their container `{container}`");
            let finding = at(name, value, message, "give one of them another `container_name`");
            found.push(beside(finding, place, "the other one is here"));
        } else {
            names.insert(container, (name, value));
        }
    }
}

fn count_of_containers(service: &str, value: &Value, found: &mut Vec<Diagnostic>) {
    for path in [["scale"].as_slice(), &["deploy", "replicas"]] {
        if let Some(count) = value.at(path).filter(|count| is_below_zero(&count.data)) {
            let message = format!("service `{service}` is to run fewer than no containers");
            found.push(at(service, count, message, "write zero or more"));
        }
    }
}

/// Also what is too large: Compose keeps it in 64 bits with a sign, where it is below zero.
fn is_below_zero(count: &Data) -> bool {
    match count {
        Data::Int(count) => *count < 0,
        Data::UInt(_) => true,
        Data::Float(count) => *count <= -1.0 || *count >= 9_223_372_036_854_775_808.0,
        _ => false,
    }
}
