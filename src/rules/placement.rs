//! Why a service does not get its GPU on a host: one cause, which is the business of one rule.
//!
//! What the engine makes of the service is foretold by [`lower::judge`]; facts that are not known
//! make no finding.

use super::{ServiceCx, Sink, devices::asks};
use crate::{
    compose,
    diag::Diagnostic,
    gpu::{DeviceId, DeviceSelector, GpuRequest, RequestForm},
    host::{HostFacts, Version},
    lower::{self, Decision, Unlowerable, judge::Verdict},
    source::Span,
    yaml::Value,
};

/// The words for the host in messages and help; with several hosts their names take the place.
pub(super) const THIS_HOST: &str = "this host";

/// The first Compose that sends `gpus` and CDI names (docker/compose 9eeb2d315 and 3a95a0872).
const SENDS_GPUS: Version = Version::new(2, 30, 0);

/// Why.
pub(super) enum Cause {
    /// The host's Compose is too old for the form: CG120.
    OldCompose(Version, RequestForm),
    /// The host has no such GPU: CG207.
    UnknownDevice(DeviceId),
    /// The host has fewer GPUs: CG208.
    TooFew(u32, usize),
    /// A Tegra board gives its GPU to the runtime alone: CG905.
    NeedsRuntime,
    /// Podman drops the request: CG906.
    Podman,
    /// Something else stops the container: CG121.
    Fails,
    /// Something else leaves the GPU out: CG122.
    Silent,
}

/// A service that does not get its GPU.
pub(super) struct Misplaced {
    pub(super) cause: Cause,
    /// Where the request says what the host does not give.
    pub(super) place: Span,
    /// In the words of whoever refuses it.
    pub(super) reason: String,
    /// What to do.
    help: Option<String>,
}

impl Misplaced {
    /// The finding, with its help.
    pub(super) fn report<'s>(self, message: String, sink: &'s mut Sink<'_>) -> &'s mut Diagnostic {
        let finding = sink.report(message, self.place);
        finding.help = self.help;
        finding
    }
}

/// What stands in the way of a service on a host.
pub(super) enum Placed {
    /// It gets its GPU, or asks for none, or can do without.
    Well,
    /// It does not.
    Badly(Misplaced),
    /// The facts do not tell.
    Open(String),
}

/// Judges a service.
pub(super) fn placed(cx: &ServiceCx<'_>, host: &HostFacts) -> Placed {
    let asking: Vec<&GpuRequest> = cx.requests.iter().filter(|request| is_sent(request)).collect();
    let Some(first) = asking.first() else { return Placed::Well };
    if lower::can_do_without_gpu(cx.project.project, cx.service) || is_refused(&asking) {
        return Placed::Well;
    }
    let placement = lower::placement(cx.project.project, cx.service, cx.requests, host);
    let (is_silent, reason) = match placement.as_written {
        Verdict::Works(_) => return Placed::Well,
        Verdict::Unknown(_) if !asking.iter().any(|request| asks(request)) => return Placed::Well,
        Verdict::Unknown(reason) => return Placed::Open(reason),
        Verdict::Silent(reason) => (true, reason),
        Verdict::Fails(reason) => (false, reason),
    };
    let mut found = Misplaced {
        cause: if is_silent { Cause::Silent } else { Cause::Fails },
        place: place(&first.value),
        reason,
        help: way_out(placement.decided),
    };
    if let Some((cause, place, more)) = special(cx, &asking, host, (is_silent, &found.reason)) {
        found.cause = cause;
        found.place = place;
        let help: Vec<String> = more.into_iter().chain(found.help).collect();
        found.help = Some(help.join("; ")).filter(|help| !help.is_empty());
    }
    Placed::Badly(found)
}

/// Whether a request reaches the engine: generic resources are Swarm's, and a runtime is asked for even
/// where nothing is asked of it.
fn is_sent(request: &GpuRequest) -> bool {
    match request.form {
        RequestForm::GenericResource => false,
        RequestForm::RuntimeEnv => true,
        _ => asks(request),
    }
}

/// Whether Compose refuses a request on any host, which other rules say.
fn is_refused(requests: &[&GpuRequest]) -> bool {
    requests.iter().any(|request| {
        let has = |key: &str| request.field(key).is_some_and(|value| !value.is_null());
        let is_reserved = matches!(request.form, RequestForm::DeployReservation | RequestForm::CdiReservation);
        has("count") && has("device_ids") || is_reserved && !has("capabilities")
    })
}

