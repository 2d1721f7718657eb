//! Trials on real engines: what `probe --trial` says is what the engine did when Compose asked it
//! (`fixtures/lab-truth.json`), and nothing stays behind, whatever happens to the trial.
//!
//! Without a lab every test is ignored and says why; with `LAB=require` it fails.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures and starts programs")]

#[path = "lab/engine.rs"]
mod engine;

use std::{
    collections::BTreeMap,
    fs, io,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use composegpu::{
    host::{HostFacts, Trial as Tried, TrialOutcome},
    observed::Observed,
};
use engine::{Lab, said};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

const SCENARIOS: &[&str] = &[
    "bare",
    "cdi-ok",
    "cdi-uuid",
    "cdi-stale-lib",
    "cdi-stale-node",
    "full-auto",
    "full-legacy",
    "full-cdi",
    "full-auto-nospec",
    "full-cdi-stale-lib",
    "default-auto",
    "runtime-broken",
    "hook-only-legacy",
    "e26-cdi-ok",
    "e26-full-cdi",
    "e20-full-auto",
    "e20-full-cdi",
];

/// Where Compose 2.26.1 was recorded too, which sends less.
const OLD_SCENARIOS: &[&str] = &["cdi-ok", "full-auto", "full-legacy", "full-cdi", "e26-cdi-ok", "e20-full-legacy"];

/// How a trial is ended, on which host, and whether it can tidy up.
const ENDS: &[(&str, &str, bool)] =
    &[("INT", "default-legacy", true), ("TERM", "default-cdi", true), ("KILL", "default-auto", false)];

/// The first GPU of every lab.
const UUID: &str = "GPU-5a1e0000-1ab0-4b00-8000-000000000000";

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let missing = engine::missing();
    if missing.is_none() && !arguments.list {
        engine::sweep().map_err(|failed| io::Error::other(failed.message().unwrap_or_default().to_owned()))?;
    }
    let told = SCENARIOS.iter().map(|scenario| {
        trial(format!("{scenario}::equals what the engine did"), missing.clone(), || equals_the_truth(scenario, "2.40"))
    });
    let told_by_old = OLD_SCENARIOS.iter().map(|scenario| {
        let name = format!("{scenario}::equals what it did for Compose 2.26");
        trial(name, missing.clone(), || equals_the_truth(scenario, "2.26"))
    });
    let ended = ENDS.iter().map(|(signal, scenario, tidies)| {
        trial(format!("{scenario}::nothing is left by SIG{signal}"), missing.clone(), || {
            leaves_nothing(signal, scenario, *tidies)
        })
    });
    let behind_tls = trial("cdi-customdir::is asked behind TLS".to_owned(), missing.clone(), behind_tls);
    Ok(libtest_mimic::run(&arguments, told.chain(told_by_old).chain(ended).chain([behind_tls]).collect()).exit_code())
}

fn trial(name: String, missing: Option<String>, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    Trial::ignorable_test(name, move || match missing {
        Some(reason) if std::env::var_os("LAB").is_some_and(|value| value == "require") => {
            Err(format!("LAB=require, but no lab: {reason}").into())
        }
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => run().map(|()| Completion::Completed),
    })
}

fn equals_the_truth(scenario: &str, compose: &str) -> Result<(), Failed> {
    let lab = Lab::up(scenario, compose)?;
    let path = lab.folder.join("facts.json");
    let output = lab.exec(
        300,
        &["probe".as_ref(), "--trial".as_ref(), "--timeout".as_ref(), "20".as_ref(), "-o".as_ref(), path.as_os_str()],
    )?;
    let facts = HostFacts::from_json(&fs::read_to_string(&path).map_err(|_| said(&output))?)?;
    let is_old = compose == "2.26";
    let truth = truth(scenario, is_old)?;
    let mut compared = 0;
    for trial in &facts.trials {
        let Some(form) = recorded_form(trial) else { continue };
        let did = truth.get(form).ok_or_else(|| format!("no `{form}` was recorded"))?;
        let is_same = match &trial.outcome {
            // Recorded as a container without a GPU: this Compose asks for nothing.
            Observed::Unknown { .. } if is_old && trial.form == "gpus" => continue,
            Observed::Known(TrialOutcome::Met) => did == "gpu",
            Observed::Known(TrialOutcome::Silent) => did == "no-gpu",
            Observed::Known(TrialOutcome::Refused(text)) => did == "fails" && !text.is_empty(),
            Observed::Unknown { .. } => false,
        };
        if !is_same {
            return Err(format!("`{form}` is recorded as {did}, and the trial says {trial:?}").into());
        }
        compared += 1;
    }
    if compared < 5 {
        return Err(format!("only {compared} trials could be compared: {:?}", facts.trials).into());
    }
    left(&lab).and_then(|left| if left.is_empty() { Ok(()) } else { Err(format!("left behind: {left:?}").into()) })
}

