//! Real engines: `probe` looks at a staged host, `render` writes each fixture project for it,
//! Compose starts what was written, and the containers must show the GPUs that the project asked for.
//!
//! `gpus.txt` of a fixture says what it asks for, `form: service GPU…`; a service that is not
//! there must show none. Without a lab every test is ignored and says why; with `LAB=require`
//! it fails.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures and starts programs")]

#[path = "lab/engine.rs"]
mod engine;
mod fixture_projects;
#[path = "lab/stack.rs"]
mod stack;
#[path = "lab/swarm.rs"]
mod swarm;

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output},
    sync::{Arc, OnceLock},
};

use engine::{Lab, said};
use fixture_projects::{Fixture, lab_gpus};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use stack::{Given, Way};

/// The staged hosts with their Compose, and the ways that may give a container its GPUs there.
/// None: the host has no GPU to give.
const HOSTS: &[(&str, &str, &[Way])] = &[
    ("cdi-ok", NEW, &[Way::Cdi]),
    ("cdi-uuid", NEW, &[Way::Cdi]),
    ("full-cdi", NEW, &[Way::Cdi, Way::Runtime]),
    ("full-auto", NEW, &[Way::Cdi, Way::Runtime, Way::Hook]),
    ("full-auto-nospec", NEW, &[Way::Runtime]),
    ("runtime-only-cdi", NEW, &[Way::Runtime]),
    ("hook-only-legacy", NEW, &[Way::Hook]),
    ("bare", NEW, &[]),
    ("e26-cdi-ok", NEW, &[Way::Cdi]),
    ("e26-full-auto", NEW, &[Way::Runtime, Way::Hook]),
    ("e20-full-auto", NEW, &[Way::Runtime, Way::Hook]),
    ("cdi-ok", OLD, &[Way::Cdi]),
    ("e26-full-legacy", OLD, &[Way::Runtime, Way::Hook]),
    ("e20-hook-only", OLD, &[Way::Hook]),
];

/// A Compose that sends all that it reads.
const NEW: &str = "2.40";

/// One that leaves `gpus` out and takes CDI names under `devices` for paths.
const OLD: &str = "2.26";

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let missing = engine::missing();
    if missing.is_none() && !arguments.list {
        engine::sweep().map_err(|failed| io::Error::other(failed.message().unwrap_or_default().to_owned()))?;
    }
    let mut fixtures = Vec::new();
    for fixture in fixture_projects::all()? {
        if !fixture.says("No lab starts it")? {
            fixtures.push(fixture);
        }
    }
    let mut trials = Vec::new();
    for &(scenario, compose, ways) in HOSTS {
        let host = Arc::new(Host { scenario, compose, ways, facts: OnceLock::new() });
        for fixture in &fixtures {
            for form in fixture.forms()? {
                trials.push(trial(Arc::clone(&host), fixture.clone(), form, missing.clone()));
            }
        }
    }
    trials.extend(swarm::trials(&fixtures, &missing)?);
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn trial(host: Arc<Host>, fixture: Fixture, form: String, missing: Option<String>) -> Trial {
    Trial::ignorable_test(format!("{}::{}::{}::{form}", host.scenario, host.compose, fixture.name), move || {
        match missing {
            Some(reason) if std::env::var_os("LAB").is_some_and(|value| value == "require") => {
                Err(format!("LAB=require, but no lab: {reason}").into())
            }
            Some(reason) => Ok(Completion::ignored_with(reason)),
            None => check(&host, &fixture, &form).map(|()| Completion::Completed),
        }
    })
}

/// A scenario whose engine comes up with the first test that needs it, and goes with the last.
struct Host {
    scenario: &'static str,
    compose: &'static str,
    ways: &'static [Way],
    facts: OnceLock<Result<(Lab, PathBuf), String>>,
}

impl Host {
    /// The engine, and what `probe` recorded inside it.
    fn facts(&self) -> Result<&(Lab, PathBuf), Failed> {
        let facts =
            self.facts.get_or_init(|| self.probe().map_err(|failed| failed.message().unwrap_or_default().into()));
        facts.as_ref().map_err(|message| Failed::from(message.clone()))
    }

    fn probe(&self) -> Result<(Lab, PathBuf), Failed> {
        let lab = Lab::up(self.scenario, self.compose)?;
        let path = lab.folder.join("facts.json");
        let output =
            lab.exec(60, &["probe".as_ref(), "--timeout".as_ref(), "20".as_ref(), "-o".as_ref(), path.as_os_str()])?;
        if !output.status.success() || !path.is_file() {
            return Err(format!("`probe` in the lab: {}", said(&output)).into());
        }
        Ok((lab, path))
    }
}

/// One form of a fixture on one host.
struct Case<'a> {
    host: &'a Host,
    lab: &'a Lab,
    facts: &'a Path,
    folder: PathBuf,
    arguments: Vec<String>,
    /// Devices by service, as the fixture says.
    wanted: BTreeMap<String, Vec<String>>,
    /// Name of the containers' project and of the files.
    name: String,
}

