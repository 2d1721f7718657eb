//! Which services are on, and what of the project they use.

use std::collections::BTreeSet;

use crate::{
    compose::Project,
    yaml::{Map, Value},
};

/// Resources of each kind that services name.
type Used = [(&'static str, BTreeSet<String>); 5];

/// The profiles that are on: those that were asked for, or else COMPOSE_PROFILES.
pub(in crate::compose) fn active_profiles(project: &Project) -> Vec<String> {
    if !project.profiles.is_empty() {
        return project.profiles.clone();
    }
    // Without the variable the profile without a name is on.
    let named = project.environment.get("COMPOSE_PROFILES").unwrap_or_default();
    named.split(',').map(|name| name.trim().to_owned()).collect()
}

/// Whether a service has no profile, or one that is on.
pub(in crate::compose) fn is_active(service: &Value, profiles: &[String]) -> bool {
    let own = service.get("profiles").and_then(Value::as_seq).unwrap_or_default();
    let is_on = |profile: &Value| profile.as_str().is_some_and(|name| profiles.iter().any(|on| on == name));
    own.is_empty() || profiles.iter().any(|on| on == "*") || own.iter().any(is_on)
}

/// Drops services that are off, and resources that no other service uses.
pub(super) fn retain(model: &mut Value, profiles: &[String]) {
    let Some(root) = model.as_map_mut() else { return };
    if let Some(services) = root.get_mut("services").and_then(Value::as_map_mut) {
        services.retain(|_, service| is_active(service, profiles));
    }
    for (kind, used) in used(root) {
        if let Some(resources) = root.get_mut(kind).and_then(Value::as_map_mut) {
            resources.retain(|name, _| used.contains(name));
        }
    }
}

fn used(root: &Map) -> Used {
    let [mut networks, mut volumes, mut secrets, mut configs, mut models] = [const { BTreeSet::new() }; 5];
    let services = root.get("services").and_then(Value::as_map);
    for service in services.into_iter().flat_map(Map::values) {
        networks.extend(keys(service.get("networks")));
        models.extend(keys(service.get("models")));
        let named = items(service.get("volumes")).filter(|mount| field(mount, "type") == Some("volume"));
        volumes.extend(named.filter_map(|mount| field(mount, "source")).map(str::to_owned));
        let mounted = items(service.get("secrets")).chain(items(service.at(&["build", "secrets"])));
        secrets.extend(mounted.filter_map(|mount| field(mount, "source")).map(str::to_owned));
        configs.extend(items(service.get("configs")).filter_map(|mount| field(mount, "source")).map(str::to_owned));
    }
    [("networks", networks), ("volumes", volumes), ("secrets", secrets), ("configs", configs), ("models", models)]
}

fn keys(value: Option<&Value>) -> impl Iterator<Item = String> {
    value.and_then(Value::as_map).into_iter().flat_map(|map| map.keys().cloned())
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_seq).into_iter().flatten()
}

fn field<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}
