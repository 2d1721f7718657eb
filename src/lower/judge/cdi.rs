//! Qualified CDI names that the engine injects itself.

use super::{Step, Verdict, driver, engine, fails, resolved, unknown};
use crate::host::{Compose, Docker, HostFacts, Version};

/// Names under `devices`. Compose before 2.30 takes them for paths.
pub fn cdi(host: &HostFacts, names: &[String]) -> Verdict {
    let judged = compose_sends_names(host).and_then(|()| injected(host, names));
    judged.map_or_else(|verdict| verdict, Verdict::Works)
}

/// Names in a reservation with `driver: cdi`, which every Compose passes on.
pub fn cdi_reservation(host: &HostFacts, names: &[String]) -> Verdict {
    injected(host, names).map_or_else(|verdict| verdict, Verdict::Works)
}

/// A Compose that could not be asked is taken for a current one.
fn compose_sends_names(host: &HostFacts) -> Step {
    let compose = host.compose.known().and_then(Option::as_ref);
    match compose.and_then(Compose::before_gpus) {
        Some(old) => fails(format!("Compose {old} takes a CDI name under `devices` for a path; 2.30 sends it")),
        None => Ok(()),
    }
}

/// What the engine does with the names.
pub(super) fn injected(host: &HostFacts, names: &[String]) -> Step<String> {
    let (docker, version) = engine(host)?;
    if docker.is_podman() {
        podman(version)?;
    } else {
        docker_reads_cdi(docker, version)?;
    }
    if names.iter().any(|name| name.starts_with("nvidia.com/")) {
        driver(host)?;
    }
    let Some(cdi) = host.cdi.known() else { return listed(docker, names) };
    let lookup = cdi.lookup(&docker.cdi_dirs());
    let mut files = Vec::new();
    for name in names {
        let device = resolved(&lookup, name)?;
        // A Podman that takes such requests at all reads what the newest spec holds (5.1: CDI 0.7).
        if !docker.is_podman() {
            is_read_by(version, device.file, &device.spec.needs_version)?;
        }
        if !files.contains(&device.file) {
            files.push(device.file);
        }
    }
    is_listed(docker, names)?;
    if docker.is_rootless() && docker.discovered_devices.is_none() {
        return unknown("an engine without root sees other folders at the same paths");
    }
    Ok(format!("{} in {}, and all that the spec names is there", quoted(names), files.join(", ")))
}

/// CDI came with 25.0 and is off where /info names no folder, whatever daemon.json says by now.
pub(super) fn docker_reads_cdi(docker: &Docker, version: Version) -> Step {
    if version < Version::new(25, 0, 0) {
        return fails(format!("engine {version} has no CDI; 25.0 brought it"));
    }
    match &docker.cdi_spec_dirs {
        None => unknown("the engine does not say whether CDI is on"),
        Some(dirs) if dirs.iter().all(String::is_empty) => {
            fails("CDI is off in the engine (/info names no CDISpecDirs)")
        }
        Some(_) => Ok(()),
    }
}

/// containers/podman 18e29076f7, v5.4.0: earlier ones drop the request.
fn podman(version: Version) -> Step {
    match version < Version::new(5, 4, 0) {
        true => Err(Verdict::Silent(format!("Podman {version} drops device requests that come through Docker's API"))),
        false => Ok(()),
    }
}

/// The CDI version that an engine's library reads for sure, and the first that it refuses for sure
/// (vendor.mod of each tag: 0.6.2, 0.7.1, 0.8.0, 1.0.1, 1.1.0).
pub(super) fn is_read_by(engine: Version, file: &str, needs: &str) -> Step {
    let v = Version::new;
    let (reads, refuses) = match engine {
        engine if engine < v(26, 1, 0) => (v(0, 6, 0), v(0, 7, 0)),
        engine if engine < v(27, 0, 0) => (v(0, 7, 0), v(0, 8, 0)),
        engine if engine < v(27, 5, 0) => (v(0, 7, 0), v(1, 0, 0)),
        engine if engine < v(28, 1, 0) => (v(0, 8, 0), v(1, 0, 0)),
        engine if engine < v(28, 5, 2) => (v(0, 8, 0), v(1, 1, 0)),
        engine if engine < v(29, 1, 0) => (v(1, 0, 0), v(1, 1, 0)),
        engine if engine < v(29, 7, 2) => (v(1, 0, 0), v(1, 2, 0)),
        _ => (v(1, 1, 0), v(1, 2, 0)),
    };
    match Version::parse(needs) {
        Some(needs) if needs >= refuses => fails(format!("engine {engine} refuses `{file}`, which needs CDI {needs}")),
        Some(needs) if needs > reads => {
            unknown(format!("engine {engine} may refuse `{file}`, which needs CDI {needs}"))
        }
        _ => Ok(()),
    }
}

/// What the engine itself lists counts for more than the files that we see; it may see others.
fn is_listed(docker: &Docker, names: &[String]) -> Step {
    let Some(devices) = &docker.discovered_devices else { return Ok(()) };
    match names.iter().find(|name| !devices.iter().any(|device| device.id == **name)) {
        Some(name) => fails(format!("`{name}` is in a CDI spec, and the engine does not list it")),
        None => Ok(()),
    }
}

/// From afar only the engine's list is to be seen, and it shows stale devices too.
fn listed(docker: &Docker, names: &[String]) -> Step<String> {
    if docker.discovered_devices.is_none() {
        return unknown("neither CDI files nor the engine's list of devices can be seen");
    }
    is_listed(docker, names).map_err(|_| Verdict::Fails(format!("the engine does not list {}", quoted(names))))?;
    unknown(format!("the engine lists {}; whether its files are fresh cannot be seen", quoted(names)))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
