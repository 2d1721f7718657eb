//! References of a service to other services, networks, volumes, configs, secrets and models.

use super::{View, at};
use crate::{
    compose::suggest,
    diag::Diagnostic,
    yaml::{Map, Value},
};

/// A reference: the kind of the thing as people say it, its key at the top, name and place.
type Reference<'a> = (&'static str, &'static str, &'a str, &'a Value);

/// Every reference must lead somewhere.
pub(super) fn check(view: &View<'_>, service: &str, value: &Value, found: &mut Vec<Diagnostic>) {
    for (kind, key, name, place) in references(value) {
        if view.project.at(&[key, name]).is_none() {
            let message = format!("service `{service}` uses the {kind} `{name}`, which is not defined");
            let help = match nearest(name, view.project.get(key).and_then(Value::as_map)) {
                Some(other) => format!("define `{name}` under `{key}`; did you mean `{other}`?"),
                None => format!("define `{name}` under `{key}`"),
            };
            found.push(at(service, place, message, help));
        }
    }
    dependencies(view, service, value, found);
    build_contexts(view, service, value, found);
}

/// `service:NAME` under `additional_contexts` is what another service builds.
fn build_contexts(view: &View<'_>, service: &str, value: &Value, found: &mut Vec<Diagnostic>) {
    let contexts = value.at(&["build", "additional_contexts"]).and_then(Value::as_map);
    for (context, source) in contexts.into_iter().flatten() {
        let Some(name) = source.as_str().and_then(|text| text.strip_prefix("service:")) else { continue };
        let Some((_, other)) = view.active.iter().find(|(active, _)| *active == name) else {
            let message = format!("service `{service}` builds with the service `{name}`, which is not there or is off");
            found.push(at(service, source, message, format!("define `{name}`, or turn its profile on")));
            continue;
        };
        if other.get("build").is_none() {
            let message = format!("build context `{context}` of service `{service}` is `{name}`, which builds nothing");
            let finding = at(service, source, message, "name its image: `docker-image://IMAGE`");
            found.push(super::beside(finding, other, "this service has no `build`"));
        }
    }
}

fn references(service: &Value) -> Vec<Reference<'_>> {
    let mut all: Vec<Reference<'_>> = Vec::new();
    for (kind, key) in [("network", "networks"), ("model", "models")] {
        let map = service.get(key).and_then(Value::as_map).into_iter().flat_map(Map::iter);
        all.extend(map.map(|(name, place)| (kind, key, name.as_str(), place)));
    }
    let items = |path: &[&str]| service.at(path).and_then(Value::as_seq).unwrap_or_default().iter();
    // A volume without a name is made by the engine.
    let named =
        |mount: &&Value| mount.get("type").and_then(Value::as_str) == Some("volume") && mount.get("source").is_some();
    let volumes = items(&["volumes"]).filter(named);
    let lists = volumes
        .map(|item| ("volume", "volumes", item))
        .chain(items(&["build", "secrets"]).map(|item| ("build secret", "secrets", item)))
        .chain(items(&["secrets"]).map(|item| ("secret", "secrets", item)))
        .chain(items(&["configs"]).map(|item| ("config", "configs", item)));
    for (kind, key, item) in lists {
        all.push((kind, key, item.get("source").and_then(Value::as_str).unwrap_or_default(), item));
    }
    all
}

fn dependencies(view: &View<'_>, service: &str, value: &Value, found: &mut Vec<Diagnostic>) {
    for (name, dependency) in value.get("depends_on").and_then(Value::as_map).into_iter().flatten() {
        if view.active.iter().any(|(active, _)| active == name) {
            continue;
        }
        let is_required = dependency.get("required").and_then(Value::as_bool) != Some(false);
        match view.project.at(&["services", name]) {
            Some(_) if !is_required => {}
            Some(other) => {
                let message = format!("service `{service}` needs `{name}`, whose profile is off");
                let help = "turn its profile on, or write `required: false` under `depends_on`";
                found.push(super::beside(at(service, dependency, message, help), other, "this service has profiles"));
            }
            None => {
                let message = format!("service `{service}` needs the service `{name}`, which is not defined");
                let help = match nearest(name, view.project.get("services").and_then(Value::as_map)) {
                    Some(other) => format!("did you mean `{other}`?"),
                    None => format!("define `{name}`, or take it out"),
                };
                found.push(at(service, dependency, message, help));
            }
        }
    }
}

fn nearest<'a>(name: &str, map: Option<&'a Map>) -> Option<&'a str> {
    suggest::closest(name, map.into_iter().flat_map(Map::keys).map(|key| key.as_str()))
}
