//! Volumes, configs, secrets and mounts, each by itself.

use std::net::IpAddr;

use super::at;
use crate::{
    diag::Diagnostic,
    yaml::{Map, Value},
};

/// Checks that also hold for services whose profile is off, and without interpolation.
pub(super) fn check(model: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, volume) in entries(model, "volumes") {
        external_volume(name, volume, &mut found);
    }
    for (name, config) in entries(model, "configs") {
        one_source("configs", name, config, &["file", "environment", "content"], &mut found);
    }
    for (name, secret) in entries(model, "secrets") {
        one_source("secrets", name, secret, &["file", "environment"], &mut found);
        if let Some(content) = secret.get("content") {
            let message = format!("secret `{name}` has `content`, which only configs have");
            found.push(at("", content, message, "put the text into a file, or into a variable named by `environment`"));
        }
    }
    for (name, service) in entries(model, "services") {
        binds(name, service, &mut found);
        addresses(name, service, &mut found);
        watches(name, service, &mut found);
    }
    found
}

/// Secrets that say where they come from, but in no way that Compose knows: by a driver, a
/// variable without a name, `external: false`. An empty path is the project's folder.
pub(super) fn secrets_without_source(project: &Value, typed: &Value, found: &mut Vec<Diagnostic>) {
    for (name, secret) in entries(typed, "secrets") {
        let is_external = secret.get("external").and_then(Value::as_bool) == Some(true);
        let has_file = project.at(&["secrets", name, "file"]).is_some();
        let has_source = has_file || secret.get("environment").is_some();
        let is_known = found.iter().any(|finding| finding.place == super::place(secret));
        if !is_external && !has_source && !is_known {
            let message = format!("secret `{name}` comes from neither a file nor a variable");
            found.push(at("", secret, message, "add `file` or `environment`, or `external: true`"));
        }
    }
}

fn entries<'a>(model: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let map = model.get(key).and_then(Value::as_map);
    map.into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn external_volume(name: &str, volume: &Value, found: &mut Vec<Diagnostic>) {
    let Some(external) = volume.get("external") else { return };
    if external.as_str().is_some() && external.hole.is_none() {
        // Compose crashes on it (compose-go validation/external.go, v2.9.1); interpolation makes a flag of it.
        let message = format!("`external` of volume `{name}` is text, where true or false is expected");
        found.push(at("", external, message, "write `true` or `false`, without a variable".to_owned()));
    }
    if external.as_bool() != Some(true) {
        return;
    }
    let is_own = |key: &str| key == "name" || key == "external" || key.starts_with("x-");
    for (key, value) in volume.as_map().into_iter().flatten().filter(|(key, _)| !is_own(key)) {
        let message = format!("volume `{name}` is external, and `{key}` says how to make it");
        found.push(at("", value, message, format!("take out `{key}`, or `external`")));
    }
}

fn one_source(kind: &str, name: &str, object: &Value, keys: &[&str], found: &mut Vec<Diagnostic>) {
    if object.as_map().is_none() {
        return;
    }
    let one = kind.trim_end_matches('s');
    let named: Vec<&Value> = keys.iter().filter_map(|key| object.get(key)).collect();
    match named[..] {
        [_] => {}
        [] if object.get("driver").is_some() || object.get("external").is_some() => {}
        [] => {
            let message = format!("{one} `{name}` says nowhere what is in it");
            found.push(at("", object, message, format!("add one of `{}`", keys.join("`, `"))));
        }
        [.., last] => {
            let message = format!("{one} `{name}` has more than one of `{}`", keys.join("`, `"));
            let finding = at("", last, message, "keep one of them");
            found.push(super::beside(finding, named[0], "another is here"));
        }
    }
}

fn binds(service: &str, value: &Value, found: &mut Vec<Diagnostic>) {
    for mount in value.get("volumes").and_then(Value::as_seq).unwrap_or_default() {
        if mount.get("type").and_then(Value::as_str) == Some("bind") && mount.get("source").is_none() {
            let message = format!("service `{service}` mounts a folder of the host without saying which");
            found.push(at(service, mount, message, "add `source`, the path on the host"));
        }
    }
}

/// Published ports name an address and no host (compose-go validation/validation.go). A name with
/// `%` is none either, and without interpolation a variable is not.
fn addresses(service: &str, value: &Value, found: &mut Vec<Diagnostic>) {
    for port in value.get("ports").and_then(Value::as_seq).unwrap_or_default() {
        let Some(address) = port.get("host_ip") else { continue };
        if let Some(text) = address.as_str().filter(|text| text.parse::<IpAddr>().is_err()) {
            let message = format!("service `{service}` publishes a port at `{text}`, which is no IP address");
            found.push(at(service, address, message, "write an address of the host, such as `127.0.0.1`"));
        }
    }
}

fn watches(service: &str, value: &Value, found: &mut Vec<Diagnostic>) {
    for watch in value.at(&["develop", "watch"]).and_then(Value::as_seq).unwrap_or_default() {
        if let Some(path) = watch.get("path").filter(|path| path.as_str() == Some("")) {
            found.push(at(service, path, format!("service `{service}` watches an empty path"), "name a path"));
        }
    }
}
