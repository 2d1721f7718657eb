//! What Compose adds to every project: defaults, the default network, names, values of the
//! caller's environment, and dependencies that other attributes imply
//! (compose-go transform/defaults.go and loader/normalize.go, v2.9.1).

use crate::{
    compose::{Environment, paths},
    yaml::{Data, Map, Value},
};

/// Adds all of it.
pub(super) fn complete(model: &mut Value, name: &str, environment: &Environment) {
    if model.as_map().is_none() {
        model.data = Data::Map(Map::new());
    }
    let root = model.as_map_mut().expect("made a mapping above");
    set(root, "name", text(name));
    let mut uses_default_network = false;
    for service in root.get_mut("services").and_then(Value::as_map_mut).into_iter().flat_map(Map::values_mut) {
        if let Some(service) = service.as_map_mut() {
            defaults(service);
            uses_default_network |= default_network(service);
            build(service, environment);
            if let Some(variables) = service.get_mut("environment") {
                fill(variables, environment, true);
            }
            dependencies(service);
            targets(service);
            if service.get("pull_policy").and_then(Value::as_str) == Some("if_not_present") {
                set(service, "pull_policy", text("missing"));
            }
        }
    }
    if uses_default_network {
        let networks = root.entry("networks".to_owned()).or_insert_with(|| Data::Map(Map::new()).into());
        if let Some(networks) = networks.as_map_mut() {
            networks.entry("default".to_owned()).or_default();
        }
    }
    for kind in ["networks", "volumes", "configs", "secrets"] {
        names(root.get_mut(kind), name);
    }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

/// Writes an entry, in the place of the one that is there.
fn set(map: &mut Map, key: &str, data: Data) {
    map.entry(key.to_owned()).or_default().data = data;
}

fn set_missing(map: &mut Map, key: &str, data: impl FnOnce() -> Data) {
    map.entry(key.to_owned()).or_insert_with(|| data().into());
}

fn items(value: Option<&mut Value>) -> impl Iterator<Item = &mut Map> {
    value.and_then(Value::as_seq_mut).into_iter().flatten().filter_map(Value::as_map_mut)
}

fn defaults(service: &mut Map) {
    for port in items(service.get_mut("ports")) {
        set_missing(port, "protocol", || text("tcp"));
        set_missing(port, "mode", || text("ingress"));
    }
    for secret in items(service.get_mut("secrets")) {
        // What Go prints for nothing at all is only seen without interpolation.
        let source = secret.get("source").and_then(Value::as_str).unwrap_or("%!s(<nil>)").to_owned();
        set_missing(secret, "target", || text(&format!("/run/secrets/{source}")));
    }
    if let Some(build) = service.get_mut("build").and_then(Value::as_map_mut) {
        set_missing(build, "context", || text("."));
    }
    let reserved = service.get_mut("deploy").and_then(|it| it.at_mut(&["resources", "reservations", "devices"]));
    items(reserved).for_each(device_count);
    items(service.get_mut("gpus")).for_each(device_count);
}

/// The defaults that Compose sets before it makes paths absolute, and so for each included
/// project by itself (compose-go transform/defaults.go).
pub(in crate::compose) fn set_defaults(model: &mut Value) {
    let services = model.at_mut(&["services"]).and_then(Value::as_map_mut);
    for service in services.into_iter().flat_map(Map::values_mut).filter_map(Value::as_map_mut) {
        defaults(service);
    }
}

/// `scale` beside `deploy` is also its number of replicas.
pub(super) fn scale(model: &mut Value) {
    let services = model.as_map_mut().and_then(|root| root.get_mut("services")).and_then(Value::as_map_mut);
    for service in services.into_iter().flat_map(Map::values_mut) {
        if let Some(scale) = service.get("scale").cloned()
            && let Some(deploy) = service.at_mut(&["deploy"]).and_then(Value::as_map_mut)
        {
            deploy.entry("replicas".to_owned()).or_insert(scale);
        }
    }
}

/// A request that names no device and no number means all of them.
fn device_count(request: &mut Map) {
    if !request.contains_key("device_ids") {
        set_missing(request, "count", || text("all"));
    }
}

/// Puts a service without networks on the default one; whether it is on that.
fn default_network(service: &mut Map) -> bool {
    if service.contains_key("provider") || service.contains_key("network_mode") {
        return false;
    }
    match service.get("networks").and_then(Value::as_map) {
        Some(networks) if !networks.is_empty() => networks.contains_key("default"),
        _ => {
            let default = Map::from_iter([("default".to_owned(), Value::default())]);
            set(service, "networks", Data::Map(default));
            true
        }
    }
}

fn build(service: &mut Map, environment: &Environment) {
    let Some(build) = service.get_mut("build").and_then(Value::as_map_mut) else { return };
    if !build.contains_key("dockerfile_inline") {
        set_missing(build, "dockerfile", || text("Dockerfile"));
    }
    if let Some(arguments) = build.get_mut("args") {
        fill(arguments, environment, false);
    }
}

/// Gives entries without a value that of the caller's environment; those that stay without
/// one are dropped or kept.
fn fill(variables: &mut Value, environment: &Environment, keeps_empty: bool) {
    match &mut variables.data {
        Data::Map(map) => map.retain(|key, value| {
            if !value.is_null() {
                return true;
            }
            if let Some(found) = environment.get(key) {
                value.data = text(found);
            }
            keeps_empty || !value.is_null()
        }),
        Data::Seq(items) => items.retain_mut(|item| {
            let Some(name) = item.as_str().filter(|item| !item.contains('=')) else { return true };
            let found = environment.get(name).map(|found| format!("{name}={found}"));
            let is_kept = keeps_empty || found.is_some();
            if let Some(pair) = found {
                item.data = Data::String(pair);
            }
            is_kept
        }),
        _ => {}
    }
}

/// Services that `links`, shared namespaces and `volumes_from` name must be started before.
fn dependencies(service: &mut Map) {
    let mut implied: Vec<(Value, String, bool)> = Vec::new();
    let texts = |key: &str| service.get(key).and_then(Value::as_seq).into_iter().flatten();
    for link in texts("links") {
        let text = link.as_str().unwrap_or_default();
        let name = match text.split_once(':') {
            Some((name, alias)) if !alias.contains(':') => name,
            _ => text,
        };
        implied.push((link.clone(), name.to_owned(), true));
    }
    for namespace in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        if let Some(value) = service.get(namespace)
            && let Some(name) = value.as_str().and_then(|text| text.strip_prefix("service:"))
        {
            implied.push((value.clone(), name.to_owned(), true));
        }
    }
    for source in texts("volumes_from") {
        let text = source.as_str().unwrap_or_default();
        if !text.starts_with("container:") {
            implied.push((source.clone(), text.split(':').next().unwrap_or_default().to_owned(), false));
        }
    }
    if implied.is_empty() {
        return;
    }
    let depends_on = service.entry("depends_on".to_owned()).or_insert_with(|| Data::Map(Map::new()).into());
    let Some(depends_on) = depends_on.as_map_mut() else { return };
    for (at, name, restarts) in implied {
        depends_on.entry(name).or_insert_with(|| {
            let entries = [
                ("condition", text("service_started")),
                ("restart", Data::Bool(restarts)),
                ("required", Data::Bool(true)),
            ];
            let map = entries.into_iter().map(|(key, data)| (key.to_owned(), at.with_data(data)));
            at.with_data(Data::Map(map.collect()))
        });
    }
}

fn targets(service: &mut Map) {
    for mount in items(service.get_mut("volumes")) {
        if let Some(Data::String(target)) = mount.get_mut("target").map(|target| &mut target.data) {
            *target = paths::clean(target);
        }
    }
}

/// A resource is called after the project and its key, an external one after its key.
fn names(resources: Option<&mut Value>, project: &str) {
    for (key, resource) in resources.and_then(Value::as_map_mut).into_iter().flatten() {
        if resource.is_null() {
            resource.data = Data::Map(Map::new());
        }
        let Some(map) = resource.as_map_mut() else { continue };
        let is_external = map.get("external").is_some_and(is_true);
        if map.get("name").is_none_or(Value::is_null) {
            set(map, "name", if is_external { text(key) } else { text(&format!("{project}_{key}")) });
        }
    }
}

fn is_true(value: &Value) -> bool {
    // Go's strconv.ParseBool.
    matches!(value.scalar_text().as_deref(), Some("1" | "t" | "T" | "TRUE" | "true" | "True"))
}
