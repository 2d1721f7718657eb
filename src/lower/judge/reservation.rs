//! A reservation with `driver: nvidia`, and `gpus`: requests that the engine's own driver fulfils.
//!
//! The engine has that driver if it found the toolkit's hook on its PATH when it started. No API
//! tells; our own PATH is the evidence.

use super::{
    Step, Verdict, cdi, driver, engine, fails, known_to_driver, resolved,
    runtime::{self, toolkit},
    unknown,
};
use crate::host::{Compose, DeviceProblem, Docker, HostFacts, Toolkit, Version};

/// The request with these ids (`count: N` is the ids 0 to N-1, `count: all` is `all`).
pub fn reservation(host: &HostFacts, ids: &[String]) -> Verdict {
    fulfilled(host, ids).map_or_else(|verdict| verdict, Verdict::Works)
}

/// The same under `gpus`, which Compose sends from 2.30 on; the one before reads the key and drops
/// it (recorded: 2.26.1 with compose-go 2.4.8), or refuses it.
pub fn gpus(host: &HostFacts, ids: &[String]) -> Verdict {
    let compose = host.compose.known().and_then(Option::as_ref);
    match compose.and_then(Compose::before_gpus) {
        Some(old) => Verdict::Silent(format!("Compose {old} does not send `gpus`; 2.30 does")),
        None => reservation(host, ids),
    }
}

/// How the engine's driver `nvidia` answers.
pub(super) enum Way {
    /// By a CDI spec, with all of the driver; why.
    Cdi(String),
    /// In another way that is done with; why.
    Done(String),
    /// It adds the toolkit's hook, with the ids in NVIDIA_VISIBLE_DEVICES.
    Hook,
}

/// The names of the engine's drivers for NVIDIA GPUs (moby daemon/devices_nvidia_linux.go, v29.7.2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// `nvidia`.
    Nvidia,
    /// `nvidia.cdi`, 29.2 on: CDI and no fallback.
    Cdi,
    /// `nvidia.runtime-hook`, 29.2 on: the hook and no CDI.
    RuntimeHook,
}

fn fulfilled(host: &HostFacts, ids: &[String]) -> Step<String> {
    match way(host, Name::Nvidia, ids)? {
        Way::Cdi(reason) | Way::Done(reason) => Ok(reason),
        Way::Hook if runtime::is_nvidia(host, None)? => runtime::injected(host, ids),
        Way::Hook => by_hook(host, ids),
    }
}

/// Whether the engine has the driver.
pub(super) fn has(host: &HostFacts, name: Name) -> Step<bool> {
    let (_, version) = engine(host)?;
    let (toolkit, _) = toolkit(host)?;
    let is_new = version >= Version::new(29, 2, 0);
    let has_hook = toolkit.binary("nvidia-container-runtime-hook").is_some();
    let has_cdi_hook = is_new && toolkit.binary("nvidia-cdi-hook").is_some();
    Ok(match name {
        Name::Nvidia => has_hook || has_cdi_hook,
        Name::Cdi => has_cdi_hook,
        Name::RuntimeHook => is_new && has_hook,
    })
}

/// What the driver does with a request.
pub(super) fn way(host: &HostFacts, name: Name, ids: &[String]) -> Step<Way> {
    let (docker, _) = engine(host)?;
    if docker.is_podman() {
        return Err(Verdict::Silent("Podman drops device requests that are not CDI's".to_owned()));
    }
    // Desktop brings the toolkit itself, in its own virtual machine; its CDI folders hold nothing.
    if docker.is_desktop() && docker.is_on_wsl() && docker.runtimes.contains_key("nvidia") {
        return Ok(Way::Done("Docker Desktop fulfils such requests with the GPUs of Windows".to_owned()));
    }
    driver(host)?;
    let (toolkit, _) = toolkit(host)?;
    if !has(host, name)? {
        return fails(match name {
            Name::Nvidia => "the engine has no driver `nvidia`: nvidia-container-runtime-hook is not on PATH",
            Name::Cdi => "the engine has no driver `nvidia.cdi`: it is 29.2's, and takes nvidia-cdi-hook on PATH",
            Name::RuntimeHook => {
                "the engine has no driver `nvidia.runtime-hook`: it is 29.2's, and takes \
                 nvidia-container-runtime-hook on PATH"
            }
        });
    }
    by_driver(host, docker, toolkit, name, ids)
}

/// 29.2 on: CDI first, and the hook for what the engine itself sees go wrong
/// (moby 86f122af27, daemon/devices_nvidia_linux.go).
fn by_driver(host: &HostFacts, docker: &Docker, toolkit: &Toolkit, name: Name, ids: &[String]) -> Step<Way> {
    let has_hook = toolkit.binary("nvidia-container-runtime-hook").is_some();
    let taken = if name != Name::RuntimeHook && has(host, Name::Cdi)? { by_cdi(host, docker, ids) } else { None };
    match taken {
        Some(verdict) => verdict.map(Way::Cdi),
        None if name == Name::Cdi => fails("no CDI spec that the engine reads has these names"),
        None if has_hook => Ok(Way::Hook),
        None => fails("no CDI spec has these names, and nvidia-container-runtime-hook is not on PATH"),
    }
}

/// `None` where the engine falls back to the hook. A missing library or hook of the spec is found out
/// by runc, too late for that (recorded: 29.7.2).
fn by_cdi(host: &HostFacts, docker: &Docker, ids: &[String]) -> Option<Step<String>> {
    let (_, version) = engine(host).ok()?;
    cdi::docker_reads_cdi(docker, version).ok()?;
    let Some(specs) = host.cdi.known() else { return Some(unknown("CDI files cannot be seen")) };
    let lookup = specs.lookup(&docker.cdi_dirs());
    let names: Vec<String> = ids.iter().map(|id| crate::lower::devices::qualify(id)).collect();
    for name in &names {
        let device = lookup.devices.get(name)?;
        if device.problems().any(|problem| matches!(problem, DeviceProblem::MissingNode { .. })) {
            return None;
        }
        match cdi::is_read_by(version, device.file, &device.spec.needs_version) {
            Err(Verdict::Fails(_)) => return None,
            Err(verdict) => return Some(Err(verdict)),
            Ok(()) => {}
        }
    }
    let all = names.iter().try_for_each(|name| resolved(&lookup, name).map(|_| ()));
    Some(all.map(|()| "the engine's driver `nvidia` takes the CDI spec".to_owned()))
}

/// The hook that the engine adds, under a runtime that is not NVIDIA's; that one does its work itself.
pub(super) fn by_hook(host: &HostFacts, ids: &[String]) -> Step<String> {
    let (docker, _) = engine(host)?;
    let (toolkit, config) = toolkit(host)?;
    runtime::may_ask(config)?;
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
