//! Which engine a user's `docker` command talks to.
//!
//! DOCKER_HOST, else the context that DOCKER_CONTEXT or config.json names, else the default socket
//! (docker/cli cli/command/cli.go `resolveContextName`, v29.7.2).

use std::path::{Path, PathBuf};

use super::{
    Settings,
    disk::{Disk, is_absent},
};

/// Where TLS is asked for and no engine is named (docker 28.5 and 29.7; seen on 28.5).
const DEFAULT_TLS: &str = "tcp://localhost:2376";

/// The socket where nothing says otherwise.
const DEFAULT: &str = if cfg!(windows) { "npipe:////./pipe/docker_engine" } else { "unix:///var/run/docker.sock" };

/// An engine's address, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// Such as `unix:///var/run/docker.sock`.
    pub(super) address: String,
    /// TLS, where it is asked for.
    pub(super) tls: Option<Tls>,
}

/// How TLS is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tls {
    /// What asks for it, as a clause: `DOCKER_TLS_VERIFY is set`.
    pub(super) why: String,
    /// The folder of ca.pem, cert.pem and key.pem; any of them may be missing.
    pub(super) folder: PathBuf,
    /// Whether the engine must prove who it is.
    pub(super) is_verified: bool,
}

impl Endpoint {
    /// The address without a password that somebody put into it.
    pub(super) fn shown(&self) -> String {
        let (scheme, rest) = self.address.split_once("://").unwrap_or(("", &self.address));
        let authority = rest.split('/').next().unwrap_or(rest);
        let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        match password {
            Some((_, password)) => format!("{scheme}://{}", rest.replacen(&format!(":{password}@"), "@", 1)),
            None => self.address.clone(),
        }
    }
}

/// The engine that is meant.
///
/// # Errors
/// As one clause, where a context is named that cannot be read.
pub(super) fn endpoint(settings: &Settings) -> Result<Endpoint, String> {
    let variable = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty());
    if let Some(host) = variable("DOCKER_HOST") {
        return Ok(Endpoint { address: whole(host), tls: named_tls(settings) });
    }
    let folder = config_folder(settings);
    let context = match (variable("DOCKER_CONTEXT"), &folder) {
        (Some(name), _) => Some(name.clone()),
        (None, Some(folder)) => current_context(Path::new(folder))?,
        (None, None) => None,
    };
    match (context, folder) {
        (Some(name), Some(folder)) if name != "default" => context_endpoint(Path::new(&folder), &name),
        _ => Ok(match named_tls(settings) {
            Some(tls) => Endpoint { address: DEFAULT_TLS.to_owned(), tls: Some(tls) },
            None => Endpoint { address: default_address(settings), tls: None },
        }),
    }
}

/// TLS as the environment asks for it; whatever the value, so long as there is one. It does not count for a
/// context (docker/cli cli/flags/options.go, v29.7.2; seen on 28.5).
fn named_tls(settings: &Settings) -> Option<Tls> {
    let variable = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty());
    let name = ["DOCKER_TLS_VERIFY", "DOCKER_TLS"].into_iter().find(|name| variable(name).is_some())?;
    let folder = variable("DOCKER_CERT_PATH").cloned().or_else(|| config_folder(settings)).unwrap_or_default();
    Some(Tls { why: format!("{name} is set"), folder: folder.into(), is_verified: name == "DOCKER_TLS_VERIFY" })
}

/// DOCKER_HOST with what Docker's own command adds: a scheme, and port 2375 with TLS or without
/// (docker/cli opts/hosts.go, v29.7.2; seen on 28.5).
fn whole(address: &str) -> String {
    let address = address.trim();
    let (scheme, rest) = match address.split_once("://") {
        Some(parts) => parts,
        None if address.starts_with(['/', '.']) => ("unix", address),
        None => ("tcp", address),
    };
    if scheme != "tcp" {
        return format!("{scheme}://{rest}");
    }
    let (host, path) = rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
    let host = host.strip_suffix(':').unwrap_or(host);
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
    match (host, has_port) {
        ("", _) => format!("tcp://localhost:2375{path}"),
        (_, true) => format!("tcp://{host}{path}"),
        (_, false) => format!("tcp://{host}:2375{path}"),
    }
}

/// The default socket; where it is not there, the first of those that engines without root and Podman
/// make. Docker's own command would not look for these; `podman compose` and Desktop's contexts do.
fn default_address(settings: &Settings) -> String {
    let variable = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty());
    let at_home = variable("HOME").map(|home| format!("{home}/.docker/run/docker.sock"));
    let at_runtime = |name: &str| Some(format!("{}/{name}", variable("XDG_RUNTIME_DIR")?));
    let rootful = Some("/run/podman/podman.sock".to_owned())
        .filter(|path| Disk::new(&settings.root).exists(path).unwrap_or(false));
    let others = [at_runtime("docker.sock"), at_home, at_runtime("podman/podman.sock")];
    if cfg!(windows) || Disk::new(&settings.root).exists("/var/run/docker.sock").unwrap_or(true) {
        return DEFAULT.to_owned();
    }
    let found = others.into_iter().flatten().find(|path| Path::new(path).exists()).or(rootful);
    found.map_or_else(|| DEFAULT.to_owned(), |path| format!("unix://{path}"))
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

/// Contexts lie in folders named by a hash of their name, and hold the name themselves; their
/// certificates lie in a folder of the same name (docker/cli cli/context/store, v29.7.2).
fn context_endpoint(folder: &Path, name: &str) -> Result<Endpoint, String> {
    let contexts = folder.join("contexts");
    let metas = contexts.join("meta");
    let entries = std::fs::read_dir(&metas).map_err(|error| format!("docker context `{name}`: {error}"))?;
    for entry in entries.flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("meta.json")) else { continue };
        let Ok(meta) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        if meta.get("Name").and_then(|found| found.as_str()) != Some(name) {
            continue;
        }
        let host = meta.pointer("/Endpoints/docker/Host").and_then(|host| host.as_str());
        let address = host.ok_or_else(|| format!("docker context `{name}` names no host"))?.to_owned();
        let skips = meta.pointer("/Endpoints/docker/SkipTLSVerify").and_then(|skip| skip.as_bool());
        let is_verified = skips != Some(true);
        let folder = contexts.join("tls").join(entry.file_name()).join("docker");
        let is_asked = !is_verified || folder.is_dir();
        let tls = is_asked.then(|| Tls { why: format!("docker context `{name}` has TLS"), folder, is_verified });
        return Ok(Endpoint { address, tls });
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
