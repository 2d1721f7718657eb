//! What stands beside the services of a stack file: networks, volumes, secrets and configs.

use super::Found;
use crate::yaml::{Map, Value};

/// Keys at the top of a stack file.
const TOP: &[&str] = &["configs", "networks", "secrets", "services", "volumes"];

/// Keys of a network.
const NETWORK: &[&str] = &["attachable", "driver", "driver_opts", "external", "internal", "ipam", "labels", "name"];

/// Keys of a secret or a config.
const FILE: &[&str] = &["driver", "driver_opts", "external", "file", "labels", "name", "template_driver"];

/// Writes them as the reader takes them.
pub(super) fn respell(project: &str, root: &mut Map, out: &mut Found) {
    // The stack's name is given where it is deployed.
    root.shift_remove("name");
    out.keep("the project", root, |key| TOP.contains(&key));
    for kind in ["networks", "volumes", "secrets", "configs"] {
        for (name, resource) in root.get_mut(kind).and_then(Value::as_map_mut).into_iter().flatten() {
            let Some(resource) = resource.as_map_mut() else { continue };
            // A name that Compose made of the project's; the stack makes its own.
            if resource.get("name").and_then(Value::as_str) == Some(&format!("{project}_{name}")) {
                resource.shift_remove("name");
            }
            let whose = format!("{} `{name}`", kind.trim_end_matches('s'));
            match kind {
                "networks" => network(&whose, resource, out),
                "volumes" => {}
                _ => file(&whose, resource, out),
            }
        }
    }
}

fn network(whose: &str, network: &mut Map, out: &mut Found) {
    if let Some(driver) = network.get("driver").and_then(Value::as_str).filter(|driver| *driver == "bridge") {
        out.notes.push(format!("{whose}: its driver `{driver}` is left out: tasks share an overlay network"));
        network.shift_remove("driver");
        network.shift_remove("driver_opts");
    }
    out.keep(whose, network, |key| NETWORK.contains(&key));
    let Some(ipam) = network.get_mut("ipam").and_then(Value::as_map_mut) else { return };
    out.keep(whose, ipam, |key| matches!(key, "driver" | "config"));
    let pools = ipam.get_mut("config").and_then(Value::as_seq_mut);
    for pool in pools.into_iter().flatten().filter_map(Value::as_map_mut) {
        out.keep(whose, pool, |key| key == "subnet");
    }
}

fn file(whose: &str, resource: &mut Map, out: &mut Found) {
    for key in ["content", "environment"] {
        if resource.shift_remove(key).is_some() {
            out.refused.push(format!("{whose} is made of `{key}`: a stack file takes it from a `file`"));
        }
    }
    out.keep(whose, resource, |key| FILE.contains(&key));
}
