//! `doctor` on real engines: inside each staged host it names what was staged; the commands that it
//! prints, and the files that it writes, carried out there, mend the host, and a form of GPU request
//! that failed before starts a container with a GPU.
//!
//! Without a lab every test is ignored and says why; with `LAB=require` it fails.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures and starts programs")]

#[path = "lab/engine.rs"]
mod engine;
#[expect(dead_code, reason = "only the names of the lab's GPUs are used")]
mod fixture_projects;
#[path = "lab/stack.rs"]
mod stack;
#[path = "doctor/staged.rs"]
mod staged;

use std::{collections::BTreeSet, fs, io, process::ExitCode};

use engine::{Lab, said};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::Value;
use stack::Way;
use staged::{HOSTS, STAND_IN, WITHOUT_DRIVER};

/// Newest Compose of the lab.
const COMPOSE: &str = "2.40";

/// A finding, the form that mending it unlocks, and who then gives the GPU.
struct Case {
    scenario: &'static str,
    code: &'static str,
    form: &'static str,
    way: Way,
}

/// Faults that the commands beside the finding mend.
const BY_COMMANDS: &[Case] = &[
    case("cdi-off", "CH010", "cdi", Way::Cdi),
    case("e26-stock", "CH010", "cdi", Way::Cdi),
    case("full-auto-cdioff", "CH010", "cdi", Way::Cdi),
    case("full-auto-nospec", "CH026", "cdi", Way::Cdi),
    case("e26-cdi-nospec", "CH026", "cdi", Way::Cdi),
    case("full-cdi-nospec", "CH019", "runtime", Way::Runtime),
    case("cdi-conflict", "CH028", "cdi", Way::Cdi),
    case("e26-cdi-conflict", "CH028", "cdi", Way::Cdi),
    case("cdi-malformed", "CH029", "cdi", Way::Cdi),
    case("e26-cdi-malformed", "CH029", "cdi", Way::Cdi),
    case("cdi-stale-lib", "CH008", "cdi", Way::Cdi),
    case("e26-cdi-stale-lib", "CH008", "cdi", Way::Cdi),
    case("cdi-stale-node", "CH008", "cdi", Way::Cdi),
    case("e28-stale-hook", "CH008", "cdi", Way::Cdi),
    case("full-legacy-ldconfig", "CH018", "reservation", Way::Hook),
    case("full-cdi", "CH011", "reservation", Way::Hook),
    case("e20-full-cdi", "CH011", "gpus", Way::Hook),
    case("hook-only-legacy", "CH002", "runtime", Way::Hook),
    case("e20-hook-only", "CH002", "runtime", Way::Hook),
    case("runtime-broken", "CH002", "runtime", Way::Runtime),
    case("nodes-only", "CH001", "reservation", Way::Hook),
    case("e20-stock", "CH001", "gpus", Way::Hook),
    case("runtime-only-legacy", "CH001", "reservation", Way::Hook),
    case("default-cdi-nohook", "CH001", "reservation", Way::Runtime),
];

/// Faults that the files of `--write` mend, installed as their README says.
const BY_FILES: &[Case] = &[
    case("cdi-off", "CH010", "cdi", Way::Cdi),
    case("e26-stock", "CH010", "cdi", Way::Cdi),
    case("full-auto-nospec", "CH026", "cdi", Way::Cdi),
    case("cdi-malformed", "CH029", "cdi", Way::Cdi),
    case("cdi-stale-lib", "CH008", "cdi", Way::Cdi),
    case("full-legacy-ldconfig", "CH018", "reservation", Way::Hook),
    case("full-cdi", "CH011", "reservation", Way::Hook),
];

/// The same, where a toolkit before 1.18 is installed, which writes no spec by itself.
const BY_UNITS: &[Case] = &[
    case("full-auto-nospec", "CH026", "cdi", Way::Cdi),
    case("full-cdi-stale-lib", "CH008", "cdi", Way::Cdi),
    case("e26-cdi-malformed", "CH029", "cdi", Way::Cdi),
];

const fn case(scenario: &'static str, code: &'static str, form: &'static str, way: Way) -> Case {
    Case { scenario, code, form, way }
}

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let missing = engine::missing();
    if missing.is_none() && !arguments.list {
        engine::sweep().map_err(|failed| io::Error::other(failed.message().unwrap_or_default().to_owned()))?;
    }
    let mut trials = Vec::new();
    for &(scenario, codes) in HOSTS {
        trials.push(trial(format!("names::{scenario}"), &missing, move || names_the_fault(scenario, codes)));
    }
    for case in BY_COMMANDS {
        let name = format!("commands::{}::{}", case.scenario, case.code);
        trials.push(trial(name, &missing, || mends(case, None, by_commands)));
    }
    for case in BY_FILES {
        let name = format!("files::{}::{}", case.scenario, case.code);
        trials.push(trial(name, &missing, || mends(case, None, by_files)));
    }
    for case in BY_UNITS {
        let name = format!("units::{}::{}", case.scenario, case.code);
        trials.push(trial(name, &missing, || mends(case, Some("1.17.8-1"), by_files)));
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn trial(name: String, missing: &Option<String>, check: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    let missing = missing.clone();
    Trial::ignorable_test(name, move || match missing {
        Some(reason) if std::env::var_os("LAB").is_some_and(|value| value == "require") => {
            Err(format!("LAB=require, but no lab: {reason}").into())
        }
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => check().map(|()| Completion::Completed),
    })
}

/// What `doctor` finds inside of the lab.
fn doctor(lab: &Lab, args: &[&str]) -> Result<Vec<Value>, Failed> {
    let arguments: Vec<&std::ffi::OsStr> = ["doctor", "--timeout", "20", "--format", "json"]
        .iter()
        .chain(args)
        .map(|one| std::ffi::OsStr::new(*one))
        .collect();
    let output = lab.exec(60, &arguments)?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| said(&output))?;
    Ok(report["findings"].as_array().cloned().unwrap_or_default())
}

