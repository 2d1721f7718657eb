//! `runtime: nvidia` with NVIDIA_VISIBLE_DEVICES.

use super::{Step, Verdict, driver, engine, fails, known_to_driver, resolved, unknown};
use crate::host::{Docker, HostFacts, RuntimeConfig, Toolkit, Version};

/// Where the toolkit looks for specs when config.toml does not say.
const SPEC_DIRS: [&str; 2] = ["/etc/cdi", "/var/run/cdi"];

/// The runtime, with these ids in NVIDIA_VISIBLE_DEVICES.
pub fn runtime(host: &HostFacts, ids: &[String]) -> Verdict {
    let judged = registered(host, "nvidia").and_then(|()| driver(host)).and_then(|()| injected(host, ids));
    judged.map_or_else(|verdict| verdict, Verdict::Works)
}

/// The engine has the runtime of this name, and its binary runs.
fn registered(host: &HostFacts, name: &str) -> Step {
    let (docker, version) = engine(host)?;
    let Some(runtime) = docker.runtimes.get(name) else {
        return fails(format!("the engine has no runtime `{name}` (`unknown or invalid runtime name: {name}`)"));
    };
    if docker.is_podman() {
        return unknown(format!("what Podman makes of `runtime: {name}` is not known here"));
    }
    let path = runtime.path.as_deref().unwrap_or("nvidia-container-runtime");
    let binary = host.toolkit.known().and_then(|toolkit| toolkit.named_binaries.get(path));
    if binary.is_some_and(|binary| !binary.is_executable) {
        return fails(format!("the runtime `{name}` is registered as `{path}`, which cannot be run"));
    }
    // From 26.1 on an entry whose binary ran has a status (recorded: 26.1.5, 28.5.2).
    match &runtime.status {
        None if version >= Version::new(26, 1, 0) => fails(format!("the engine could not run `{path}`")),
        None if binary.is_none() => unknown(format!("whether `{path}` can be run is not known")),
        _ => Ok(()),
    }
}

/// Whether the container runs under NVIDIA's runtime: the one that the service names, or the default.
pub(super) fn is_nvidia(host: &HostFacts, named: Option<&str>) -> Step<bool> {
    let (docker, _) = engine(host)?;
    let Some(name) = named.or(docker.default_runtime.as_deref()) else { return Ok(false) };
    match name {
        "nvidia" => registered(host, name).map(|()| true),
        "runc" | "crun" | "io.containerd.runc.v2" => Ok(false),
        name if docker.is_podman() => unknown(format!("what Podman makes of `runtime: {name}` is not known here")),
        name => match docker.runtimes.get(name) {
            None => fails(format!("the engine has no runtime `{name}` (`unknown or invalid runtime name: {name}`)")),
            Some(_) => unknown(format!("what the runtime `{name}` does with GPUs is not known here")),
        },
    }
}

/// A container that asks NVIDIA's runtime for nothing still needs the hook in mode `legacy`, where the
/// runtime puts it into every container (recorded: 28.5.2).
pub(super) fn idle(host: &HostFacts) -> Step {
    let (toolkit, config) = toolkit(host)?;
    match config.and_then(|config| config.mode.as_deref()) {
        Some("legacy") => hook(toolkit, config),
        _ => Ok(()),
    }
}

/// Whether a container that is not privileged may ask by environment.
pub(super) fn may_ask(config: Option<&RuntimeConfig>) -> Step {
    match config.and_then(|config| config.accept_envvar_when_unprivileged) {
        Some(false) => {
            Err(Verdict::Silent("config.toml lets only privileged containers ask by environment".to_owned()))
        }
        _ => Ok(()),
    }
}

/// What the runtime does to the container, by its mode.
pub(super) fn injected(host: &HostFacts, ids: &[String]) -> Step<String> {
    let (toolkit, config) = toolkit(host)?;
    let (docker, _) = engine(host)?;
    may_ask(config)?;
    match mode(host, toolkit, config, ids)? {
        Mode::Legacy => legacy(host, docker, toolkit, config, ids),
        Mode::Cdi => from_specs(host, config, ids),
        Mode::JitCdi => {
            ids.iter().try_for_each(|id| known_to_driver(host, id))?;
            Ok("the runtime `nvidia` makes the CDI spec itself, from the driver".to_owned())
        }
        Mode::Csv => Ok("the runtime `nvidia` mounts what the board's CSV files name".to_owned()),
    }
}

/// The toolkit and its configuration; an absent config.toml is one with defaults.
pub(super) fn toolkit(host: &HostFacts) -> Step<(&Toolkit, Option<&RuntimeConfig>)> {
    let Some(toolkit) = host.toolkit.known() else {
        return unknown("the toolkit's configuration cannot be seen");
    };
    match toolkit.config.known() {
        Some(config) => Ok((toolkit, config.as_ref())),
        None => unknown(format!("config.toml cannot be read: {}", toolkit.config.reason().unwrap_or_default())),
    }
}

