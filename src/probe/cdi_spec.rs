//! Reads one CDI spec file and refuses what engines refuse.
//!
//! Source: CDI pkg/cdi/{spec,device,version,container-edits}.go, v1.1.0; the refusals were tried
//! on engine 28.5.2.

use serde::Deserialize;

use super::cdi_types::{Edits, Hook, Mount, Node, Spec, Text, lower_keys};
use crate::host::Version;

/// The versions of the format.
const VERSIONS: [&str; 10] = ["0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"];

const HOOKS: [&str; 6] = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

/// A spec that readers take, and the lowest version that has all its fields.
///
/// # Errors
/// Why readers refuse the file, as one clause.
pub(super) fn read(text: &str) -> Result<(Spec, &'static str), String> {
    let value = first_document(text)?;
    let spec: Spec = serde_yaml::from_value(lower_keys(value))
        .map_err(|error| format!("it does not have a CDI spec's shape: {error}"))?;
    let version = spec.cdi_version.0.as_str();
    let declared = VERSIONS.iter().position(|known| *known == version.trim_start_matches('v'));
    let Some(declared) = declared else { return Err(format!("`cdiVersion: {version}` is no version of the format")) };
    check(&spec)?;
    let needed = needed(&spec);
    if declared < position(needed) {
        return Err(format!("it has fields of CDI {needed} under `cdiVersion: {version}`"));
    }
    Ok((spec, needed))
}

/// Readers look at the first document only.
fn first_document(text: &str) -> Result<serde_yaml::Value, String> {
    let not_yaml = |error: serde_yaml::Error| format!("it is not valid YAML: {error}");
    let mut documents = serde_yaml::Deserializer::from_str(text);
    let document = documents.next().ok_or("it is empty")?;
    let mut value = serde_yaml::Value::deserialize(document).map_err(not_yaml)?;
    value.apply_merge().map_err(not_yaml)?;
    if value.is_null() {
        return Err("it is empty".to_owned());
    }
    Ok(value)
}

fn position(version: &str) -> usize {
    VERSIONS.iter().position(|known| *known == version).expect("versions named here are in the list")
}

fn check(spec: &Spec) -> Result<(), String> {
    let kind = &spec.kind.0;
    let (vendor, class) = kind.split_once('/').ok_or_else(|| format!("`kind: {kind}` is not vendor/class"))?;
    if !is_word(vendor, false, "_-.") || !is_word(class, false, "_-.") {
        return Err(format!("`kind: {kind}` is not vendor/class"));
    }
    let devices = spec.devices.as_deref().unwrap_or_default();
    if devices.is_empty() {
        return Err("it has no devices".to_owned());
    }
    if let Some(edits) = &spec.edits {
        check_edits(edits)?;
    }
    for (at, device) in devices.iter().enumerate() {
        let name = &device.name.0;
        if !is_word(name, true, "_-.:") {
            return Err(format!("`{name}` is no device name"));
        }
        if devices[..at].iter().any(|other| other.name.0 == *name) {
            return Err(format!("device `{name}` is there twice"));
        }
        let edits = device.edits.as_ref().filter(|edits| !edits.is_empty());
        let edits = edits.ok_or_else(|| format!("device `{name}` does nothing to a container"))?;
        check_edits(edits).map_err(|reason| format!("device `{name}`: {reason}"))?;
    }
    Ok(())
}

/// Letters and digits at both ends, and `inner` between; a letter first unless `digit_first`.
fn is_word(text: &str, digit_first: bool, inner: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || digit_first && c.is_ascii_digit();
    text.starts_with(first)
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || inner.contains(c))
}

fn check_edits(edits: &Edits) -> Result<(), String> {
    check_env(edits.env.as_deref())?;
    for node in edits.device_nodes.iter().flatten() {
        check_node(node)?;
    }
    for Hook { name, path, env, .. } in edits.hooks.iter().flatten() {
        if !HOOKS.contains(&name.0.as_str()) {
            return Err(format!("`{}` is no hook's name", name.0));
        }
        if path.0.is_empty() {
            return Err(format!("hook `{}` has no path", name.0));
        }
        check_env(env.as_deref())?;
    }
    let is_whole = |mount: &Mount| !mount.host_path.0.is_empty() && !mount.container_path.0.is_empty();
    if edits.mounts.iter().flatten().any(|mount| !is_whole(mount)) {
        return Err("a mount lacks its `hostPath` or `containerPath`".to_owned());
    }
    Ok(())
}

fn check_node(node: &Node) -> Result<(), String> {
    let path = &node.path.0;
    if path.is_empty() {
        return Err("a device node has no path".to_owned());
    }
    if !["", "b", "c", "u", "p"].contains(&node.kind.0.as_str()) {
        return Err(format!("device node `{path}` has type `{}`", node.kind.0));
    }
    if node.permissions.0.chars().any(|c| !"rwm".contains(c)) {
        return Err(format!("device node `{path}` has permissions `{}`", node.permissions.0));
    }
    Ok(())
}

fn check_env(env: Option<&[Text]>) -> Result<(), String> {
    match env.into_iter().flatten().find(|entry| !entry.0.contains('=')) {
        Some(entry) => Err(format!("environment entry `{}` has no `=`", entry.0)),
        None => Ok(()),
    }
}

impl Edits {
    fn is_empty(&self) -> bool {
        let lists = [
            self.env.as_ref().map(Vec::len),
            self.device_nodes.as_ref().map(Vec::len),
            self.net_devices.as_ref().map(Vec::len),
            self.hooks.as_ref().map(Vec::len),
            self.mounts.as_ref().map(Vec::len),
            self.additional_gids.as_ref().map(Vec::len),
        ];
        lists.iter().all(|length| length.unwrap_or(0) == 0) && self.intel_rdt.is_none()
    }
}

/// The lowest version that has every field used (CDI SPEC.md, "Released versions").
fn needed(spec: &Spec) -> &'static str {
    let devices = || spec.devices.iter().flatten();
    let edits = || spec.edits.iter().chain(devices().filter_map(|device| device.edits.as_ref()));
    let class = spec.kind.0.split_once('/').map_or("", |(_, class)| class);
    let has_annotations = spec.annotations.is_some() || devices().any(|device| device.annotations.is_some());
    let starts_with_digit = |name: &str| name.starts_with(|c: char| c.is_ascii_digit());
    let mut nodes = edits().flat_map(|edits| edits.device_nodes.iter().flatten());
    let mut mounts = edits().flat_map(|edits| edits.mounts.iter().flatten());
    let used = [
        (edits().any(|edits| edits.net_devices.is_some()), "1.1.0"),
        (edits().any(|edits| edits.additional_gids.is_some() || edits.intel_rdt.is_some()), "0.7.0"),
        (has_annotations || class.contains('.'), "0.6.0"),
        (nodes.any(|node| !node.host_path.0.is_empty()), "0.5.0"),
        (devices().any(|device| starts_with_digit(&device.name.0)), "0.5.0"),
        (mounts.any(|mount| !mount.kind.0.is_empty()), "0.4.0"),
    ];
    used.into_iter().find(|(is_used, _)| *is_used).map_or("0.3.0", |(_, version)| version)
}

/// Whether a version that a file declares is at least another.
pub(super) fn later(one: &str, other: &str) -> String {
    let newest = Version::parse(one).max(Version::parse(other));
    newest.map_or_else(|| one.to_owned(), |version| version.to_string())
}
