//! `render` on a fixture for recorded hosts: the form that the host can give, for the devices that
//! the fixture asks for; or the refusal, with its reasons.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Output,
};

use libtest_mimic::Failed;
use serde_json::Value;

use super::{
    composegpu,
    fixture_projects::{Fixture, lab_gpus},
};

/// How a rendered service asks for its GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// CDI names under `devices`.
    Cdi,
    /// `runtime: nvidia` and NVIDIA_VISIBLE_DEVICES.
    Runtime,
}

/// Recorded hosts, and the ways that may be taken there. None: the host has no GPU to give.
const HOSTS: &[(&str, &[Way])] = &[
    ("lab-cdi-ok", &[Way::Cdi]),
    ("lab-full-cdi", &[Way::Cdi, Way::Runtime]),
    ("lab-full-auto", &[Way::Cdi, Way::Runtime]),
    ("lab-full-auto-nospec", &[Way::Runtime]),
    ("lab-e26-cdi-ok", &[Way::Cdi]),
    ("lab-e26-full-auto", &[Way::Runtime]),
    ("lab-e20-full-auto", &[Way::Runtime]),
    ("lab-bare", &[]),
];

/// Renders every form of a fixture for every host.
pub(crate) fn check(fixture: &Fixture) -> Result<(), Failed> {
    let mut failures = Vec::new();
    for form in fixture.forms()? {
        if fixture.says(&format!("No host gives `{form}/` a GPU"))? {
            continue;
        }
        for (host, ways) in HOSTS {
            if let Err(failed) = check_host(fixture, &form, host, ways) {
                failures.push(format!("{form} on {host}: {}", failed.message().unwrap_or_default()));
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

fn check_host(fixture: &Fixture, form: &str, host: &str, ways: &[Way]) -> Result<(), Failed> {
    let facts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(host).with_extension("json");
    let (folder, arguments) = (fixture.path.join(form), fixture.arguments()?);
    let facts = facts.to_string_lossy();
    let verb = ["render", "--format", "json", "--host", &*facts];
    let output = composegpu(&folder, &verb, &arguments)?;
    let wanted = fixture.wanted(form)?;
    let lacking = wanted.values().flatten().find(|device| lab_gpus(device).is_empty());
    match (fixture.is_refused(form)?, wanted.is_empty(), ways, lacking) {
        (true, ..) => refusal(&output, 1, ""),
        // What a profile keeps away is no reason to stop: it is left as it is, with a word.
        (_, false, [], _) if !is_any_active(&folder, &arguments, &wanted)? => {
            if output.status.success() && !output.stderr.is_empty() {
                Ok(())
            } else {
                Err(format!("{output:?}").into())
            }
        }
        (_, false, [], _) => {
            refusal(&output, 3, "")?;
            let output = composegpu(&folder, &[&verb[..], &["--fallback", "cpu"]].concat(), &arguments)?;
            if output.stderr.is_empty() {
                return Err("falls back to the CPU without a word".into());
            }
            compare(&output, &wanted, &[])
        }
        (.., Some(device)) => refusal(&output, 3, device),
        _ => compare(&output, &wanted, ways),
    }
}

/// Whether one of the services runs without a profile being named.
fn is_any_active(folder: &Path, arguments: &[String], wanted: &BTreeMap<String, Vec<String>>) -> Result<bool, Failed> {
    let output = composegpu(folder, &["config", "--format", "json"], arguments)?;
    let project: Value = serde_json::from_slice(&output.stdout)?;
    Ok(wanted.keys().any(|name| project["services"].get(name).is_some()))
}

/// Nothing was printed that could be taken for a project, and the reason names what is missing.
fn refusal(output: &Output, code: i32, named: &str) -> Result<(), Failed> {
    let reason = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(code) && output.stdout.is_empty() && !reason.is_empty() && reason.contains(named) {
        return Ok(());
    }
    let printed = if output.stdout.is_empty() { "nothing" } else { "a project" };
    Err(format!("should exit {code} and name `{named}`: {}, {printed} on stdout\n{reason}", output.status).into())
}

/// Each service asks for what it wants in one of the ways, and for nothing beside.
fn compare(output: &Output, wanted: &BTreeMap<String, Vec<String>>, ways: &[Way]) -> Result<(), Failed> {
    if !output.status.success() {
        return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    let project: Value = serde_json::from_slice(&output.stdout)?;
    for (name, service) in project["services"].as_object().ok_or("no services")? {
        let wanted = wanted.get(name);
        let gpus: BTreeSet<&str> = wanted.into_iter().flatten().flat_map(|device| lab_gpus(device)).collect();
        let asked = asked(service)?;
        let is_right = match asked {
            Some((way, ref devices)) => ways.contains(&way) && *devices == gpus,
            None if ways.is_empty() => wanted.is_none() || variable(service, "NVIDIA_VISIBLE_DEVICES") == Some("void"),
            None => gpus.is_empty(),
        };
        if !is_right {
            return Err(format!("`{name}` wants {gpus:?} by {ways:?}, and asks for {asked:?}:\n{service:#}").into());
        }
    }
    Ok(())
}

/// What a service asks for; an error where it asks in a form that is not written.
fn asked(service: &Value) -> Result<Option<(Way, BTreeSet<&'static str>)>, Failed> {
    let reserved = service.pointer("/deploy/resources/reservations/devices").and_then(Value::as_array);
    if service.get("gpus").is_some() || reserved.is_some_and(|devices| !devices.is_empty()) {
        return Err(format!("asks in an old form too:\n{service:#}").into());
    }
    let devices: Vec<&str> = service["devices"].as_array().into_iter().flatten().filter_map(source).collect();
    if devices.iter().any(|device| device.starts_with("/dev/nvidia")) {
        return Err(format!("still has device nodes:\n{service:#}").into());
    }
    let cdi: Vec<&str> = devices.into_iter().filter(|device| device.starts_with("nvidia.com/gpu=")).collect();
    match (service["runtime"].as_str(), cdi.is_empty()) {
        (Some("nvidia"), true) => {
            let named = variable(service, "NVIDIA_VISIBLE_DEVICES").unwrap_or_default();
            Ok(Some((Way::Runtime, named.split(',').flat_map(lab_gpus).collect())))
        }
        (None, false) => Ok(Some((Way::Cdi, cdi.into_iter().flat_map(lab_gpus).collect()))),
        (None | Some("habana"), true) => Ok(None),
        _ => Err(format!("asks in two ways:\n{service:#}").into()),
    }
}

/// The host's side of a device, in the short form or the long one.
fn source(device: &Value) -> Option<&str> {
    device.as_str().or_else(|| device["source"].as_str())
}

fn variable<'a>(service: &'a Value, name: &str) -> Option<&'a str> {
    service["environment"][name].as_str()
}