/// A cause that has a rule of its own, its place, and what to say before the way out.
fn special(
    cx: &ServiceCx<'_>,
    asking: &[&GpuRequest],
    host: &HostFacts,
    (is_silent, reason): (bool, &str),
) -> Option<(Cause, Span, Option<String>)> {
    let compose = host.compose.known().and_then(Option::as_ref).and_then(|compose| compose.version());
    if let Some(version) = compose.filter(|version| *version < SENDS_GPUS) {
        let is_new = |request: &&&GpuRequest| matches!(request.form, RequestForm::Gpus | RequestForm::CdiDevice);
        if let Some(request) = asking.iter().find(is_new) {
            return Some((Cause::OldCompose(version, request.form), place(&request.value), None));
        }
    }
    let gpus = host.nvidia_devices().map_or(0, |(_, devices)| devices.len());
    for request in asking {
        match request.selector {
            DeviceSelector::Count(count) if gpus > 0 && count.get() as usize > gpus => {
                let value = request.field("count").unwrap_or(&request.value);
                return Some((Cause::TooFew(count.get(), gpus), place(value), None));
            }
            DeviceSelector::Count(_) => {}
            _ => {
                if let Some((id, has)) = lower::absent(request, host) {
                    let place = id_place(cx, request, &id);
                    return Some((Cause::UnknownDevice(id), place, Some(has)));
                }
            }
        }
    }
    let docker = host.docker.known();
    let is_request = |request: &&&GpuRequest| {
        matches!(request.form, RequestForm::Gpus | RequestForm::DeployReservation)
            && request.driver.as_deref() != Some("cdi")
    };
    let request = asking.iter().find(is_request)?;
    let place = place(&request.value);
    match () {
        () if is_silent && docker.is_some_and(|docker| docker.is_podman()) => Some((Cause::Podman, place, None)),
        // A missing node or driver stops a container there as elsewhere.
        () if !is_silent && reason.contains("Tegra") => Some((Cause::NeedsRuntime, place, None)),
        () => None,
    }
}

fn place(value: &Value) -> Span {
    value.place().or_else(|| value.span()).expect("a request comes from a file's text")
}

/// The place of an id: the item of `device_ids`, the variable, or the request.
fn id_place(cx: &ServiceCx<'_>, request: &GpuRequest, id: &DeviceId) -> Span {
    let listed = request.field("device_ids").and_then(Value::as_seq).unwrap_or_default();
    let item = listed.iter().find(|item| item.scalar_text().is_some_and(|text| DeviceId::parse(&text) == *id));
    let variable = (request.form == RequestForm::RuntimeEnv)
        .then(|| compose::variable(cx.service, super::devices::NVIDIA_VISIBLE_DEVICES))
        .flatten();
    let found = item.and_then(Value::place).or_else(|| variable.and_then(|entry| entry.node.place()));
    found.unwrap_or_else(|| place(&request.value))
}

/// The form that does what was meant, or what to look into.
fn way_out(decided: Result<Decision, Unlowerable>) -> Option<String> {
    Some(match decided {
        Ok(decision) => {
            let word = if decision.is_proven() { "works" } else { "may work" };
            let devices = decision.devices.join(", ");
            format!("the form `{}` {word} on {THIS_HOST} ({devices}): `composegpu render` writes it", decision.form)
        }
        Err(Unlowerable::NoWorkingForm(_)) => {
            format!("no form gives it a GPU on {THIS_HOST}; `composegpu doctor` says what is wrong there")
        }
        Err(Unlowerable::NoSuchDevice { .. }) => "ask for GPUs that are there".to_owned(),
        Err(Unlowerable::NothingAsked) => return None,
        Err(other) => other.to_string(),
    })
}

/// Puts the names of hosts into a finding that was made for one.
pub(super) fn name_hosts(finding: &mut Diagnostic, names: &[&str]) {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let word = if names.len() == 1 { "host" } else { "hosts" };
    let phrase = format!("{word} {}", super::devices::listed(&quoted));
    finding.message = finding.message.replace(THIS_HOST, &phrase);
    if let Some(help) = &mut finding.help {
        *help = help.replace(THIS_HOST, &phrase);
    }
}