/// The engine listens with TLS too; nothing but the certificates lets somebody in.
fn behind_tls() -> Result<(), Failed> {
    let lab = Lab::up("cdi-customdir", "2.40")?;
    let path = Path::new(lab.variable("HOSTLAB").ok_or("no HOSTLAB")?).join("etc/docker/daemon.json");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls");
    let mut daemon: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    daemon["hosts"].as_array_mut().ok_or("no hosts")?.push("tcp://127.0.0.1:2376".into());
    daemon["tlsverify"] = true.into();
    for (key, name) in [("tlscacert", "ca.pem"), ("tlscert", "engine.pem"), ("tlskey", "engine-key.pem")] {
        daemon[key] = fixtures.join(name).display().to_string().into();
    }
    fs::write(&path, daemon.to_string())?;
    lab.mend("systemctl restart docker")?;
    let look = |folder: &Path, name: &str| -> Result<HostFacts, Failed> {
        let facts = lab.folder.join(name);
        let variables =
            format!("DOCKER_HOST=tcp://127.0.0.1:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH={}", folder.display());
        let program = env!("CARGO_BIN_EXE_composegpu");
        lab.mend(&format!("{variables} {program} probe --trial --form cdi --timeout 20 -o {}", facts.display()))?;
        Ok(HostFacts::from_json(&fs::read_to_string(&facts)?)?)
    };
    let facts = look(&fixtures, "with.json")?;
    let is_met = |tried: &Tried| tried.outcome == Observed::Known(TrialOutcome::Met);
    if facts.trials.is_empty() || !facts.trials.iter().all(is_met) {
        return Err(format!("{:?}, {:?}", facts.docker, facts.trials).into());
    }
    fs::copy(fixtures.join("ca.pem"), lab.folder.join("ca.pem"))?;
    let reason = look(&lab.folder, "without.json")?.docker.reason().unwrap_or_default().to_owned();
    let expected = format!("it asks for a certificate of ours, and there is no `{}/cert.pem`", lab.folder.display());
    if reason.ends_with(&expected) { Ok(()) } else { Err(reason.into()) }
}

/// What the engine was asked when this form was recorded through Compose: the same request.
fn recorded_form(trial: &Tried) -> Option<&'static str> {
    let names: Vec<&str> = trial.devices.iter().map(|name| name.trim_start_matches("nvidia.com/gpu=")).collect();
    let [name] = names.as_slice() else { return None };
    match (trial.form.as_str(), *name) {
        ("cdi", "all") => Some("devices-cdi-all"),
        ("cdi", "0") => Some("devices-cdi-0"),
        ("cdi", UUID) => Some("devices-cdi-uuid"),
        ("cdi-reservation", "all") => Some("deploy-cdi-all"),
        ("cdi-reservation", "0") => Some("deploy-cdi"),
        ("runtime", "all") => Some("runtime-env-all"),
        ("runtime", "0") => Some("runtime-env-0"),
        ("reservation" | "gpus", "all") => Some("deploy-count-all"),
        ("reservation" | "gpus", "0") => Some("deploy-ids-0"),
        ("reservation" | "gpus", UUID) => Some("deploy-ids-uuid"),
        _ => None,
    }
}

fn truth(scenario: &str, is_old: bool) -> Result<BTreeMap<String, String>, Failed> {
    #[derive(serde::Deserialize)]
    struct Truth {
        scenarios: BTreeMap<String, BTreeMap<String, String>>,
        older_compose: Option<Box<Truth>>,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lab-truth.json");
    let mut truth: Truth = serde_json::from_str(&fs::read_to_string(path)?)?;
    if is_old {
        truth = *truth.older_compose.ok_or("nothing was recorded with an older Compose")?;
    }
    truth.scenarios.remove(scenario).ok_or_else(|| format!("nothing was recorded on {scenario}").into())
}

fn leaves_nothing(signal: &str, scenario: &str, tidies: bool) -> Result<(), Failed> {
    // The other Compose makes it another lab than that of the test above.
    let lab = Lab::up(scenario, "2.26")?;
    let mut command = lab.outside(env!("CARGO_BIN_EXE_composegpu"));
    let mut child =
        command.args(["probe", "--trial", "--timeout", "20"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    within(30, &mut child, |_| Ok((left(&lab)?.len() >= 2).then_some(()))).map_err(|failed| {
        // The guard of a test that fails here: nobody else ends the process.
        format!("no container came: {}", failed.message().unwrap_or_default())
    })?;
    Command::new("kill").args(["-s", signal, &child.id().to_string()]).status()?;
    let status = within(30, &mut child, |child| Ok(child.try_wait()?))?;
    let mut text = String::new();
    io::Read::read_to_string(child.stderr.as_mut().ok_or("standard error is piped")?, &mut text)?;
    let remains = left(&lab)?;
    if tidies {
        let is_told = status.code() == Some(3) && text == "error: interrupted; nothing is left behind\n";
        return match remains.is_empty() && is_told {
            true => Ok(()),
            false => Err(format!("{status}, {text:?}, left behind: {remains:?}").into()),
        };
    }
    if remains.is_empty() {
        return Err("a kill should leave something, or this test shows nothing".into());
    }
    let output = engine::run(
        120,
        lab.outside(env!("CARGO_BIN_EXE_composegpu")).args(["probe", "--trial", "--timeout", "20", "--form", "cdi"]),
    )?;
    let remains = left(&lab)?;
    match remains.is_empty() && output.status.success() {
        true => Ok(()),
        false => Err(format!("the next trial left {remains:?}: {}", said(&output)).into()),
    }
}

/// Asks again and again until there is an answer; the child is ended where none comes.
fn within<T>(
    seconds: u64,
    child: &mut Child,
    mut ask: impl FnMut(&mut Child) -> Result<Option<T>, Failed>,
) -> Result<T, Failed> {
    let until = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < until {
        if let Some(answer) = ask(child)? {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill()?;
    child.wait()?;
    Err(format!("not within {seconds} s").into())
}

/// Containers and images of trials.
fn left(lab: &Lab) -> Result<Vec<String>, Failed> {
    let mut all = Vec::new();
    for kind in ["container", "image"] {
        let mut command = lab.outside("docker");
        command.args([kind, "ls", "--all", "--quiet", "--filter", "label=composegpu.trial"]);
        let output = engine::run(30, &mut command)?;
        if !output.status.success() {
            return Err(said(&output).into());
        }
        all.extend(String::from_utf8_lossy(&output.stdout).lines().map(|id| format!("{kind} {id}")));
    }
    Ok(all)
}
