//! `doctor` on every staged host that was recorded: it names what was staged, and on a healthy one
//! nothing but what the lab's stand-in for a driver lacks.
#![allow(clippy::disallowed_methods, reason = "it reads the project's own fixtures")]

use std::{collections::BTreeSet, fs, path::Path};

use assert_cmd::Command;
use serde_json::Value;

#[path = "doctor/staged.rs"]
mod staged;

use staged::{HOSTS, STAND_IN, WITHOUT_DRIVER};

fn doctor(host: &str, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("composegpu").expect("the program is built");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_clear().env("COLUMNS", "160");
    let output = command.args(["doctor", "--host", host]).args(args).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes UTF-8");
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

fn json(host: &str) -> Value {
    let (exit, out, err) = doctor(host, &["--format", "json"]);
    assert!(exit <= 1 && err.is_empty(), "{host}: {exit} {err}");
    serde_json::from_str(&out).expect("it is JSON")
}

fn lab(host: &str) -> String {
    format!("fixtures/hosts/lab-{host}.json")
}

fn findings(report: &Value) -> &Vec<Value> {
    report["findings"].as_array().expect("a report has findings")
}

#[test]
fn every_recorded_host_of_the_lab_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts");
    let names = fs::read_dir(folder).expect("the folder is there").map(|entry| {
        let name = entry.expect("the folder can be listed").file_name();
        name.to_string_lossy().trim_end_matches(".json").to_owned()
    });
    // Hosts with an engine 29 are composed from the files of these.
    let recorded = names.filter_map(|name| name.strip_prefix("lab-").map(str::to_owned));
    let recorded: BTreeSet<String> = recorded.filter(|name| !name.starts_with("e29-")).collect();
    let listed: BTreeSet<String> = HOSTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(recorded, listed);
}

#[test]
fn the_staged_fault_is_named_and_nothing_else() {
    for (host, expected) in HOSTS {
        let report = json(&lab(host));
        let codes: BTreeSet<&str> = findings(&report).iter().filter_map(|finding| finding["code"].as_str()).collect();
        let expected: BTreeSet<&str> = expected.iter().copied().chain([STAND_IN]).collect();
        assert_eq!(codes, expected, "{host}");
    }
}

#[test]
fn a_driver_that_is_gone_is_told_from_half_a_driver() {
    for (host, _) in HOSTS {
        let report = json(&lab(host));
        let driver = findings(&report).iter().find(|finding| finding["code"] == STAND_IN).expect("every lab lacks it");
        let is_gone = driver["message"].as_str().is_some_and(|message| message.contains("no NVIDIA driver"));
        assert_eq!(is_gone, WITHOUT_DRIVER.contains(host), "{host}: {driver:#}");
    }
}

#[test]
fn every_finding_has_evidence_and_a_way_out() {
    for (host, _) in HOSTS {
        for finding in findings(&json(&lab(host))) {
            let evidence = &finding["evidence"];
            for key in ["source", "field", "value"] {
                assert!(evidence[key].as_str().is_some_and(|text| !text.is_empty()), "{host}: {finding:#}");
            }
            let message = finding["message"].as_str().expect("a finding has a message");
            assert!(!message.ends_with('.') && !message.starts_with(char::is_uppercase), "{host}: {message}");
            assert!(finding["help"].as_str().is_some_and(|help| !help.ends_with('.')), "{host}: {finding:#}");
        }
    }
}

#[test]
fn for_people() {
    let (exit, out, err) = doctor(&lab("full-legacy-ldconfig"), &[]);
    assert_eq!((exit, err.as_str()), (1, ""));
    for part in [
        "error[CH018] ldconfig-path",
        "config.toml:4 says nvidia-container-cli.ldconfig is @/sbin/ldconfig.real",
        "sudo nvidia-ctk config --set nvidia-container-cli.ldconfig=@/sbin/ldconfig --in-place",
        "not judged: /proc/modules: there is no such file CH016 uvm-not-loaded",
    ] {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&out).contains(part), "{part}\n{out}");
    }
}

#[test]
fn nothing_seen_is_no_finding() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(lab("cdi-off"))).expect("it is there");
    let mut facts: Value = serde_json::from_str(&text).expect("it is JSON");
    for key in ["docker", "compose", "cdi", "toolkit", "nvml", "system"] {
        facts[key] = serde_json::json!({ "unknown": { "source": key, "reason": "nobody looked" } });
    }
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("host.json");
    fs::write(&path, facts.to_string()).expect("it can be written");
    let report = json(&path.to_string_lossy());
    assert_eq!(findings(&report).len(), 0, "{report:#}");
    assert!(report["skipped"].as_array().is_some_and(|skipped| skipped.len() >= 20), "{report:#}");
}

#[test]
fn lint_leaves_the_host_to_doctor() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("compose.yaml");
    fs::write(&path, "services:\n  web:\n    image: nginx\n").expect("it can be written");
    let mut command = Command::cargo_bin("composegpu").expect("the program is built");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    let output = command.args(["lint", "--host", &lab("cdi-off")]).arg(path).output().expect("it runs");
    assert_eq!((output.status.code(), output.stdout), (Some(0), Vec::new()));
}

#[test]
fn a_host_that_cannot_be_read() {
    let (exit, out, err) = doctor("fixtures/hosts/absent.json", &[]);
    assert_eq!((exit, out.as_str()), (3, ""));
    assert!(err.starts_with("error: cannot read"), "{err}");
    let (exit, _, err) = doctor("fixtures/hosts/lab-*.json", &[]);
    let only =
        "error: cannot read fixtures/hosts/lab-*.json: no such file; only `lint` takes a pattern of several hosts\n";
    assert_eq!((exit, err.as_str()), (3, only));
    if cfg!(unix) {
        let (exit, _, err) = doctor("fixtures/hosts", &[]);
        let folder = "error: cannot read fixtures/hosts: it is a folder; `lint` takes the recordings in it with \
                      `--host 'fixtures/hosts/*.json'`\n";
        assert_eq!((exit, err.as_str()), (3, folder));
    }
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("host.json");
    fs::write(&path, r#"{"schema": 2}"#).expect("it can be written");
    let (exit, _, err) = doctor(&path.to_string_lossy(), &[]);
    let reason = "host facts have schema 2, and this composegpu reads schema 1; a newer composegpu wrote it; update this \
                  one, or record the host again\n";
    assert!(exit == 3 && err.ends_with(reason), "{err}");
}

#[test]
fn evidence_in_a_file_has_its_line() {
    let text = fs::read_to_string(lab("hook-only-cdi")).expect("the recording is there");
    let mut facts: Value = serde_json::from_str(&text).expect("it is JSON");
    let config = &mut facts["toolkit"]["known"]["config"]["known"];
    config["lines"] = serde_json::json!({ "nvidia-container-runtime.mode": 15 });
    let path = config["path"].as_str().expect("there is a file").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let host = folder.path().join("host.json");
    fs::write(&host, facts.to_string()).expect("it can be written");
    let host = host.to_str().expect("a path of text");
    let (_, out, _) = doctor(host, &[]);
    assert!(out.contains(&format!("{path}:15 says nvidia-container-runtime.mode is cdi")), "{out}");
    let report = json(host);
    let lines = findings(&report).iter().filter_map(|finding| finding["evidence"]["line"].as_u64());
    assert_eq!(lines.collect::<Vec<_>>(), [15]);
}
