//! A swarm of one node: what `render --form swarm` prints of every fixture project is taken by
//! `docker stack deploy`, and a task that asks for GPUs gets as many as the project asked for.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use libtest_mimic::{Completion, Failed, Trial};
use serde_json::{Value, json};

use super::{
    engine::{self, Lab, said},
    fixture_projects::Fixture,
    stack::LOOK,
};

/// How often a task is looked at until it has ended; each look takes some hundredths of a second.
const LOOKS: usize = 400;

/// The readers of stack files that the lab has, by their engines.
const READERS: [&str; 3] = ["20.10.24", "26.1.5", "28.5.2"];

/// One trial for each reader, which gets all that there is, and one for each form of each fixture; they share the node, whose GPUs they take in turns.
///
/// # Errors
/// As the disk says.
pub(crate) fn trials(fixtures: &[Fixture], missing: &Option<String>) -> std::io::Result<Vec<Trial>> {
    let node = Arc::new(Node::default());
    let mut trials = Vec::new();
    for version in READERS {
        let node = Arc::clone(&node);
        trials.push(trial(format!("swarm::every-key::{version}"), missing, move || every_key(&node, version)));
    }
    for fixture in fixtures {
        for form in fixture.forms()? {
            if fixture.is_refused(&form)? {
                continue;
            }
            let (node, fixture) = (Arc::clone(&node), fixture.clone());
            let name = format!("swarm::{}::{form}", fixture.name);
            trials.push(trial(name, missing, move || check(&node, &fixture, &form)));
        }
    }
    Ok(trials)
}

fn trial(name: String, missing: &Option<String>, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    let missing = missing.clone();
    Trial::ignorable_test(name, move || match missing {
        Some(reason) if std::env::var_os("LAB").is_some_and(|value| value == "require") => {
            Err(format!("LAB=require, but no lab: {reason}").into())
        }
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => run().map(|()| Completion::Completed),
    })
}

/// The lab's engine as a swarm of its own.
#[derive(Default)]
struct Node {
    up: OnceLock<Result<(Lab, PathBuf), String>>,
    turn: Mutex<()>,
}

impl Node {
    fn up(&self) -> Result<&(Lab, PathBuf), Failed> {
        let up = self.up.get_or_init(|| start().map_err(|failed| failed.message().unwrap_or_default().into()));
        up.as_ref().map_err(|message| Failed::from(message.clone()))
    }
}

/// Starts the engine, makes a swarm of it, and lets `probe` look at it.
fn start() -> Result<(Lab, PathBuf), Failed> {
    let lab = Lab::up("swarm", "2.40")?;
    let output = lab.docker(60, &["swarm", "init", "--advertise-addr", "127.0.0.1"])?;
    if !output.status.success() {
        return Err(format!("no swarm: {}", said(&output)).into());
    }
    let facts = lab.folder.join("facts.json");
    let output =
        lab.exec(60, &["probe".as_ref(), "--timeout".as_ref(), "20".as_ref(), "-o".as_ref(), facts.as_os_str()])?;
    if !output.status.success() {
        return Err(format!("`probe` in the lab: {}", said(&output)).into());
    }
    Ok((lab, facts))
}

fn check(node: &Node, fixture: &Fixture, form: &str) -> Result<(), Failed> {
    let (lab, facts) = node.up()?;
    let _turn = node.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let output = render(fixture, form, facts)?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let wanted = fixture.wanted(form)?;
    match output.status.code() {
        Some(0) => {}
        // A swarm cannot be asked for a certain GPU, or for more than it has, and builds no image.
        Some(3) if output.stdout.is_empty() && is_reason(&said, &wanted) => return Ok(()),
        _ => return Err(format!("`render`: {}", engine::said(&output)).into()),
    }
    let stack: Value = serde_json::from_slice(&output.stdout)?;
    let name = format!("{}-{form}", fixture.name);
    deploy(lab, &format!("{name}-whole"), &stack)?;
    let tasks = deploy(lab, &name, &only_requests(&stack))?;
    for (service, devices) in counted(&stack) {
        // The node's default runtime gives them to whoever has the variable.
        if !stack["services"][&service]["environment"]["NVIDIA_VISIBLE_DEVICES"].is_null() {
            continue;
        }
        let seen = tasks.seen(&service)?;
        let wanted = wanted.get(&service).map_or(0, |names| if names == &["all"] { 2 } else { names.len() });
        if seen != devices || seen != wanted {
            return Err(format!("`{service}` wants {wanted} GPUs, is rendered with {devices} and shows {seen}").into());
        }
    }
    Ok(())
}