fn check(host: &Host, fixture: &Fixture, form: &str) -> Result<(), Failed> {
    let (lab, facts) = host.facts()?;
    let case = Case {
        host,
        lab,
        facts,
        folder: fixture.path.join(form),
        arguments: fixture.arguments()?,
        wanted: fixture.wanted(form)?,
        name: format!("{}-{form}", fixture.name),
    };
    if case.is_refused(fixture.is_refused(form)?)? {
        return case.expect_exit(&case.render(&[])?, 1);
    }
    let missing = case.wanted.values().flatten().find(|device| lab_gpus(device).is_empty());
    match (missing, host.ways, case.wanted.is_empty()) {
        (_, [], false) => {
            case.expect_exit(&case.render(&[])?, 3)?;
            case.check_containers(&case.render(&["--fallback", "cpu"])?, Given::Piped, false)
        }
        (Some(device), _, _) => case.check_lacking(device),
        _ => {
            case.check_containers(&case.render(&[])?, Given::Piped, true)?;
            case.check_containers(&case.laid_over()?, Given::File, true)
        }
    }
}

impl Case<'_> {
    /// Whether Compose itself refuses the form; the fixture's README must say the same.
    fn is_refused(&self, is_said: bool) -> Result<bool, Failed> {
        let arguments: Vec<&OsStr> =
            self.arguments.iter().map(OsStr::new).chain(["config".as_ref(), "-q".as_ref()]).collect();
        let output = self.lab.compose(60, &self.folder, &arguments)?;
        if is_said == output.status.success() {
            return Err(format!("README.md says otherwise than Compose: {}", said(&output)).into());
        }
        Ok(!output.status.success())
    }

    fn render(&self, more: &[&str]) -> Result<Output, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
        command.arg("render").args(&self.arguments).arg("--host").arg(self.facts).args(more).current_dir(&self.folder);
        engine::run(60, &mut command)
    }

    /// The project as Compose itself reads it with the overlay that `render --overlay` writes beside the
    /// untouched files.
    fn laid_over(&self) -> Result<Output, Failed> {
        let rendered = self.render(&["--overlay"])?;
        if !rendered.status.success() {
            return Err(format!("`render --overlay`: {}", said(&rendered)).into());
        }
        let path = self.lab.folder.join(format!("{}-overlay.yaml", self.name));
        fs::write(&path, &rendered.stdout)?;
        let mut arguments = self.arguments.clone();
        if !arguments.iter().any(|word| word == "-f") {
            let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
            let base = names.into_iter().find(|name| self.folder.join(name).is_file());
            let base = base.ok_or_else(|| format!("no file of Compose's own names in {}", self.folder.display()))?;
            let picked_up = base.replace(".y", ".override.y");
            let files = [Some(base), Some(picked_up.as_str()).filter(|name| self.folder.join(name).is_file())];
            arguments.extend(files.into_iter().flatten().flat_map(|name| ["-f".to_owned(), name.to_owned()]));
        }
        let mut words: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        words.extend(["-f".as_ref(), path.as_os_str(), "--profile".as_ref(), "*".as_ref(), "config".as_ref()]);
        self.lab.compose(60, &self.folder, &words)
    }

    /// A verb that did not do its work says why, and prints nothing that could be taken for a project.
    fn expect_exit(&self, output: &Output, code: i32) -> Result<(), Failed> {
        if output.status.code() == Some(code) && output.stdout.is_empty() && !output.stderr.is_empty() {
            return Ok(());
        }
        Err(format!("`render` should exit {code} with its reasons on stderr alone: {}", said(output)).into())
    }

    fn check_lacking(&self, device: &str) -> Result<(), Failed> {
        let output = self.render(&[])?;
        self.expect_exit(&output, 3)?;
        if String::from_utf8_lossy(&output.stderr).contains(device) {
            return Ok(());
        }
        Err(format!("the host lacks `{device}`, which is not named: {}", said(&output)).into())
    }

    /// Compose takes what was rendered, and the containers show the GPUs asked for, or none.
    fn check_containers(&self, rendered: &Output, given: Given, has_gpus: bool) -> Result<(), Failed> {
        if !rendered.status.success() {
            return Err(format!("`render`: {}", said(rendered)).into());
        }
        let path = self.lab.folder.join(format!("{}.yaml", self.name));
        fs::write(&path, &rendered.stdout)?;
        let services = stack::services(self.lab, &path)?;
        let seen = stack::start(self.lab, &self.name, &path, given)?;
        for service in services {
            let seen = seen.get(&service).ok_or_else(|| format!("`{service}` printed nothing"))?;
            let devices = self.wanted.get(&service).filter(|_| has_gpus);
            let wanted: BTreeSet<&str> = devices.into_iter().flatten().flat_map(|name| lab_gpus(name)).collect();
            let is_way_right = match seen.way {
                None => wanted.is_empty(),
                Some(way) => self.host.ways.contains(&way),
            };
            if seen.gpus != wanted || !is_way_right {
                let text = String::from_utf8_lossy(&rendered.stdout);
                return Err(format!("`{service}` wants {wanted:?}, and shows {seen:?}; rendered:\n{text}").into());
            }
        }
        Ok(())
    }
}