enum Mode {
    Legacy,
    Cdi,
    JitCdi,
    Csv,
}

/// Mode `auto` takes specs for qualified names, CSV files on Tegra, and else makes a spec (toolkit 1.18
/// on) or calls the hook (NVIDIA Container Toolkit internal/info/auto.go, v1.17.8 and v1.20.0).
fn mode(host: &HostFacts, toolkit: &Toolkit, config: Option<&RuntimeConfig>, ids: &[String]) -> Step<Mode> {
    let is_qualified = |id: &String| id.contains('=');
    match config.and_then(|config| config.mode.as_deref()).unwrap_or("auto") {
        "legacy" => Ok(Mode::Legacy),
        "cdi" => Ok(Mode::Cdi),
        "csv" => Ok(Mode::Csv),
        "jit-cdi" | "auto" if ids.iter().all(is_qualified) => Ok(Mode::Cdi),
        "jit-cdi" => Ok(Mode::JitCdi),
        "auto" if host.system.known().is_some_and(|system| system.is_tegra) => Ok(Mode::Csv),
        "auto" => match toolkit.version.known().and_then(Option::as_deref).and_then(Version::parse) {
            Some(version) if version < Version::new(1, 18, 0) => Ok(Mode::Legacy),
            Some(_) => Ok(Mode::JitCdi),
            // Nobody says which toolkit it is. Where the hook would work, both ways lead to the GPU.
            None => match hook(toolkit, config).and_then(|()| ldconfig(toolkit)) {
                Ok(()) => Ok(Mode::JitCdi),
                Err(_) => unknown("mode `auto` works from toolkit 1.18 on here, and its version is not known"),
            },
        },
        other => fails(format!("config.toml has mode `{other}`, which the toolkit does not know")),
    }
}

/// Mode `cdi`: plain ids become names of the default kind, and the toolkit reads the specs itself,
/// whatever the engine does with CDI.
fn from_specs(host: &HostFacts, config: Option<&RuntimeConfig>, ids: &[String]) -> Step<String> {
    let Some(cdi) = host.cdi.known() else { return unknown("CDI files cannot be seen") };
    let kind = config.and_then(|config| config.cdi_default_kind.as_deref()).unwrap_or("nvidia.com/gpu");
    let lookup = cdi.lookup(&spec_dirs(config));
    for id in ids {
        let name = if id.contains('=') { id.clone() } else { format!("{kind}={id}") };
        resolved(&lookup, &name)?;
    }
    Ok("the runtime `nvidia` applies the CDI spec itself, and all that the spec names is there".to_owned())
}

/// The folders of mode `cdi`.
pub(in crate::lower) fn spec_dirs(config: Option<&RuntimeConfig>) -> Vec<String> {
    let own = config.and_then(|config| config.cdi_spec_dirs.clone());
    own.unwrap_or_else(|| SPEC_DIRS.map(str::to_owned).to_vec())
}

/// The hook and what it calls, in mode `legacy`.
pub(super) fn legacy(
    host: &HostFacts,
    docker: &Docker,
    toolkit: &Toolkit,
    config: Option<&RuntimeConfig>,
    ids: &[String],
) -> Step<String> {
    hook(toolkit, config)?;
    ldconfig(toolkit)?;
    if docker.is_rootless() && config.and_then(|config| config.no_cgroups) != Some(true) {
        return fails("the hook needs `no-cgroups = true` in config.toml under an engine without root");
    }
    ids.iter().try_for_each(|id| known_to_driver(host, id))?;
    Ok("the hook of the NVIDIA Container Toolkit injects the GPU".to_owned())
}

/// The hook's program, where config.toml says or on PATH.
fn hook(toolkit: &Toolkit, config: Option<&RuntimeConfig>) -> Step {
    let named = config.and_then(|config| config.hook_path.as_ref());
    let is_there = |path: &String| toolkit.named_binaries.get(path).is_some_and(|binary| binary.is_executable);
    match named.is_some_and(is_there) || toolkit.binary("nvidia-container-runtime-hook").is_some() {
        true => Ok(()),
        false => fails("mode `legacy` needs nvidia-container-runtime-hook, which is not installed"),
    }
}

/// The hook refreshes the container's library cache with a program of the host.
fn ldconfig(toolkit: &Toolkit) -> Step {
    let ldconfig = &toolkit.ldconfig;
    match ldconfig.is_host_path {
        true if !ldconfig.exists => {
            fails(format!("config.toml names `{}` as ldconfig, which does not exist", ldconfig.setting))
        }
        true => Ok(()),
        false => {
            unknown(format!("toolkits from 1.17.3 on refuse the ldconfig `{}`, which has no `@`", ldconfig.setting))
        }
    }
}
