//! The NVIDIA Container Toolkit: its configuration, its programs, and the `ldconfig` it calls.

use std::{collections::BTreeMap, path::Path};

use super::{Settings, bounded, daemon_json, disk::Disk, toolkit_config};
use crate::{
    host::{Binary, DaemonJson, Ldconfig, RuntimeConfig, Toolkit, Version},
    observed::Observed,
};

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
        config,
        binaries,
        version,
        daemon_json,
    })
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