/// A project that says all that can be said is taken by an engine's own reader.
fn every_key(node: &Node, version: &str) -> Result<(), Failed> {
    let (lab, facts) = node.up()?;
    let _turn = node.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let mut facts: Value = serde_json::from_str(&std::fs::read_to_string(facts)?)?;
    facts["docker"]["known"]["server_version"] = json!(version);
    let path = lab.folder.join(format!("{version}.json"));
    std::fs::write(&path, facts.to_string())?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
    command.args(["render", "--form", "swarm", "-f", "every-key.yaml", "--host"]).arg(&path);
    let output = engine::run(60, command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab")))?;
    if !output.status.success() {
        return Err(format!("`render`: {}", said(&output)).into());
    }
    let file = lab.folder.join(format!("{version}.yaml"));
    std::fs::write(&file, &output.stdout)?;
    let stack = Stack { lab, name: format!("every-key-{}", version.replace('.', "-")) };
    stack.deploy(&format!("{}/{version}/docker", engine::engines()), &file)
}

fn render(fixture: &Fixture, form: &str, facts: &Path) -> Result<Output, Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
    command.args(["render", "--form", "swarm", "--format", "json", "--host"]).arg(facts);
    engine::run(60, command.args(fixture.arguments()?).current_dir(fixture.path.join(form)))
}

/// Whether what `render` says stands in the way is so.
fn is_reason(said: &str, wanted: &BTreeMap<String, Vec<String>>) -> bool {
    let is_named = |name: &String| name.contains("gpu=") || name.contains('-') || name.parse::<u32>().is_ok();
    let has_ids = wanted.values().flatten().any(is_named);
    (has_ids && said.contains("a swarm hands out GPUs by number"))
        || (!wanted.is_empty() && said.contains("the node offers 2 of `NVIDIA-GPU`"))
        || said.contains("has no `image`")
        || said.contains("alone: a swarm publishes on every address")
}

/// How many GPUs each service of a stack file reserves.
fn counted(stack: &Value) -> BTreeMap<String, usize> {
    let services = stack["services"].as_object().into_iter().flatten();
    let count = |service: &Value| {
        let items = service["deploy"]["resources"]["reservations"]["generic_resources"].as_array();
        let values = items.into_iter().flatten().filter_map(|item| item["discrete_resource_spec"]["value"].as_u64());
        usize::try_from(values.sum::<u64>()).unwrap_or(usize::MAX)
    };
    services.map(|(name, service)| (name.clone(), count(service))).collect()
}

/// The same services with what they reserve and nothing else, in an image that the lab has.
fn only_requests(stack: &Value) -> Value {
    let services = stack["services"].as_object().into_iter().flatten().map(|(name, service)| {
        let reserved = &service["deploy"]["resources"]["reservations"]["generic_resources"];
        let mut own = json!({
            "image": "hostlab/busybox",
            "command": ["sh", "-c", LOOK],
            "environment": service["environment"],
            "deploy": {"restart_policy": {"condition": "none"}, "replicas": 1},
        });
        if own["environment"].is_null() {
            own["environment"] = json!({});
        }
        if !reserved.is_null() {
            own["deploy"]["resources"] = json!({"reservations": {"generic_resources": reserved}});
        }
        (name.clone(), own)
    });
    json!({"version": "3.8", "services": services.collect::<serde_json::Map<_, _>>()})
}

/// A deployed stack. Dropping it removes its tasks.
struct Stack<'a> {
    lab: &'a Lab,
    name: String,
}

fn deploy<'a>(lab: &'a Lab, name: &str, stack: &Value) -> Result<Stack<'a>, Failed> {
    let path = lab.folder.join(format!("{name}.json"));
    std::fs::write(&path, stack.to_string())?;
    let deployed = Stack { lab, name: name.to_owned() };
    deployed.deploy("docker", &path)?;
    Ok(deployed)
}

impl Stack<'_> {
    fn deploy(&self, docker: &str, file: &Path) -> Result<(), Failed> {
        let path = file.to_string_lossy();
        let arguments = ["stack", "deploy", "--resolve-image", "never", "-c", &path, &self.name];
        let output = self.lab.program(docker, 60, &arguments)?;
        // What is ignored was to be left out, so that nothing is left to be said.
        if output.status.success() && !String::from_utf8_lossy(&output.stderr).contains("Ignoring") {
            return Ok(());
        }
        Err(format!("`docker stack deploy`: {}\n{}", said(&output), std::fs::read_to_string(file)?).into())
    }

    /// How many GPUs a service's task shows once it has ended.
    fn seen(&self, service: &str) -> Result<usize, Failed> {
        let filter = format!("label=com.docker.swarm.service.name={}_{service}", self.name);
        for _ in 0..LOOKS {
            let list = ["ps", "--all", "--quiet", "--filter", "status=exited", "--filter", &filter];
            let id = String::from_utf8_lossy(&self.lab.docker(60, &list)?.stdout).trim().to_owned();
            if id.is_empty() {
                continue;
            }
            let lines = String::from_utf8_lossy(&self.lab.docker(60, &["logs", &id])?.stdout).into_owned();
            let gpus = lines.lines().find_map(|line| line.strip_prefix("LAB_GPUS="));
            return Ok(gpus.map_or(0, |gpus| gpus.split(',').count()));
        }
        let tasks = ["stack", "ps", "--no-trunc", &self.name];
        Err(format!("the task of `{service}` did not end: {}", said(&self.lab.docker(60, &tasks)?)).into())
    }
}

impl Drop for Stack<'_> {
    fn drop(&mut self) {
        // A guard cannot fail; the engine itself is taken down with what may be left in it.
        let _ = self.lab.docker(60, &["stack", "rm", &self.name]);
    }
}
