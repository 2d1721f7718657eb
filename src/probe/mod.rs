//! Looks at a live host: Docker's API, Compose, CDI folders, the toolkit, NVML and the kernel.
//!
//! Every source is asked at once and has its own deadline. None needs root, none starts a
//! container ([`trial`] does, and is asked for by name), and none fails the others: what does not
//! answer is unknown, with the reason.
//! Nothing of a project's files is read or run here.
#![allow(clippy::disallowed_methods, reason = "this is the floor that looks at the machine")]

mod bounded;
mod cdi;
mod cdi_spec;
mod cdi_types;
mod clock;
mod compose;
mod daemon_json;
mod disk;
mod docker;
mod endpoint;
mod firmware;
mod nvml;
mod system;
mod toolkit;
mod toolkit_config;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

pub use docker::{Interrupted, trial};
pub use nvml::answer as nvml_answer;

use crate::{
    host::{Binary, Cdi, Docker, HostFacts, Recorded, Toolkit},
    observed::Observed,
};
use bounded::Pending;
use disk::Disk;

/// Where and how long to look.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long each source may take.
    pub timeout: Duration,
    /// The environment: PATH, HOME, DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG and the like. Programs
    /// that are asked get this one and no other.
    pub environment: BTreeMap<String, String>,
    /// The folder that stands for `/`; programs and the Docker socket are outside of it.
    pub root: PathBuf,
    /// The command whose output is [`nvml_answer`]: a call of the driver's library can hang or crash, so a
    /// process of its own does it. `None` leaves NVML out.
    pub nvml_command: Option<Vec<String>>,
}

impl Settings {
    /// How long each source may take, where nobody says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(2);
}

/// Looks at the host. Never fails; takes at most the deadline twice.
pub fn probe(settings: &Settings) -> HostFacts {
    let docker = ask(settings, "docker", docker::look);
    let compose = ask(settings, "compose", compose::look);
    let toolkit = ask(settings, "toolkit", toolkit::look);
    let nvml = ask(settings, "nvml", nvml::look);
    let system = ask(settings, "system", system::look);
    let cdi = ask(settings, "cdi", cdi::look);

    let docker = docker.wait();
    let mut facts = HostFacts {
        schema: HostFacts::SCHEMA,
        recorded: recorded(),
        compose: compose.wait(),
        cdi: cdi.wait(),
        toolkit: toolkit.wait(),
        nvml: nvml.wait(),
        system: system.wait(),
        trials: Vec::new(),
        docker,
    };
    match facts.docker.known() {
        Some(docker) if docker.is_remote => forget_local(&mut facts),
        Some(docker) => {
            let docker = docker.clone();
            follow(settings, &docker, &mut facts);
        }
        None => {}
    }
    facts
}

/// The names that this machine goes by, for facts that should not tell.
pub fn host_names() -> Vec<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let variable = ["HOSTNAME", "COMPUTERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    std::iter::once(name.trim().to_owned()).chain(variable).filter(|name| !name.is_empty()).collect()
}

fn recorded() -> Recorded {
    Recorded { how: "composegpu probe".to_owned(), at: clock::now(), composegpu: env!("CARGO_PKG_VERSION").to_owned() }
}

fn ask<T: Send + 'static>(settings: &Settings, source: &'static str, look: fn(&Settings) -> Observed<T>) -> Pending<T> {
    let owned = settings.clone();
    bounded::start(source, settings.timeout, move || look(&owned))
}

/// Files and devices of this machine say nothing of an engine on another one.
fn forget_local(facts: &mut HostFacts) {
    let reason = "the engine is on another machine or in a virtual one";
    facts.cdi = Observed::unknown("cdi", reason);
    facts.toolkit = Observed::unknown("toolkit", reason);
    facts.nvml = Observed::unknown("nvml", reason);
    facts.system = Observed::unknown("system", reason);
}

/// Looks at what only the engine could name: its CDI folders and its runtimes' binaries.
fn follow(settings: &Settings, docker: &Docker, facts: &mut HostFacts) {
    if let Observed::Known(seen) = &mut facts.cdi {
        let named = docker.cdi_spec_dirs.iter().flatten().filter(|dir| !dir.is_empty());
        let missing: Vec<String> = named.filter(|dir| seen.dir(dir).is_none()).cloned().collect();
        if !missing.is_empty() {
            let disk = Disk::new(&settings.root);
            let more = bounded::start("cdi", settings.timeout, move || Observed::Known(cdi::scan(&disk, &missing)));
            if let Observed::Known(Cdi { dirs }) = more.wait() {
                seen.dirs.extend(dirs);
            }
        }
    }
    if let Observed::Known(toolkit) = &mut facts.toolkit {
        follow_runtimes(settings, docker, toolkit);
    }
}

fn follow_runtimes(settings: &Settings, docker: &Docker, toolkit: &mut Toolkit) {
    let named = docker.runtimes.values().filter_map(|runtime| runtime.path.clone());
    let missing: Vec<String> = named.filter(|path| !toolkit.named_binaries.contains_key(path)).collect();
    let (disk, environment) = (Disk::new(&settings.root), settings.environment.clone());
    let more = bounded::start("toolkit", settings.timeout, move || {
        let found = missing.into_iter().map(|name| (name.clone(), disk.program(&environment, &name)));
        Observed::Known(found.collect::<BTreeMap<String, Binary>>())
    });
    if let Observed::Known(found) = more.wait() {
        toolkit.named_binaries.extend(found);
    }
}
