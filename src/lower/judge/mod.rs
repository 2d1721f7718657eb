//! What each form does on a host, given the names that are written.
//!
//! One function a form: [`cdi`], [`cdi_reservation`], [`runtime`], [`reservation`], [`gpus`]. They know
//! facts and names, nothing of what a request meant. [`service`] puts them together for a service as
//! it is written, whatever it mixes; [`swarm`] is for `docker stack deploy`, which sends other things. Each line follows a row of the engines' and the toolkit's behaviour, recorded on real
//! engines (fixtures/lab-truth.json) or read in the source named.

mod cdi;
mod reservation;
mod runtime;
mod sent;
mod service;
mod swarm;

pub use cdi::{cdi, cdi_reservation};
pub use reservation::{gpus, reservation};
pub use runtime::runtime;
pub(super) use runtime::spec_dirs;
pub use service::{is_met_by_cdi, service};
pub use swarm::swarm;
pub(super) use swarm::swarm_variable;

use crate::{
    gpu::DeviceId,
    host::{CdiLookup, Docker, HostFacts, ResolvedDevice, Version},
};

/// What a form does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The container has its GPU.
    Works(String),
    /// The container does not start, or its GPU is dead.
    Fails(String),
    /// The container starts without a GPU, and nobody says so.
    Silent(String),
    /// The facts do not say.
    Unknown(String),
}

impl Verdict {
    /// Why.
    pub fn reason(&self) -> &str {
        match self {
            Self::Works(reason) | Self::Fails(reason) | Self::Silent(reason) | Self::Unknown(reason) => reason,
        }
    }
}

/// A form's judgement that ends early: `Err` holds the verdict.
type Step<T = ()> = Result<T, Verdict>;

fn fails<T>(reason: impl Into<String>) -> Step<T> {
    Err(Verdict::Fails(reason.into()))
}

fn unknown<T>(reason: impl Into<String>) -> Step<T> {
    Err(Verdict::Unknown(reason.into()))
}

/// The engine and its version.
fn engine(host: &HostFacts) -> Step<(&Docker, Version)> {
    let Some(docker) = host.docker.known() else {
        return unknown(format!("the engine could not be seen: {}", host.docker.reason().unwrap_or_default()));
    };
    match docker.version() {
        Some(version) => Ok((docker, version)),
        None => unknown(format!("`{}` is no version of an engine", docker.server_version)),
    }
}

/// No form gives a GPU without the driver.
fn driver(host: &HostFacts) -> Step {
    match host.has_nvidia_driver() {
        Some(false) => {
            fails("the NVIDIA driver is not loaded: no /proc/driver/nvidia/version and no libnvidia-ml.so.1")
        }
        Some(true) | None => Ok(()),
    }
}

/// Whether a name resolves for a reader of CDI specs and everything behind it is there. `Ok` says
/// which file it comes from.
fn resolved<'a>(lookup: &CdiLookup<'a>, name: &str) -> Step<ResolvedDevice<'a>> {
    if let Some(files) = lookup.conflicts.get(name) {
        return fails(format!("`{name}` is in two files of one folder, which removes it: {}", files.join(", ")));
    }
    let Some(device) = lookup.devices.get(name) else {
        if let Some((place, reason)) = lookup.unseen.first() {
            return unknown(format!("`{name}` may be in `{place}`, which could not be read: {reason}"));
        }
        return match lookup.rejected.first() {
            Some((file, reason)) => fails(format!("`{name}` is in no CDI spec; `{file}` is refused: {reason}")),
            None if lookup.devices.is_empty() => fails(format!("`{name}` is in no CDI spec: there is none")),
            None => fails(format!("`{name}` is in no CDI spec; there are {}", names(lookup))),
        };
    };
    if let Some(problem) = device.problems().find(|problem| problem.is_certain()) {
        return fails(format!("the CDI spec `{}` is stale: {problem}", device.file));
    }
    if let Some(problem) = device.problems().next() {
        return unknown(format!("the CDI spec `{}`: {problem}", device.file));
    }
    Ok(device.clone())
}

fn names(lookup: &CdiLookup<'_>) -> String {
    lookup.devices.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Whether the driver knows a plain id: `all`, an index, a UUID, a bus id, a MIG instance.
fn known_to_driver(host: &HostFacts, id: &str) -> Step {
    let Some((evidence, devices)) = host.nvidia_devices() else { return Ok(()) };
    let is_known = match DeviceId::parse(id) {
        _ if id == "all" || id == "none" => true,
        DeviceId::Index(index) => devices.iter().any(|device| device.index == index),
        DeviceId::Uuid(uuid) => {
            devices.iter().any(|device| device.uuid.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(&uuid)))
        }
        DeviceId::Other(_) | DeviceId::Cdi(_) => false,
        // The kernel's list shows no MIG instances and writes bus ids in one of several widths.
        _ => true,
    };
    match is_known {
        true => Ok(()),
        false => fails(format!("`{id}` is no GPU of this host ({} has {})", evidence.as_str(), devices.len())),
    }
}
