//! Which Compose a user's shell would run.
//!
//! The user's own program is asked for its version with fixed arguments; no project is near.

use std::path::Path;

use super::{Settings, bounded, disk::Disk, endpoint::config_folder};
use crate::{
    host::{Compose, ComposeKind},
    observed::Observed,
};

const SOURCE: &str = "compose";

/// Where docker looks for its plugins, behind the user's own folder
/// (docker/cli cli-plugins/manager/manager_unix.go, v29.7.2).
const PLUGIN_FOLDERS: [&str; 4] = [
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
];

/// `docker compose`, else its plugin called alone, else `docker-compose`.
pub(super) fn look(settings: &Settings) -> Observed<Option<Compose>> {
    // Programs are run where they are; the folder that stands for `/` holds evidence, not programs.
    let disk = Disk::new(Path::new("/"));
    let suffix = std::env::consts::EXE_SUFFIX;
    let docker = disk.on_path(&settings.environment, &format!("docker{suffix}"));
    let name = format!("docker-compose{suffix}");
    let own = config_folder(settings).map(|folder| format!("{folder}/cli-plugins"));
    let folders = own.iter().map(String::as_str).chain(PLUGIN_FOLDERS);
    let plugin = folders.map(|folder| disk.binary(&format!("{folder}/{name}"))).find(|found| found.is_executable);
    let alone = disk.on_path(&settings.environment, &name);

    let mut failure = None;
    let candidates = [
        (docker.filter(|_| plugin.is_some()), ["compose", "version", "--short"].as_slice(), ComposeKind::Plugin),
        (plugin, &["version", "--short"], ComposeKind::Plugin),
        (alone, &["version", "--short"], ComposeKind::Standalone),
    ];
    for (program, arguments, kind) in candidates {
        let Some(program) = program else { continue };
        match ask(settings, &program.path, arguments) {
            Ok(version) => return Observed::Known(Some(Compose { version, kind, path: program.path })),
            Err(reason) => failure = failure.or(Some(reason)),
        }
    }
    failure.map_or(Observed::Known(None), |reason| Observed::unknown(SOURCE, reason))
}

fn ask(settings: &Settings, program: &str, arguments: &[&str]) -> Result<String, String> {
    let printed = bounded::run(Path::new(program), arguments, &settings.environment, settings.timeout)?;
    let line = printed.text.trim();
    let is_version = line.lines().count() == 1 && crate::host::Version::parse(line).is_some();
    match printed.status.success() && is_version {
        true => Ok(line.trim_start_matches('v').to_owned()),
        false => Err(format!("`{program} {}` printed no version", arguments.join(" "))),
    }
}
