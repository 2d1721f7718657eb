//! Looking at hosts that are slow, broken or lying: the deadline holds, and the rest is seen.
//!
//! Docker is a socket of our own; folders of fixtures stand for `/`. Nothing of this machine is seen
//! but the programs in its /bin.
#![cfg(all(feature = "probe", target_os = "linux"))]
#![expect(clippy::disallowed_methods, reason = "a test makes files and measures time")]

#[path = "probe/described.rs"]
mod described;
#[path = "probe/endpoints.rs"]
mod endpoints;
#[allow(dead_code, reason = "each test uses its part of it")]
#[path = "probe/fake_docker.rs"]
mod fake_docker;
#[path = "probe/tls.rs"]
mod tls;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use composegpu::{
    host::HostFacts,
    observed::Observed,
    probe::{Settings, probe},
};
use described::described;
use fake_docker::{FakeDocker, Manner};
use tempfile::TempDir;

const TIMEOUT: Duration = Duration::from_millis(400);

fn settings(root: &Path, variables: &[(&str, &str)]) -> Settings {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings { timeout: TIMEOUT, environment: variables.collect(), root: root.to_owned(), nvml_command: None }
}

/// Probes and holds that it took no longer than the deadline allows, twice for what follows from the
/// engine's answer, with room for a loaded machine.
fn bounded(settings: &Settings) -> HostFacts {
    let start = Instant::now();
    let facts = probe(settings);
    let took = start.elapsed();
    assert!(took < TIMEOUT * 3 + Duration::from_secs(2), "looking took {took:?}");
    facts
}

fn docker_reason(address: &str, more: &[(&str, &str)]) -> String {
    let root = TempDir::new().expect("a folder");
    let variables: Vec<(&str, &str)> = [("DOCKER_HOST", address)].iter().chain(more).copied().collect();
    let facts = bounded(&settings(root.path(), &variables));
    assert!(facts.cdi.known().is_some(), "CDI is seen whatever Docker does");
    assert!(facts.toolkit.known().is_some(), "the toolkit is seen whatever Docker does");
    assert!(facts.system.known().is_some(), "the system is seen whatever Docker does");
    facts.docker.reason().expect("Docker gave no facts").replace(address, "ADDRESS")
}

fn fake_reason(manner: Manner) -> String {
    let docker = FakeDocker::start(manner);
    docker_reason(&docker.address(), &[])
}

#[test]
fn a_docker_that_hangs_is_left_at_the_deadline() {
    assert_eq!(fake_reason(Manner::Hangs), "ADDRESS: no answer in 0.4 s");
}

#[test]
fn a_docker_that_drips_is_left_at_the_deadline() {
    assert_eq!(fake_reason(Manner::NeverEnds), "ADDRESS: no answer in 0.4 s");
}

#[test]
fn a_docker_that_closes_says_so() {
    let reason = fake_reason(Manner::Closes);
    assert!(reason.starts_with("ADDRESS: ") && reason.contains("connection"), "{reason}");
}

