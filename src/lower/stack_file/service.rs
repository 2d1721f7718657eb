//! A service of a stack file.

use std::path::Path;

use super::{Found, Reader, to_number, to_text};
use crate::{
    source::{Files, SourceMap},
    yaml::{Data, Map, Value},
};

/// The keys that `docker stack deploy` acts on.
const TAKEN: &[&str] = &[
    "cap_add",
    "cap_drop",
    "command",
    "configs",
    "credential_spec",
    "deploy",
    "dns",
    "dns_search",
    "entrypoint",
    "env_file",
    "environment",
    "extra_hosts",
    "healthcheck",
    "hostname",
    "image",
    "init",
    "isolation",
    "labels",
    "logging",
    "networks",
    "oom_score_adj",
    "ports",
    "read_only",
    "secrets",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "user",
    "volumes",
    "working_dir",
];

/// Keys whose loss nobody has to be told of: they are for building, for the order of starting, or
/// name what a swarm names itself.
const SILENT: &[&str] = &["attach", "build", "develop", "profiles", "pull_policy"];

/// Keys below `deploy`.
const DEPLOY: &[&str] = &[
    "endpoint_mode",
    "labels",
    "mode",
    "placement",
    "replicas",
    "resources",
    "restart_policy",
    "rollback_config",
    "update_config",
];

/// Keys of a service that have a place below `deploy.resources`.
const LIMITS: [(&str, &str, &str); 4] = [
    ("cpus", "limits", "cpus"),
    ("mem_limit", "limits", "memory"),
    ("pids_limit", "limits", "pids"),
    ("mem_reservation", "reservations", "memory"),
];

/// Writes one service as the reader takes it.
pub(super) fn respell(name: &str, service: &mut Map, reader: Reader, files: &dyn Files, out: &mut Found) {
    let whose = format!("service `{name}`");
    if !service.contains_key("image") {
        out.refused.push(format!("{whose} has no `image`: a swarm builds none, it pulls"));
    }
    SILENT.iter().for_each(|key| drop(service.shift_remove(*key)));
    into_deploy(service);
    let is_taken = |key: &str| TAKEN.contains(&key) && (key != "oom_score_adj" || reader.has_oom_score_adj);
    out.keep(&whose, service, is_taken);
    if let Some(deploy) = service.get_mut("deploy").and_then(Value::as_map_mut) {
        respell_deploy(&whose, deploy, reader, out);
    }
    if let Some(check) = service.get_mut("healthcheck").and_then(Value::as_map_mut) {
        out.keep(&whose, check, |key| key != "start_interval" || !reader.needs_version);
    }
    for (network, own) in service.get_mut("networks").and_then(Value::as_map_mut).into_iter().flatten() {
        if let Some(own) = own.as_map_mut() {
            let whose = format!("{whose} on network `{network}`");
            out.keep(&whose, own, |key| matches!(key, "aliases" | "ipv4_address" | "ipv6_address"));
        }
    }
    for host in items(service.get_mut("extra_hosts")) {
        if let Some(text) = host.as_str().map(|text| text.replacen('=', ":", 1)) {
            *host = Value::from(text.as_str());
        }
    }
    for mount in items(service.get_mut("secrets")).filter_map(|mount| mount.at_mut(&["mode"])) {
        to_number(mount, 8);
    }
    for mount in items(service.get_mut("configs")).filter_map(|mount| mount.at_mut(&["mode"])) {
        to_number(mount, 8);
    }
    respell_ports(&whose, service.get_mut("ports"), out);
    respell_volumes(&whose, service, out);
    respell_env_file(&whose, service, files, out);
}

/// `restart`, `scale` and the old limits, where `deploy` does not say the same already.
fn into_deploy(service: &mut Map) {
    if let Some(scale) = service.shift_remove("scale") {
        set(service, &["deploy", "replicas"], scale);
    }
    for (key, group, below) in LIMITS {
        if let Some(value) = service.shift_remove(key) {
            set(service, &["deploy", "resources", group, below], value);
        }
    }
    let Some(restart) = service.shift_remove("restart").and_then(|restart| restart.as_str().map(str::to_owned)) else {
        return;
    };
    let (condition, attempts) = match restart.split_once(':') {
        Some((condition, attempts)) => (condition, attempts.parse().ok()),
        None => (restart.as_str(), None),
    };
    let condition = match condition {
        "no" => "none",
        "on-failure" => "on-failure",
        _ => "any",
    };
    let has_policy = service.get("deploy").is_some_and(|deploy| deploy.get("restart_policy").is_some());
    if !has_policy {
        set(service, &["deploy", "restart_policy", "condition"], Value::from(condition));
        if let Some(attempts) = attempts {
            set(service, &["deploy", "restart_policy", "max_attempts"], Value::from(Data::Int(attempts)));
        }
    }
}

