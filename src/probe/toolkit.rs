//! The NVIDIA Container Toolkit: its configuration, its programs, and the `ldconfig` it calls.

use std::{collections::BTreeMap, path::Path};

use super::{Settings, bounded, daemon_json, disk::Disk, toolkit_config};
use crate::{
    host::{Binary, DaemonJson, Ldconfig, RuntimeConfig, Toolkit, Version},
    observed::Observed,
};

/// Units of the toolkit (packaging of v1.18.0 and v1.20.0), and those that an administrator wrote.
const REFRESH_UNITS: [&str; 6] = [
    "/etc/systemd/system/nvidia-cdi-refresh.path",
    "/etc/systemd/system/nvidia-cdi-refresh.service",
    "/lib/systemd/system/nvidia-cdi-refresh.path",
    "/lib/systemd/system/nvidia-cdi-refresh.service",
    "/usr/lib/systemd/system/nvidia-cdi-refresh.path",
    "/usr/lib/systemd/system/nvidia-cdi-refresh.service",
];

/// Where packages of the toolkit before CDI put its hook (NVIDIA Container Toolkit, packaging).
const OCI_HOOKS: [&str; 2] =
    ["/etc/containers/oci/hooks.d/oci-nvidia-hook.json", "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json"];

/// Looks at what is installed and configured.
pub(super) fn look(settings: &Settings) -> Observed<Toolkit> {
    let disk = Disk::new(&settings.root);
    let config = toolkit_config::read(&disk, settings);
    let daemon_json = daemon_json::read(&disk, settings);
    // Programs are run and looked up where they are.
    let programs = Disk::new(Path::new("/"));
    let found = |name: &str| programs.on_path(&settings.environment, name);
    let binaries: BTreeMap<String, Option<Binary>> =
        Toolkit::BINARIES.iter().map(|name| ((*name).to_owned(), found(name))).collect();
    let version = version(settings, binaries.get("nvidia-ctk").and_then(Option::as_ref));
    Observed::Known(Toolkit {
        ldconfig: ldconfig(&disk, config.known().and_then(Option::as_ref)),
        named_binaries: named(&disk, settings, config.known(), daemon_json.known()),
        refresh_units: Some(found_among(&disk, &REFRESH_UNITS)),
        oci_hooks: Some(found_among(&disk, &OCI_HOOKS)),
        config,
        binaries,
        version,
        daemon_json,
    })
}

/// The files of a list that are there, each once where two names lead to it.
fn found_among(disk: &Disk, paths: &[&str]) -> Vec<String> {
    let (mut found, mut real) = (Vec::new(), Vec::new());
    for path in paths.iter().filter(|path| disk.exists(path) == Ok(true)) {
        let place = disk.real_path(path);
        if place.is_none() || !real.contains(&place) {
            real.push(place);
            found.push((*path).to_owned());
        }
    }
    found
}

/// Programs that the two files name, by path or name.
fn named(
    disk: &Disk,
    settings: &Settings,
    config: Option<&Option<RuntimeConfig>>,
    daemon: Option<&Option<DaemonJson>>,
) -> BTreeMap<String, Binary> {
    let hook = config.into_iter().flatten().filter_map(|config| config.hook_path.as_ref());
    let runtimes = daemon.into_iter().flatten().flat_map(|file| file.runtimes.values().flatten());
    let names = hook.chain(runtimes);
    names.map(|name| (name.clone(), disk.program(&settings.environment, name))).collect()
}

/// The toolkit takes `/sbin/ldconfig.real` where it exists and nobody says otherwise
/// (api/config/v1/config.go `getLdConfigPath`, v1.20.0).
fn ldconfig(disk: &Disk, config: Option<&RuntimeConfig>) -> Ldconfig {
    let configured = config.and_then(|config| config.ldconfig.clone());
    let is_configured = configured.is_some();
    let setting = configured.unwrap_or_else(|| {
        let is_wrapped = disk.exists("/sbin/ldconfig.real") == Ok(true);
        if is_wrapped { "@/sbin/ldconfig.real" } else { "@/sbin/ldconfig" }.to_owned()
    });
    let path = setting.strip_prefix('@').unwrap_or(&setting).to_owned();
    Ldconfig {
        is_configured,
        is_host_path: setting.starts_with('@'),
        exists: disk.exists(&path) == Ok(true),
        path,
        setting,
    }
}

/// `nvidia-ctk --version` prints `NVIDIA Container Toolkit CLI version 1.17.8` on its first line.
fn version(settings: &Settings, program: Option<&Binary>) -> Observed<Option<String>> {
    let Some(program) = program else { return Observed::Known(None) };
    match bounded::run(Path::new(&program.path), &["--version"], &settings.environment, settings.timeout) {
        Err(unfinished) => Observed::unknown("nvidia-ctk", unfinished),
        Ok(printed) => {
            let line = printed.text.lines().next().unwrap_or_default();
            let word = line.split_whitespace().next_back().filter(|word| Version::parse(word).is_some());
            match word {
                Some(word) => Observed::Known(Some(word.to_owned())),
                None => Observed::unknown("nvidia-ctk", "`nvidia-ctk --version` printed no version"),
            }
        }
    }
}
