//! Which engine a user's `docker` command talks to.
//!
//! DOCKER_HOST, else the context that DOCKER_CONTEXT or config.json names, else the default socket
//! (docker/cli cli/command/cli.go `resolveContextName`, v29.7.2).

use std::path::Path;

use super::{Settings, disk::is_absent};

/// The socket where nothing says otherwise.
const DEFAULT: &str = if cfg!(windows) { "npipe:////./pipe/docker_engine" } else { "unix:///var/run/docker.sock" };

/// The address of the engine.
///
/// # Errors
/// As one clause, where a context is named that cannot be read.
pub(super) fn address(settings: &Settings) -> Result<String, String> {
    let variable = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty());
    if let Some(host) = variable("DOCKER_HOST") {
        return Ok(host.clone());
    }
    let Some(folder) = config_folder(settings) else { return Ok(DEFAULT.to_owned()) };
    let context = match variable("DOCKER_CONTEXT") {
        Some(name) => Some(name.clone()),
        None => current_context(Path::new(&folder))?,
    };
    match context {
        Some(name) if name != "default" => context_address(Path::new(&folder), &name),
        _ => Ok(DEFAULT.to_owned()),
    }
}

/// The folder of docker's own configuration: DOCKER_CONFIG, else `.docker` in the home folder.
pub(super) fn config_folder(settings: &Settings) -> Option<String> {
    let variable = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty());
    let home = || Some(format!("{}/.docker", variable("HOME").or_else(|| variable("USERPROFILE"))?));
    variable("DOCKER_CONFIG").cloned().or_else(home)
}

fn current_context(folder: &Path) -> Result<Option<String>, String> {
    let path = folder.join("config.json");
    let text = match std::fs::read_to_string(&path) {
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(format!("`{}` cannot be read: {error}", path.display())),
        Ok(text) => text,
    };
    let config: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("`{}` is no JSON: {error}", path.display()))?;
    Ok(config.get("currentContext").and_then(|name| name.as_str()).filter(|name| !name.is_empty()).map(str::to_owned))
}

/// Contexts lie in folders named by a hash of their name, and hold the name themselves.
fn context_address(folder: &Path, name: &str) -> Result<String, String> {
    let metas = folder.join("contexts").join("meta");
    let entries = std::fs::read_dir(&metas).map_err(|error| format!("docker context `{name}`: {error}"))?;
    for entry in entries.flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("meta.json")) else { continue };
        let Ok(meta) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        if meta.get("Name").and_then(|found| found.as_str()) == Some(name) {
            let host = meta.pointer("/Endpoints/docker/Host").and_then(|host| host.as_str());
            return host.map(str::to_owned).ok_or_else(|| format!("docker context `{name}` names no host"));
        }
    }
    Err(format!("docker context `{name}` does not exist in `{}`", metas.display()))
}

/// Whether an address leads over a network to another machine.
pub(super) fn is_elsewhere(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else { return false };
    if matches!(scheme, "unix" | "npipe") {
        return false;
    }
    let authority = rest.split('/').next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    !(name.is_empty() || name == "localhost" || name == "::1" || name.starts_with("127."))
}
