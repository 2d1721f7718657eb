//! A reservation with `driver: nvidia`, and `gpus`: requests that the engine's own driver fulfils.
//!
//! The engine has that driver if it found the toolkit's hook on its PATH when it started. No API
//! tells; our own PATH is the evidence.

use super::{
    Step, Verdict, driver, engine, fails, known_to_driver, resolved,
    runtime::{self, toolkit},
    unknown,
};
use crate::host::{DeviceProblem, Docker, HostFacts, Toolkit, Version};

/// The request with these ids (`count: N` is the ids 0 to N-1, `count: all` is `all`).
pub fn reservation(host: &HostFacts, ids: &[String]) -> Verdict {
    fulfilled(host, ids).map_or_else(|verdict| verdict, Verdict::Works)
}

/// The same under `gpus`, which Compose sends from 2.30 on; the one before validates the key and
/// drops it (recorded: 2.26.1), or refuses it.
pub fn gpus(host: &HostFacts, ids: &[String]) -> Verdict {
    let compose = host.compose.known().and_then(Option::as_ref);
    match compose.and_then(|compose| compose.version()) {
        Some(version) if version < Version::new(2, 30, 0) => {
            Verdict::Fails(format!("Compose {version} does not send `gpus`; 2.30 does"))
        }
        _ => reservation(host, ids),
    }
}

fn fulfilled(host: &HostFacts, ids: &[String]) -> Step<String> {
    let (docker, version) = engine(host)?;
    if docker.is_podman() {
        return Err(Verdict::Silent("Podman drops device requests that are not CDI's".to_owned()));
    }
    // Desktop brings the toolkit itself, in its own virtual machine; its CDI folders hold nothing.
    if docker.is_desktop() && docker.is_on_wsl() && docker.runtimes.contains_key("nvidia") {
        return Ok("Docker Desktop fulfils such requests with the GPUs of Windows".to_owned());
    }
    driver(host)?;
    let (toolkit, _) = toolkit(host)?;
    let has = |name: &str| toolkit.binary(name).is_some();
    let (has_hook, has_cdi_hook) = (has("nvidia-container-runtime-hook"), has("nvidia-cdi-hook"));
    let knows_cdi_hook = version >= Version::new(29, 2, 0);
    if !(has_hook || knows_cdi_hook && has_cdi_hook) {
        return fails("the engine has no driver `nvidia`: nvidia-container-runtime-hook is not on PATH");
    }
    // 29.2 on: CDI first, and the hook for what the engine itself sees go wrong
    // (moby 86f122af27, daemon/devices_nvidia_linux.go).
    if knows_cdi_hook
        && has_cdi_hook
        && let Some(verdict) = by_cdi(host, docker, ids)
    {
        return verdict;
    }
    match has_hook {
        true => by_hook(host, docker, toolkit, ids),
        false => fails("no CDI spec has these names, and nvidia-container-runtime-hook is not on PATH"),
    }
}

/// `None` where the engine falls back to the hook. A missing library or hook of the spec is found out
/// by runc, too late for that (recorded: 29.7.2).
fn by_cdi(host: &HostFacts, docker: &Docker, ids: &[String]) -> Option<Step<String>> {
    let lookup = host.cdi.known()?.lookup(&docker.cdi_dirs());
    let names: Vec<String> =
        ids.iter().map(|id| if id.contains('=') { id.clone() } else { format!("nvidia.com/gpu={id}") }).collect();
    for name in &names {
        let device = lookup.devices.get(name)?;
        if device.problems().any(|problem| matches!(problem, DeviceProblem::MissingNode { .. })) {
            return None;
        }
    }
    let all = names.iter().try_for_each(|name| resolved(&lookup, name).map(|_| ()));
    Some(all.map(|()| "the engine's driver `nvidia` takes the CDI spec".to_owned()))
}

/// The hook that the engine adds; under `nvidia` as default runtime that runtime does its work.
fn by_hook(host: &HostFacts, docker: &Docker, toolkit: &Toolkit, ids: &[String]) -> Step<String> {
    if docker.default_runtime.as_deref() == Some("nvidia") {
        return runtime::injected(host, ids);
    }
    let config = toolkit.config.known().and_then(Option::as_ref);
    let skips = config.and_then(|config| config.skip_mode_detection) == Some(true);
    let is_tegra = host.system.known().is_some_and(|system| system.is_tegra);
    match config.and_then(|config| config.mode.as_deref()).unwrap_or("auto") {
        _ if skips => {}
        "legacy" => {}
        "auto" if is_tegra => return fails("on Tegra the hook refuses to be called without the runtime `nvidia`"),
        "auto" if ids.iter().any(|id| id.contains('=')) => {
            return fails("the hook takes no CDI names without the runtime `nvidia`");
        }
        "auto" => {}
        mode @ ("cdi" | "csv" | "jit-cdi") => {
            return fails(format!("in mode `{mode}` the hook refuses to be called without the runtime `nvidia`"));
        }
        mode => return unknown(format!("config.toml has mode `{mode}`, which is not known here")),
    }
    ids.iter().try_for_each(|id| known_to_driver(host, id))?;
    runtime::legacy(host, docker, toolkit, config, ids)
}
