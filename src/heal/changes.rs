//! Which keys would have to change for which findings.

use serde_json::{Value, json};

use super::Change;
use crate::{
    diag::Code,
    host::{DaemonJson, Docker, HostFacts, RuntimeConfig, SpecOutcome, Toolkit, Version},
};

const RUNTIME: &str = "nvidia-container-runtime";

/// The first engine that has CDI on by itself (moby 4cecce03f6).
const ON_BY_DEFAULT: Version = Version::new(28, 2, 0);

/// The first engine with CDI (moby 7ec9561a77).
const FIRST_CDI: Version = Version::new(25, 0, 0);

const CDI: &str = "the CDI form becomes available";
const RUNTIME_FORM: &str = "`runtime: nvidia` becomes available";
const HOOK_FORMS: &str = "deploy reservations and `gpus` become available";

/// Changes of daemon.json and of config.toml.
pub(super) fn of(host: &HostFacts, codes: &[Code]) -> (Vec<Change>, Vec<Change>) {
    let (mut daemon, mut config) = (Vec::new(), Vec::new());
    let (Some(docker), Some(toolkit)) = (host.docker.known(), host.toolkit.known()) else { return (daemon, config) };
    let file = toolkit.daemon_json.known().and_then(Option::as_ref);
    for code in codes {
        match code.as_str() {
            "CH002" => runtime(*code, docker, toolkit, file, &mut daemon),
            "CH009" => folders(*code, host, docker, &mut daemon),
            "CH010" => cdi(*code, docker, file, &mut daemon),
            "CH020" => too_old(*code, docker, file, &mut daemon),
            _ => {}
        }
        config.extend(of_config(*code, toolkit));
    }
    (daemon, config)
}

/// Whether the engine only has to read again what is written already.
pub(super) fn is_restart_due(host: &HostFacts, codes: &[Code]) -> bool {
    let file = host.toolkit.known().and_then(|toolkit| toolkit.daemon_json.known()?.as_ref());
    let (Some(file), Some(docker)) = (file, host.docker.known()) else { return false };
    let has = |code: &str| codes.iter().any(|found| found.as_str() == code);
    let is_unread = |name: &String| !docker.runtimes.contains_key(name);
    let version = docker.version().unwrap_or(FIRST_CDI);
    has("CH010") && file.cdi == Some(true)
        || has("CH002") && file.runtimes.keys().any(is_unread)
        || has("CH020") && version >= FIRST_CDI && file.odd.is_empty()
}

fn change(code: Code, key: &[&str], to: impl Into<Option<Value>>, unlocks: &'static str) -> Change {
    Change { key: key.iter().map(|part| (*part).to_owned()).collect(), to: to.into(), code, unlocks }
}

fn runtime(code: Code, docker: &Docker, toolkit: &Toolkit, file: Option<&DaemonJson>, out: &mut Vec<Change>) {
    // Without the program an entry would be one that cannot be run.
    if toolkit.binary(RUNTIME).is_none() {
        return;
    }
    let named = file.and_then(|file| file.runtimes.get("nvidia"));
    match (named, docker.runtimes.contains_key("nvidia")) {
        (None, false) => out.push(change(code, &["runtimes", "nvidia"], json!({ "path": RUNTIME }), RUNTIME_FORM)),
        (Some(Some(path)), true) if path != RUNTIME => {
            out.push(change(code, &["runtimes", "nvidia", "path"], json!(RUNTIME), RUNTIME_FORM));
        }
        _ => {}
    }
}

/// Folders with specs that the engine does not look into, behind those that it does.
fn folders(code: Code, host: &HostFacts, docker: &Docker, out: &mut Vec<Change>) {
    let Some(cdi) = host.cdi.known() else { return };
    let mut dirs = docker.cdi_dirs();
    let known: Vec<&str> =
        dirs.iter().filter_map(|dir| cdi.dir(dir)).map(|dir| dir.real_path.as_deref().unwrap_or(&dir.path)).collect();
    let has_spec = |outcome: &SpecOutcome| matches!(outcome, SpecOutcome::Read(_));
    let missing = cdi.dirs.iter().filter(|dir| {
        let real = dir.real_path.as_deref().unwrap_or(&dir.path);
        !known.contains(&real) && dir.files.iter().any(|file| has_spec(&file.outcome))
    });
    let missing: Vec<String> = missing.map(|dir| dir.path.clone()).collect();
    if !missing.is_empty() {
        dirs.extend(missing);
        out.push(change(code, &["cdi-spec-dirs"], json!(dirs), CDI));
    }
}

fn cdi(code: Code, docker: &Docker, file: Option<&DaemonJson>, out: &mut Vec<Change>) {
    let dirs = file.and_then(|file| file.cdi_spec_dirs.as_ref());
    let names_none = dirs.is_some_and(|dirs| dirs.iter().all(String::is_empty));
    if names_none {
        out.push(change(code, &["cdi-spec-dirs"], None, CDI));
    }
    let is_on = match file.and_then(|file| file.cdi) {
        Some(is_on) => is_on,
        None => names_none && docker.version().is_some_and(|version| version >= ON_BY_DEFAULT),
    };
    if !is_on {
        out.push(change(code, &["features", "cdi"], json!(true), CDI));
    }
}

/// Keys that an engine without CDI ignores, or does not start with.
fn too_old(code: Code, docker: &Docker, file: Option<&DaemonJson>, out: &mut Vec<Change>) {
    let Some(file) = file.filter(|_| docker.version().is_some_and(|version| version < FIRST_CDI)) else { return };
    let starts = "the engine starts with the file";
    if file.cdi.is_some() {
        out.push(change(code, &["features", "cdi"], None, starts));
    }
    if file.cdi_spec_dirs.is_some() {
        out.push(change(code, &["cdi-spec-dirs"], None, starts));
    }
}

fn of_config(code: Code, toolkit: &Toolkit) -> Option<Change> {
    let mode = ["nvidia-container-runtime", "mode"];
    let said =
        toolkit.config.known().and_then(Option::as_ref).and_then(|config: &RuntimeConfig| config.mode.as_deref());
    match code.as_str() {
        "CH005" => Some(change(code, &["nvidia-container-cli", "no-cgroups"], json!(true), HOOK_FORMS)),
        "CH011" => Some(change(code, &mode, json!("auto"), HOOK_FORMS)),
        // In mode `cdi` a spec is missing, and another way to mend it.
        "CH019" if said != Some("cdi") => Some(change(code, &mode, json!("auto"), RUNTIME_FORM)),
        "CH018" => Some(change(code, &["nvidia-container-cli", "ldconfig"], json!("@/sbin/ldconfig"), HOOK_FORMS)),
        _ => None,
    }
}