/// Sets a value below mappings that are made where they are missing; one that is there stays.
fn set(service: &mut Map, path: &[&str], value: Value) {
    let Some((last, above)) = path.split_last() else { return };
    let mut map = service;
    for key in above {
        let next = map.entry((*key).to_owned()).or_insert_with(|| Value::from(Data::Map(Map::new())));
        if next.as_map().is_none() {
            next.data = Data::Map(Map::new());
        }
        map = next.as_map_mut().expect("the value was just made a mapping");
    }
    map.entry((*last).to_owned()).or_insert(value);
}

fn respell_deploy(whose: &str, deploy: &mut Map, reader: Reader, out: &mut Found) {
    out.keep(whose, deploy, |key| DEPLOY.contains(&key));
    for (group, last) in [("limits", "pids"), ("reservations", "generic_resources")] {
        let Some(group) = deploy.get_mut("resources").and_then(|it| it.at_mut(&[group])).and_then(Value::as_map_mut)
        else {
            continue;
        };
        let has_last = last != "pids" || !reader.needs_version;
        out.keep(whose, group, |key| matches!(key, "cpus" | "memory") || (key == last && has_last));
        group.get_mut("cpus").into_iter().for_each(to_text);
    }
    for resource in items(deploy.get_mut("resources").and_then(|it| it.at_mut(&["reservations", "generic_resources"])))
    {
        resource.at_mut(&["discrete_resource_spec", "value"]).into_iter().for_each(|value| to_number(value, 10));
    }
}

fn respell_ports(whose: &str, ports: Option<&mut Value>, out: &mut Found) {
    for port in items(ports).filter_map(Value::as_map_mut) {
        let target = port.get("target").and_then(Value::scalar_text).unwrap_or_default();
        if let Some(address) = port.get("host_ip").and_then(Value::as_str) {
            out.refused.push(format!(
                "{whose} publishes its port {target} on {address} alone: a swarm publishes on every address"
            ));
        }
        if let Some(published) = port.get_mut("published") {
            to_number(published, 10);
            if let Some(range) = published.as_str() {
                out.refused.push(format!("{whose} publishes its port {target} on one of {range}: a swarm takes one"));
            }
        }
        out.keep(&format!("{whose}, port {target}"), port, |key| {
            matches!(key, "mode" | "target" | "published" | "protocol")
        });
    }
}

fn respell_volumes(whose: &str, service: &mut Map, out: &mut Found) {
    for mount in items(service.get_mut("volumes")) {
        mount.at_mut(&["tmpfs", "size"]).into_iter().for_each(|size| to_number(size, 10));
        let kind = mount.get("type").and_then(Value::as_str).unwrap_or_default();
        if !matches!(kind, "volume" | "bind" | "tmpfs" | "npipe") {
            let target = mount.get("target").and_then(Value::as_str).unwrap_or_default();
            out.refused.push(format!("{whose} mounts {kind} at {target}, which a swarm cannot"));
        }
    }
}

/// Files of variables as paths alone. One that may be missing and is missing goes; what the reader
/// would take for other values than Compose does is said.
fn respell_env_file(whose: &str, service: &mut Map, files: &dyn Files, out: &mut Found) {
    let Some(list) = service.get_mut("env_file").and_then(Value::as_seq_mut) else { return };
    list.retain_mut(|item| {
        let Some(path) = item.get("path").and_then(Value::as_str).map(str::to_owned) else { return true };
        let is_required = item.get("required").and_then(Value::as_bool) != Some(false);
        let is_raw = item.get("format").and_then(Value::as_str) == Some("raw");
        let text = files.read(Path::new(&path), SourceMap::MAX_BYTES);
        *item = Value::from(path.as_str());
        let Ok(text) = text else { return is_required };
        let is_other = |line: &[u8]| !line.trim_ascii_start().starts_with(b"#") && line.iter().any(|b| b"'\"$".contains(b));
        if !is_raw && text.split(|byte| *byte == b'\n').any(is_other) {
            out.notes.push(format!(
                "{whose}: `docker stack deploy` reads `{path}` as it stands: its quotes and `$` become parts of the values"
            ));
        }
        true
    });
    if list.is_empty() {
        service.shift_remove("env_file");
    }
}

fn items(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_seq_mut).into_iter().flatten()
}
