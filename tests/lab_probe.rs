//! Real engines: what `probe` sees inside a staged host agrees with how it was staged, axis by axis.
//!
//! A scenario is a test. How a host was staged stands in its lab.json, which the probe does not read.
//! Without a lab every test is ignored and says why; with `LAB=require` it fails, except where the
//! fetched engines cannot start the scenario at all.
#![expect(clippy::disallowed_methods, reason = "a test starts programs and reads what they wrote")]

#[path = "lab/engine.rs"]
mod engine;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
    process::{Command, ExitCode},
};

use composegpu::host::{CdiLookup, DeviceProblem, Docker, HostFacts, Toolkit};
use engine::{Lab, said};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let missing = engine::missing();
    if missing.is_none() && !arguments.list {
        engine::sweep().map_err(|failed| io::Error::other(failed.message().unwrap_or_default().to_owned()))?;
    }
    let trials = scenarios()?.into_iter().map(|name| {
        let (missing, lacking) = (missing.clone(), lacking(&name));
        Trial::ignorable_test(name.clone(), move || match (missing, lacking) {
            // Not even a whole lab can start this one, so requiring a lab does not ask for it.
            (_, Some(reason)) => Ok(Completion::ignored_with(reason)),
            (Some(reason), None) if std::env::var_os("LAB").is_some_and(|value| value == "require") => {
                Err(format!("LAB=require, but no lab: {reason}").into())
            }
            (Some(reason), None) => Ok(Completion::ignored_with(reason)),
            (None, None) => check(&name).map(|()| Completion::Completed),
        })
    });
    Ok(libtest_mimic::run(&arguments, trials.collect()).exit_code())
}

/// The names that `hostlab list` gives; none where it cannot run.
fn scenarios() -> io::Result<Vec<String>> {
    let hostlab = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/hostlab");
    let Ok(output) = Command::new(hostlab).arg("list").output() else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let listed = text.lines().skip_while(|line| *line != "scenarios:").skip(1);
    let names = listed.take_while(|line| line.starts_with("  ")).filter_map(|line| line.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}

/// Why a scenario has no engine here.
fn lacking(scenario: &str) -> Option<String> {
    // Its engine refuses its configuration, and never starts (HOSTLAB: 20.10 knows no `cdi-spec-dirs`).
    if scenario == "e20-cdi-dirs" {
        return Some("its engine does not start, which is the point of it".to_owned());
    }
    let folder = std::env::var_os("HOSTLAB_DIR").map(|folder| Path::new(&folder).join("engines"))?;
    let has_29 =
        fs::read_dir(folder).ok()?.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("29"));
    let is_missing = scenario.starts_with("e29-") && !has_29 && std::env::var_os("HOSTLAB_ENGINE_DIR_29").is_none();
    is_missing.then(|| "no engine 29 here; `hostlab fetch` brings none".to_owned())
}

fn check(scenario: &str) -> Result<(), Failed> {
    let lab = Lab::up(scenario, "2.40")?;
    let output =
        lab.exec(60, &["probe".as_ref(), "--format".as_ref(), "json".as_ref(), "--timeout".as_ref(), "20".as_ref()])?;
    let text = String::from_utf8_lossy(&output.stdout);
    let facts = HostFacts::from_json(&text).map_err(|error| format!("{error}: {}", said(&output)))?;
    let staged = fs::read_to_string(Path::new(lab.variable("HOSTLAB").ok_or("no HOSTLAB")?).join("lab.json"))?;
    let staged: serde_json::Value = serde_json::from_str(&staged).map_err(|error| error.to_string())?;
    let axes: BTreeMap<String, String> =
        serde_json::from_value(staged["axes"].clone()).map_err(|error| error.to_string())?;
    let seen = seen(&facts)?;
    let wrong: Vec<String> = seen
        .iter()
        .filter(|(axis, values)| !values.contains(&axes[**axis].as_str()))
        .map(|(axis, values)| format!("{axis}: staged {}, seen {values:?}", axes[*axis]))
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{text}", wrong.join("\n")).into()) }
}