#[test]
fn a_docker_that_speaks_something_else_says_so() {
    let reason = fake_reason(Manner::Says(b"220 mail ready\r\n".to_vec()));
    assert!(reason.starts_with("ADDRESS: ") && reason.contains("HTTP"), "{reason}");
    let reason = fake_reason(Manner::Answers("200 OK", "[1, 2".to_owned()));
    assert!(reason.contains("not what Docker's API gives"), "{reason}");
    let reason = fake_reason(Manner::Answers("200 OK", r#"{"Version": 5}"#.to_owned()));
    assert!(reason.contains("not what Docker's API gives"), "{reason}");
}

#[test]
fn a_docker_that_refuses_is_quoted() {
    let reason = fake_reason(Manner::Answers("500 Internal Server Error", r#"{"message": "out of order"}"#.to_owned()));
    assert_eq!(reason, "ADDRESS: answered with status 500: out of order");
}

#[test]
fn a_docker_that_sends_fifty_megabytes_is_no_trouble() {
    let reason = fake_reason(Manner::Answers("200 OK", "x".repeat(50 << 20)));
    assert!(reason.contains("no answer in") || reason.contains("not what Docker's API gives"), "{reason}");
}

#[test]
fn without_docker_the_rest_is_seen() {
    assert_eq!(docker_reason("unix:///nowhere/docker.sock", &[]), "ADDRESS: there is no such socket");
    let spoken = "ADDRESS: only unix://, npipe://, tcp:// and ssh:// are spoken; open a tunnel and set DOCKER_HOST";
    assert_eq!(docker_reason("fd://3", &[]), spoken);
    let nobody = "tcp://ADDRESS: tcp connect error: Connection refused (os error 111)";
    assert_eq!(docker_reason("127.0.0.1:1", &[]), nobody);
}

#[test]
fn contexts_lead_to_their_engine() {
    let docker = FakeDocker::start(Manner::Engine(fake_docker::engine(None)));
    let home = TempDir::new().expect("a folder");
    let meta = home.path().join(".docker/contexts/meta/0123abcd");
    fs::create_dir_all(&meta).expect("a folder");
    let text = format!(r#"{{"Name": "lab", "Endpoints": {{"docker": {{"Host": "{}"}}}}}}"#, docker.address());
    fs::write(meta.join("meta.json"), text).expect("a file");
    let home_name = home.path().to_str().expect("a plain name");
    let look = |more: (&str, &str)| bounded(&settings(home.path(), &[("HOME", home_name), more])).docker;

    assert_eq!(look(("DOCKER_CONTEXT", "lab")).known().expect("it answers").server_version, "28.5.2");
    let absent = look(("DOCKER_CONTEXT", "other"));
    assert!(absent.reason().is_some_and(|reason| reason.starts_with("docker context `other` does not exist")));

    fs::write(home.path().join(".docker/config.json"), r#"{"currentContext": "lab"}"#).expect("a file");
    assert_eq!(look(("A", "b")).known().expect("it answers").endpoint, docker.address());
    let over = look(("DOCKER_HOST", "unix:///nowhere/docker.sock"));
    assert_eq!(over.reason(), Some("unix:///nowhere/docker.sock: there is no such socket"));
}

#[test]
fn an_engine_on_another_machine_makes_what_is_here_unknown() {
    let docker = FakeDocker::start(Manner::Engine(fake_docker::engine(Some("another-machine"))));
    let root = TempDir::new().expect("a folder");
    let facts = bounded(&settings(root.path(), &[("DOCKER_HOST", &docker.address())]));
    assert!(facts.docker.known().expect("it answers").is_remote);
    let reason = Some("the engine is on another machine or in a virtual one");
    assert_eq!(facts.cdi.reason(), reason);
    assert_eq!(facts.toolkit.reason(), reason);
    assert_eq!(facts.nvml.reason(), reason);
    assert_eq!(facts.system.reason(), reason);
}

#[test]
fn folders_and_runtimes_that_only_the_engine_names_are_looked_at() {
    let docker = FakeDocker::start(Manner::Engine(fake_docker::engine(None)));
    let root = TempDir::new().expect("a folder");
    fs::create_dir_all(root.path().join("engines/cdi")).expect("a folder");
    let facts = bounded(&settings(root.path(), &[("DOCKER_HOST", &docker.address())]));
    let engine = facts.docker.known().expect("it answers");
    assert_eq!(engine.discovered_devices.as_deref(), Some([].as_slice()), "an empty list is left out by the engine");
    let dirs: Vec<&str> = facts.cdi.known().expect("files are here").dirs.iter().map(|dir| dir.path.as_str()).collect();
    assert_eq!(dirs, ["/etc/cdi", "/var/run/cdi", "/engines/cdi"]);
    let toolkit = facts.toolkit.known().expect("files are here");
    let binary = &toolkit.named_binaries["/opt/nvidia/nvidia-container-runtime"];
    assert!(!binary.exists && !binary.is_executable);
}

#[test]
fn the_child_that_asks_nvml_may_hang_crash_or_babble() {
    let root = TempDir::new().expect("a folder");
    let ask = |command: &[&str]| {
        let command = command.iter().map(|part| (*part).to_owned()).collect();
        let variables = [("DOCKER_HOST", "unix:///nowhere/docker.sock")];
        bounded(&Settings { nvml_command: Some(command), ..settings(root.path(), &variables) }).nvml
    };
    let left = "the driver's library left no answer";
    assert_eq!(ask(&["/bin/sleep", "60"]).reason(), Some("the driver's library gave no answer in 0.4 s"));
    assert_eq!(ask(&["/bin/false"]).reason(), Some("the driver's library crashed (exit status: 1)"));
    assert_eq!(ask(&["/bin/echo", "segmentation fault"]).reason(), Some(left));
    let endless = ask(&["/bin/cat", "/dev/zero"]);
    assert!(endless.reason().is_some_and(|reason| reason.starts_with("the driver's library crashed (")), "{endless:?}");
    assert!(ask(&["/nowhere/composegpu"]).reason().is_some_and(|reason| reason.contains("cannot be run")));
    assert_eq!(ask(&["/bin/echo", r#"{"known": null}"#]), Observed::Known(None));
    let unknown = r#"{"unknown": {"source": "nvml", "reason": "driver not loaded"}}"#;
    assert_eq!(ask(&["/bin/echo", unknown]).reason(), Some("driver not loaded"));
}

#[test]
fn compose_is_asked_where_docker_looks_for_it() {
    let root = TempDir::new().expect("a folder");
    let programs = root.path().join("bin");
    let plugins = root.path().join("config/cli-plugins");
    let look = || {
        let folder = |path: &Path| path.to_str().expect("a plain name").to_owned();
        let variables = [("PATH", folder(&programs)), ("DOCKER_CONFIG", folder(&root.path().join("config")))];
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        bounded(&settings(root.path(), &variables)).compose
    };
    assert_eq!(look(), Observed::Known(None));
    program(&programs.join("docker-compose"), "echo v2.26.1");
    assert_eq!(look().known().expect("it answers").as_ref().expect("it is there").version, "2.26.1");
    program(&plugins.join("docker-compose"), "exec /bin/sleep 60");
    assert_eq!(look().known().expect("it answers").as_ref().expect("it is there").version, "2.26.1");
    fs::remove_file(programs.join("docker-compose")).expect("it was there");
    assert!(look().reason().is_some_and(|reason| reason.ends_with("gave no answer in 0.4 s")));
    program(&plugins.join("docker-compose"), "echo 2.40.3; echo and more");
    assert!(look().reason().is_some_and(|reason| reason.ends_with("printed no version")));
    program(&plugins.join("docker-compose"), "echo 2.40.3-desktop.1");
    let compose = look().known().expect("it answers").clone().expect("it is there");
    assert_eq!(
        (compose.version.as_str(), compose.path.as_str()),
        ("2.40.3-desktop.1", plugins.join("docker-compose").to_str().expect("plain"))
    );
}

fn program(path: &Path, line: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    // Written aside: a program that is still being written cannot be run.
    let aside = path.with_extension("new");
    fs::write(&aside, format!("#!/bin/sh\n{line}\n")).expect("a file");
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o755)).expect("a mode");
    fs::rename(aside, path).expect("a file");
}

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let entries =
        fs::read_dir(folder).expect("fixtures are there").map(|entry| entry.expect("it can be listed").path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_none_or(|end| end != "txt")).collect();
    paths.sort();
    paths
}

/// Compares with the file beside the fixture; `UPDATE=1` writes it.
fn assert_expected(path: &Path, text: &str) {
    let expected = path.with_extension("txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&expected, text).expect("it can be written");
    }
    let wanted = fs::read_to_string(&expected).unwrap_or_default();
    assert_eq!(text, wanted, "{}", path.display());
}

#[test]
fn cdi_folders_are_read_as_engines_read_them() {
    let paths = fixtures("cdi");
    assert!(paths.len() >= 7, "only {} fixtures", paths.len());
    for path in paths {
        let facts = bounded(&settings(&path, &[("DOCKER_HOST", "unix:///nowhere/docker.sock")]));
        assert_expected(&path, &described(facts.cdi.known().expect("folders are here")));
    }
}

#[test]
fn toolkit_configurations_are_read_with_their_odd_values() {
    for path in fixtures("toolkit") {
        let root = TempDir::new().expect("a folder");
        let folder = root.path().join("etc/nvidia-container-runtime");
        fs::create_dir_all(&folder).expect("a folder");
        fs::copy(&path, folder.join("config.toml")).expect("a file");
        let facts = bounded(&settings(root.path(), &[("DOCKER_HOST", "unix:///nowhere/docker.sock")]));
        let toolkit = facts.toolkit.known().expect("files are here");
        let seen = BTreeMap::from([
            ("config", serde_json::to_value(&toolkit.config).expect("plain data")),
            ("ldconfig", serde_json::to_value(&toolkit.ldconfig).expect("plain data")),
        ]);
        assert_expected(&path, &(serde_json::to_string_pretty(&seen).expect("plain data") + "\n"));
    }
}

#[test]
fn a_daemon_json_of_any_kind_is_no_trouble() {
    let root = TempDir::new().expect("a folder");
    let folder = root.path().join("etc/docker");
    fs::create_dir_all(&folder).expect("a folder");
    let look = |text: &str| {
        fs::write(folder.join("daemon.json"), text).expect("a file");
        let facts = bounded(&settings(root.path(), &[("DOCKER_HOST", "unix:///nowhere/docker.sock")]));
        facts.toolkit.known().expect("files are here").daemon_json.clone()
    };
    assert_eq!(look("[]").reason(), Some("it is no JSON object"));
    assert!(look("{\"features\"").reason().is_some_and(|reason| reason.starts_with("it is no JSON: ")));
    assert_eq!(look("").known().expect("empty is no fault").as_ref().expect("it is there").odd, Vec::<String>::new());
    let odd = look(r#"{"features": {"cdi": "yes"}, "runtimes": {"nvidia": {}}, "cdi-spec-dirs": null}"#);
    let odd = odd.known().expect("it is an object").clone().expect("it is there");
    assert_eq!((odd.cdi, odd.cdi_spec_dirs), (None, None));
    assert_eq!(odd.odd, [r#"features.cdi: "yes""#]);
    assert_eq!(odd.runtimes, BTreeMap::from([("nvidia".to_owned(), None)]));
    let long = look(
        "{\n  \"features\": {\n    \"cdi\": false\n  },\n  \"runtimes\": {\"nvidia\": {\"path\": \"x\",\n\"args\": [1]}}\n}\n",
    );
    let lines = long.known().expect("it is an object").clone().expect("it is there").lines;
    let lines: Vec<(&str, u32)> = lines.iter().map(|(key, line)| (key.as_str(), *line)).collect();
    assert_eq!(lines, [("features.cdi", 3), ("runtimes", 5), ("runtimes.nvidia", 5), ("runtimes.nvidia.args", 6)]);
}