fn codes(findings: &[Value]) -> BTreeSet<&str> {
    findings.iter().filter_map(|finding| finding["code"].as_str()).collect()
}

fn names_the_fault(scenario: &str, staged: &[&str]) -> Result<(), Failed> {
    let lab = Lab::up(scenario, COMPOSE)?;
    let findings = doctor(&lab, &[])?;
    let expected: BTreeSet<&str> = staged.iter().copied().chain([STAND_IN]).collect();
    let is_gone = findings.iter().any(|finding| {
        finding["code"] == STAND_IN && finding["message"].as_str().is_some_and(|text| text.contains("no NVIDIA driver"))
    });
    if codes(&findings) == expected && is_gone == WITHOUT_DRIVER.contains(&scenario) {
        return Ok(());
    }
    Err(format!("expected {expected:?}, found {findings:#?}").into())
}

/// The fault is there and the form fails; after the cure it is gone and the form starts.
fn mends(case: &Case, toolkit: Option<&str>, cure: fn(&Lab, &Case) -> Result<String, Failed>) -> Result<(), Failed> {
    let lab = Lab::up(case.scenario, COMPOSE)?;
    if let Some(version) = toolkit {
        lab.mend(&format!("sudo apt-get install -y nvidia-container-toolkit-base={version}"))?;
    }
    let before = doctor(&lab, &[])?;
    if !codes(&before).contains(case.code) {
        return Err(format!("`doctor` does not name {}: {before:#?}", case.code).into());
    }
    if start(&lab, case, "before").is_ok() {
        return Err(format!("the form `{}` works before anything is mended", case.form).into());
    }
    let done = cure(&lab, case)?;
    let after = doctor(&lab, &[])?;
    if codes(&after).contains(case.code) {
        return Err(format!("still there after\n{done}\n{after:#?}").into());
    }
    start(&lab, case, "after").map_err(|failed| format!("after\n{done}\n{failed:?}").into())
}

/// A container that asks for GPU 0 in the case's form.
fn start(lab: &Lab, case: &Case, name: &str) -> Result<(), Failed> {
    let folder = lab.folder.join(name);
    fs::create_dir_all(&folder)?;
    let source = folder.join("compose.yaml");
    fs::write(&source, "services:\n  llm:\n    image: llm\n    gpus:\n      - device_ids: [\"0\"]\n")?;
    let rendered = folder.join("rendered.yaml");
    let (source, out) = (source.as_os_str(), rendered.as_os_str());
    let arguments =
        ["render".as_ref(), "-f".as_ref(), source, "--form".as_ref(), case.form.as_ref(), "-o".as_ref(), out];
    let output = lab.exec(60, &arguments)?;
    if !output.status.success() {
        return Err(format!("`render`: {}", said(&output)).into());
    }
    let seen = stack::start(lab, &format!("{}-{name}", case.code.to_lowercase()), &rendered, stack::Given::File)?;
    match seen.get("llm") {
        Some(seen) if seen.way == Some(case.way) && seen.gpus == BTreeSet::from(["0"]) => Ok(()),
        seen => Err(format!("the container shows {seen:?}").into()),
    }
}

/// Carries out what stands beside the finding: packages first, then each command up to the first "or".
fn by_commands(lab: &Lab, case: &Case) -> Result<String, Failed> {
    let findings = doctor(lab, &[])?;
    let of_code = findings.iter().filter(|finding| finding["code"] == case.code);
    let mut done = Vec::new();
    for help in of_code.filter_map(|finding| finding["help"].as_str()) {
        let first = help.split("; or ").next().unwrap_or(help);
        let first = first.split(", or ").next().unwrap_or(first);
        for (at, text) in first.split('`').enumerate().filter(|(at, _)| at % 2 == 1) {
            let before = first.split('`').nth(at - 1).unwrap_or_default();
            let command = match text {
                package if before.ends_with("the package ") => format!("sudo apt-get install -y {package}"),
                command if command.starts_with("sudo ") => command.to_owned(),
                write if write.starts_with("composegpu doctor --write ") => write_files(lab, write)?,
                _ => continue,
            };
            done.push(command);
        }
    }
    let done = done.join("\n");
    lab.mend(&format!("cd {}\n{done}", lab.folder.display()))?;
    Ok(done)
}

/// `composegpu` is not on the lab's PATH; this is the program under test.
fn write_files(_: &Lab, command: &str) -> Result<String, Failed> {
    let program = env!("CARGO_BIN_EXE_composegpu");
    Ok(format!("{} >wrote.txt 2>&1 || true", command.replacen("composegpu", program, 1)))
}

/// Installs what `doctor --write` proposes, by the commands of its README.
fn by_files(lab: &Lab, _: &Case) -> Result<String, Failed> {
    let folder = lab.folder.join("proposed");
    doctor(lab, &["--write", &folder.to_string_lossy()])?;
    let readme = fs::read_to_string(folder.join("README.md"))?;
    let packages = readme.lines().find_map(|line| line.strip_prefix("Install the package `")?.split('`').next());
    let block = readme.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let install = packages.map(|package| format!("sudo apt-get install -y {package}\n")).unwrap_or_default();
    let done = format!("{install}{block}");
    lab.mend(&format!("cd {}\n{done}", folder.display()))?;
    Ok(done)
}
