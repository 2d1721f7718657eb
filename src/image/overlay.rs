//! What a service lays over its image: mounts, files and what `develop.watch` brings.
//!
//! What lies there is the disk of the day, so a path below any of them is not known.

use super::{
    place::{normal, overlaps},
    requirement,
};
use crate::{
    compose::{self, Mount, environment},
    yaml::{Data, Value},
};

/// Why one of the paths of a service's container is not what its image holds; `None` where
/// nothing is laid over them.
pub(super) fn over(service: &Value, paths: &[String]) -> Option<String> {
    let mut targets = mounted(service);
    targets.extend(others(service));
    at(service, targets, paths)
}

/// The same without mounts, which are looked into.
pub(super) fn other_than_mounts(service: &Value, paths: &[String]) -> Option<String> {
    let is_package_place = |mount: &Mount<'_>| requirement::is_package_place(&normal(mount.target));
    let packages = compose::mounts(service).into_iter().find(is_package_place);
    packages.map(|mount| format!("a mount lies at `{}`", mount.target)).or_else(|| at(service, others(service), paths))
}

/// Whether it is known where each mount lies.
pub(super) fn knows_mounts(service: &Value) -> bool {
    mounted(service).iter().all(|(_, is_known)| *is_known)
}

fn at(service: &Value, targets: Vec<(String, bool)>, paths: &[String]) -> Option<String> {
    if ["volumes_from", "extends"].iter().any(|key| service.get(key).is_some_and(|value| !value.is_null())) {
        return Some("the service takes mounts from elsewhere".to_owned());
    }
    for (target, is_known) in targets {
        let target = normal(&target);
        if !is_known {
            return Some("a mount's target is not known".to_owned());
        }
        if paths.iter().any(|path| overlaps(path, &target)) || requirement::is_package_place(&target) {
            return Some(format!("a mount lies at `{target}`"));
        }
    }
    None
}

/// Targets of `volumes`, and whether they are known.
fn mounted(service: &Value) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    let mounts = compose::mounts(service);
    for mount in &mounts {
        out.push((
            mount.target.to_owned(),
            mount.node.hole.is_none() && mount.node.get("target").is_some_and(|target| target.hole.is_none()),
        ));
    }
    // An item that is no mount in canonical form could be anywhere.
    if items(service, "volumes").len() != mounts.len() {
        out.push((String::new(), false));
    }
    out
}

fn items<'a>(service: &'a Value, key: &str) -> &'a [Value] {
    service.get(key).and_then(Value::as_seq).unwrap_or_default()
}

/// Targets of configs, secrets, `tmpfs` and what is watched.
fn others(service: &Value) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    for key in ["configs", "secrets"] {
        out.extend(items(service, key).iter().filter_map(|item| item.get("target")).map(target));
    }
    match service.get("tmpfs").map(|value| &value.data) {
        Some(Data::Seq(items)) => out.extend(items.iter().map(target)),
        Some(Data::String(text)) => out.push((text.split(':').next().unwrap_or("").to_owned(), true)),
        _ => {}
    }
    let watched = service.at(&["develop", "watch"]).and_then(Value::as_seq).unwrap_or_default();
    out.extend(watched.iter().filter_map(|rule| rule.get("target")).map(target));
    out
}

fn target(value: &Value) -> (String, bool) {
    let text = value.scalar_text().unwrap_or_default();
    (text.split(':').next().unwrap_or("").to_owned(), value.hole.is_none())
}

/// PYTHONPATH of a service's own environment: outer `None` where it does not say, inner
/// where it is not known.
pub(super) fn python_path(service: &Value) -> Option<Option<String>> {
    let entry = environment(service).into_iter().rev().find(|entry| entry.name == "PYTHONPATH")?;
    let is_known = entry.node.hole.is_none();
    Some(entry.value.filter(|_| is_known).map(std::borrow::Cow::into_owned))
}