/// Each axis with the values that the facts fit; several, where the facts cannot tell them apart.
fn seen(facts: &HostFacts) -> Result<BTreeMap<&'static str, Vec<&'static str>>, Failed> {
    let docker = facts.docker.known().ok_or("the engine was not seen")?;
    let toolkit = facts.toolkit.known().ok_or("the toolkit was not seen")?;
    let cdi = facts.cdi.known().ok_or("CDI was not seen")?;
    let system = facts.system.known().ok_or("the system was not seen")?;
    let daemon = toolkit.daemon_json.known().and_then(Option::as_ref).ok_or("daemon.json was not seen")?;
    let config = toolkit.config.known().ok_or("config.toml was not seen")?.as_ref();
    let is_custom = daemon.cdi_spec_dirs.as_ref().is_some_and(|dirs| *dirs == ["/etc/lab-cdi"]);
    let dirs = if is_custom { vec!["/etc/lab-cdi"] } else { vec!["/etc/cdi", "/var/run/cdi"] };
    let has = |name: &str| if toolkit.binary(name).is_some() { vec!["present"] } else { vec!["absent"] };
    let is_driven = system.kernel_driver.known().ok_or("the driver was not seen")?.is_some();
    Ok(BTreeMap::from([
        ("engine", engine_of(docker)),
        ("cdi", cdi_of(docker, daemon.cdi)?),
        ("dirs", if is_custom { vec!["custom"] } else { vec!["default"] }),
        ("spec", spec_of(&cdi.lookup(&dirs), is_driven)),
        ("runtime", runtime_of(docker, toolkit)),
        ("hook", has("nvidia-container-runtime-hook")),
        ("cdihook", has("nvidia-cdi-hook")),
        ("mode", mode_of(config.and_then(|config| config.mode.as_deref()))),
        ("driver", driver_of(is_driven, toolkit.ldconfig.exists)),
        (
            "nodes",
            match system.device_nodes.iter().any(|node| node.path == "/dev/nvidia0") {
                true => vec!["present"],
                false => vec!["absent"],
            },
        ),
        ("swarm", if docker.generic_resources.is_empty() { vec!["off"] } else { vec!["on"] }),
    ]))
}

/// Without a config.toml the mode is staged in vain.
fn mode_of(mode: Option<&str>) -> Vec<&'static str> {
    match mode {
        Some("legacy") => vec!["legacy"],
        Some("cdi") => vec!["cdi"],
        Some(_) => vec!["auto"],
        None => vec!["auto", "legacy", "cdi"],
    }
}

fn driver_of(is_driven: bool, has_ldconfig: bool) -> Vec<&'static str> {
    match (is_driven, has_ldconfig) {
        (false, _) => vec!["nvml"],
        (true, true) => vec!["ok"],
        (true, false) => vec!["ldconfig"],
    }
}

fn engine_of(docker: &Docker) -> Vec<&'static str> {
    let known = ["28.5", "29", "26.1", "20.10"];
    known.into_iter().filter(|version| docker.server_version.starts_with(&format!("{version}."))).collect()
}

/// What daemon.json says, which the engine must agree with where it knows the key.
fn cdi_of(docker: &Docker, setting: Option<bool>) -> Result<Vec<&'static str>, Failed> {
    let version = docker.version().ok_or("the engine has no version")?;
    let is_known = version.major >= 25;
    let by_default = (version.major, version.minor) >= (28, 2);
    let is_on = is_known && setting.unwrap_or(by_default);
    if docker.cdi_dirs().is_empty() == is_on {
        return Err(format!("features.cdi is {setting:?}, and the engine says {:?}", docker.cdi_spec_dirs).into());
    }
    Ok(match setting {
        None => vec!["default"],
        Some(true) => vec!["on"],
        Some(false) => vec!["off"],
    })
}

fn runtime_of(docker: &Docker, toolkit: &Toolkit) -> Vec<&'static str> {
    let Some(runtime) = docker.runtimes.get("nvidia") else { return vec!["absent"] };
    let program = runtime.path.as_ref().and_then(|path| toolkit.named_binaries.get(path));
    match program {
        Some(program) if !program.is_executable => vec!["broken"],
        _ if docker.default_runtime.as_deref() == Some("nvidia") => vec!["default"],
        _ => vec!["registered"],
    }
}

/// The state of the specs, as the device names and what is wrong with them tell.
fn spec_of(lookup: &CdiLookup<'_>, is_driven: bool) -> Vec<&'static str> {
    if !lookup.conflicts.is_empty() {
        return vec!["conflict"];
    }
    if !lookup.rejected.is_empty() {
        return vec!["malformed"];
    }
    let names: BTreeSet<&str> = lookup.devices.keys().filter_map(|name| name.strip_prefix("nvidia.com/gpu=")).collect();
    if names.is_empty() {
        return if lookup.devices.is_empty() { vec!["missing"] } else { vec!["amd"] };
    }
    let mut problems = lookup.devices.values().flat_map(composegpu::host::ResolvedDevice::problems);
    let files: BTreeSet<&str> = lookup.devices.values().map(|device| device.file).collect();
    match problems.next() {
        Some(DeviceProblem::MissingMount { .. }) if is_driven => return vec!["stale-lib"],
        // The libraries went with the driver, and the spec is as it was.
        Some(DeviceProblem::MissingMount { .. }) => return vec!["stale-lib", "ok"],
        Some(DeviceProblem::MissingNode { .. }) => return vec!["stale-node"],
        Some(DeviceProblem::MissingHook { .. }) => return vec!["stale-hook"],
        Some(_) => return Vec::new(),
        None => {}
    }
    let is_shadowing = lookup.devices.values().any(|device| !device.shadowed.is_empty());
    match () {
        () if is_shadowing => vec!["shadow"],
        () if files == BTreeSet::from(["/var/run/cdi/nvidia.yaml"]) => vec!["refresh"],
        () if names == BTreeSet::from(["1"]) => vec!["second"],
        () if names.iter().all(|name| name.starts_with("GPU-")) => vec!["uuid"],
        () => vec!["ok"],
    }
}
