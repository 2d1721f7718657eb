//! CDI folders, their spec files, and whether what the specs name is on this disk.

use std::io;

use super::{
    Settings, cdi_spec,
    cdi_types::{Edits, Spec},
    daemon_json,
    disk::{Disk, NOT_UTF8, is_absent},
    toolkit_config,
};
use crate::{
    host::{Cdi, DeviceProblem, SpecDevice, SpecDir, SpecFile, SpecOutcome, SpecText},
    observed::Observed,
};

/// Where engines and the toolkit look when nobody says otherwise, lowest rank first
/// (CDI pkg/cdi/spec-dirs.go, v1.1.0).
const DEFAULT_DIRS: [&str; 2] = ["/etc/cdi", "/var/run/cdi"];

/// Looks into the usual folders and those that daemon.json and config.toml name.
pub(super) fn look(settings: &Settings) -> Observed<Cdi> {
    let disk = Disk::new(&settings.root);
    let mut dirs: Vec<String> = DEFAULT_DIRS.map(str::to_owned).to_vec();
    let daemon = daemon_json::read(&disk, settings);
    let config = toolkit_config::read(&disk, settings);
    let named = daemon.known().into_iter().flatten().filter_map(|file| file.cdi_spec_dirs.clone());
    let toolkits = config.known().into_iter().flatten().filter_map(|file| file.cdi_spec_dirs.clone());
    for dir in named.chain(toolkits).flatten().filter(|dir| dir.starts_with('/')) {
        if !dirs.contains(&dir) {
            dirs.push(dir);
        }
    }
    Observed::Known(Cdi { dirs: scan(&disk, &dirs).dirs })
}

/// Looks into these folders.
pub(super) fn scan(disk: &Disk, dirs: &[String]) -> Cdi {
    Cdi { dirs: dirs.iter().map(|dir| scan_one(disk, dir)).collect() }
}

fn scan_one(disk: &Disk, path: &str) -> SpecDir {
    let (names, unreadable) = match disk.names(path) {
        Ok(names) => (names.unwrap_or_default(), None),
        Err(reason) => (Vec::new(), Some(reason)),
    };
    let folder = path.trim_end_matches('/');
    let is_spec = |name: &String| {
        (name.ends_with(".json") || name.ends_with(".yaml")) && !disk.is_folder(&format!("{folder}/{name}"))
    };
    let (specs, ignored): (Vec<String>, Vec<String>) = names.into_iter().partition(is_spec);
    let files = specs.iter().map(|name| file(disk, format!("{folder}/{name}"))).collect();
    SpecDir { path: path.to_owned(), real_path: disk.real_path(path), unreadable, files, ignored }
}

fn file(disk: &Disk, path: String) -> SpecFile {
    let outcome = match disk.text(&path) {
        Ok(Some(text)) => match cdi_spec::read(&text) {
            Ok((spec, needs)) => SpecOutcome::Read(facts(disk, spec, needs)),
            Err(reason) => SpecOutcome::Rejected { reason },
        },
        Ok(None) => SpecOutcome::Rejected { reason: "it is a link to nothing".to_owned() },
        Err(reason) if reason == NOT_UTF8 => SpecOutcome::Rejected { reason },
        Err(reason) => SpecOutcome::Unreadable { reason },
    };
    SpecFile { path, outcome }
}

fn facts(disk: &Disk, spec: Spec, needs: &str) -> SpecText {
    let devices = spec.devices.unwrap_or_default();
    let all = || spec.edits.iter().chain(devices.iter().filter_map(|device| device.edits.as_ref()));
    let driver_version = all().flat_map(|edits| edits.mounts.iter().flatten()).find_map(|mount| {
        let (_, version) = mount.host_path.0.split_once("/libcuda.so.")?;
        version.contains('.').then(|| version.to_owned())
    });
    let whole = spec.edits.unwrap_or_default();
    let devices = devices.into_iter().map(|device| {
        let edits = device.edits.unwrap_or_default();
        SpecDevice { name: device.name.0, env: env(&edits), nodes: nodes(&edits), problems: problems(disk, &edits) }
    });
    SpecText {
        needs_version: cdi_spec::later(&spec.cdi_version.0, needs),
        devices: devices.collect(),
        kind: spec.kind.0,
        cdi_version: spec.cdi_version.0,
        env: env(&whole),
        problems: problems(disk, &whole),
        nodes: Some(nodes(&whole)),
        driver_version,
    }
}

fn nodes(edits: &Edits) -> Vec<String> {
    edits.device_nodes.iter().flatten().map(|node| node.path.0.clone()).collect()
}

fn env(edits: &Edits) -> Vec<String> {
    edits.env.iter().flatten().map(|entry| entry.0.clone()).collect()
}

/// What these edits need and this disk lacks, in the order nodes, mounts, hooks.
fn problems(disk: &Disk, edits: &Edits) -> Vec<DeviceProblem> {
    let mut found = Vec::new();
    for node in edits.device_nodes.iter().flatten() {
        let path = if node.host_path.0.is_empty() { &node.path.0 } else { &node.host_path.0 };
        found.extend(node_problem(disk, path, node.major, node.minor));
    }
    for path in edits.mounts.iter().flatten().map(|mount| mount.host_path.0.clone()) {
        match disk.exists(&path) {
            Ok(true) => {}
            Ok(false) => found.push(DeviceProblem::MissingMount { path }),
            Err(reason) => found.push(DeviceProblem::Unchecked { path, reason }),
        }
    }
    for path in edits.hooks.iter().flatten().map(|hook| hook.path.0.clone()) {
        match disk.exists(&path) {
            Ok(true) if !disk.binary(&path).is_executable => found.push(DeviceProblem::HookNotExecutable { path }),
            Ok(true) => {}
            Ok(false) => found.push(DeviceProblem::MissingHook { path }),
            Err(reason) => found.push(DeviceProblem::Unchecked { path, reason }),
        }
    }
    found.dedup();
    found
}

fn node_problem(disk: &Disk, path: &str, major: Option<i64>, minor: Option<i64>) -> Option<DeviceProblem> {
    let path = path.to_owned();
    match disk.device(&path) {
        Err(error) if is_absent(&error) => Some(DeviceProblem::MissingNode { path }),
        Err(error) => Some(unchecked(path, &error)),
        Ok(found) => {
            // A major number of 0 is filled in from the disk (CDI container-edits_unix.go, v1.1.0).
            let declared = major.filter(|major| *major != 0)?;
            let declared = format!("{declared}:{}", minor.unwrap_or(0));
            let found = found.map_or_else(|| "no device".to_owned(), |(major, minor)| format!("{major}:{minor}"));
            (declared != found).then_some(DeviceProblem::OtherNode { path, declared, found })
        }
    }
}

fn unchecked(path: String, error: &io::Error) -> DeviceProblem {
    DeviceProblem::Unchecked { path, reason: error.to_string() }
}
