//! The commands that mend a host, as this host can run them: a program that is not there is installed
//! first, and an engine without root has its own service.

use crate::host::{Docker, HostFacts, Version};

/// The first toolkit whose `runtime configure` can switch CDI on.
const CAN_ENABLE_CDI: Version = Version::new(1, 15, 0);

/// Writes an NVIDIA spec.
pub(super) fn generate(host: &HostFacts, path: &str) -> String {
    with_ctk(host, &format!("`sudo nvidia-ctk cdi generate --output={path}`"))
}

/// Sets a key of config.toml.
pub(super) fn set_config(host: &HostFacts, key: &str, value: &str) -> String {
    with_ctk(host, &format!("`sudo nvidia-ctk config --set {key}={value} --in-place`"))
}

/// Registers the runtime `nvidia` with the engine, which then has to be started again.
pub(super) fn register_runtime(host: &HostFacts) -> String {
    format!("`{}` and `{}`", configure(host), restart(host))
}

/// Switches CDI on: by the toolkit's program where it can, else by a key in `path`.
pub(super) fn enable_cdi(host: &HostFacts, path: &str) -> String {
    let by_hand = format!("write `\"features\": {{\"cdi\": true}}` into {path}");
    match ctk(host) {
        Some(Some(version)) if version >= CAN_ENABLE_CDI => {
            format!("`{} --cdi.enabled` and `{}`; or {by_hand}", configure(host), restart(host))
        }
        // daemon.json has what else the engine needs: the merged file is safer than an editor.
        _ => format!(
            "{by_hand}: `composegpu doctor --write gpu-host` makes the merged file, \
             `{}` puts it in place, then `{}`",
            install(host, path),
            restart(host)
        ),
    }
}

/// Starts the engine again, so that it reads its configuration.
pub(super) fn restart(host: &HostFacts) -> &'static str {
    if is_rootless(host) { "systemctl --user restart docker" } else { "sudo systemctl restart docker" }
}

/// `sudo install` of a file that `doctor --write gpu-host` made.
fn install(host: &HostFacts, path: &str) -> String {
    let sudo = if is_rootless(host) { "" } else { "sudo " };
    format!("{sudo}install -D -b -m 0644 gpu-host{path} {path}")
}

fn configure(host: &HostFacts) -> String {
    let file = host.toolkit.known().and_then(|toolkit| toolkit.daemon_json.known()?.as_ref());
    if is_rootless(host) {
        let path = file.map_or("$HOME/.config/docker/daemon.json", |file| file.path.as_str());
        return format!("nvidia-ctk runtime configure --runtime=docker --config={path}");
    }
    "sudo nvidia-ctk runtime configure --runtime=docker".to_owned()
}

/// A command of `nvidia-ctk`, with the package before it where the program is known to be absent.
fn with_ctk(host: &HostFacts, command: &str) -> String {
    match ctk(host) {
        Some(None) => format!("install the package `nvidia-container-toolkit-base`, then {command}"),
        _ => command.to_owned(),
    }
}

/// The version of `nvidia-ctk`; `None` outside where it could not be seen, inside where there is none.
fn ctk(host: &HostFacts) -> Option<Option<Version>> {
    let version = host.toolkit.known()?.version.known()?;
    match version {
        None => Some(None),
        Some(version) => Version::parse(version).map(Some),
    }
}

fn is_rootless(host: &HostFacts) -> bool {
    host.docker.known().is_some_and(Docker::is_rootless)
}
