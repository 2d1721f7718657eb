//! A whole project with each GPU request in the form that works on a host.

use super::{
    Decision, Form, Unlowerable, Wanted,
    apply::{self, Shape},
    by_image, optional,
    stack::Stack,
    without_host,
};
use crate::{
    compose::{self, Project},
    diag::Diagnostic,
    gpu::{GpuRequest, RequestForm},
    host::HostFacts,
    source::Span,
    yaml::Value,
};

/// A project rewritten for a host.
#[derive(Debug)]
pub struct Rendered {
    /// The project with the new model.
    pub project: Project,
    /// What became of each service that asks for a GPU, in the order of the model.
    pub services: Vec<Lowered>,
    /// Why Compose would refuse what services are without a GPU; then the project is of no use.
    pub problems: Vec<Diagnostic>,
}

/// One service's request, decided.
#[derive(Debug)]
pub struct Lowered {
    /// The service.
    pub service: String,
    /// Its first request.
    pub span: Span,
    /// The form, or why there is none: then the service is as it was.
    pub outcome: Result<Decision, Unlowerable>,
    /// Whether the project cannot be rendered for want of a form here.
    pub is_refused: bool,
    /// The profile whose services run in its place on a host that has no GPU for it.
    pub stand_in: Option<String>,
    /// What else changed, or did not, one clause each.
    pub notes: Vec<String>,
}

/// Rewrites the requests of every service. Without a host, only a form that was named can be
/// written. A service whose profile is off is rewritten too where that can be done, and stays
/// as it is where not. `x-composegpu` is applied and dropped.
///
/// # Errors
/// What was decided for each service, where one of them that is on cannot have its request
/// written.
pub fn render(
    mut project: Project,
    requests: &[GpuRequest],
    host: Option<&HostFacts>,
    wanted: Wanted,
) -> Result<Rendered, Vec<Lowered>> {
    let stack = Stack::of(&project);
    let (mut services, mut problems) = (Vec::new(), Vec::new());
    let mut has_gpu = wanted.form != Some(Form::Cpu);
    let names: Vec<String> = project.services().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let own: Vec<GpuRequest> =
            requests.iter().filter(|request| request.service == name && apply::is_ours(request)).cloned().collect();
        let Some(first) = own.first() else { continue };
        let part = optional::CpuPart::of(&project, &name);
        let service = project.model.at_mut(&["services", &name]).expect("the service was just listed");
        let stand_in = stack.as_ref().filter(|stack| stack.has_gpu_copy(service)).map(|stack| stack.cpu.clone());
        let is_copy = stand_in.is_some();
        let is_cpu_allowed = wanted.is_cpu_allowed || is_copy || optional::is_optional(service);
        let outcome = decided(service, &own, host, Wanted { is_cpu_allowed, ..wanted });
        let (mut notes, mut is_refused) = (Vec::new(), false);
        match &outcome {
            Ok(decision) => {
                notes = lower_service(service, &own, decision);
                if let Some(part) = part.filter(|_| decision.form == Form::Cpu) {
                    notes.push("its `cpu` part of `x-composegpu` is laid over it".to_owned());
                    problems.extend(compose::lay_over(&mut project.model, &name, part.value, &part.cleared));
                }
                has_gpu &= !(is_copy && decision.form == Form::Cpu);
            }
            // It asks for nothing, so nothing is written.
            Err(Unlowerable::NothingAsked) => {}
            Err(_) if !is_copy && !project.is_active(&name) => {
                notes.push("its profile is off, so it stays as it is".to_owned());
            }
            Err(_) => is_refused = true,
        }
        services.push(Lowered { service: name, span: first.span(), outcome, is_refused, stand_in, notes });
    }
    if services.iter().any(|service| service.is_refused) {
        return Err(services);
    }
    if let Some(stack) = stack {
        stack.switch_on(&mut project.model, has_gpu);
    }
    optional::drop_keys(&mut project.model);
    Ok(Rendered { project, services, problems })
}

fn decided(
    service: &Value,
    own: &[GpuRequest],
    host: Option<&HostFacts>,
    wanted: Wanted,
) -> Result<Decision, Unlowerable> {
    match (host, wanted.form) {
        (Some(host), _) => by_image::decide_service(service, own, host, wanted),
        (None, Some(form)) => without_host(own, form),
        (None, None) => Err(Unlowerable::HostUnseen("no host's facts were given".to_owned())),
    }
}

pub(super) fn lower_service(service: &mut Value, requests: &[GpuRequest], decision: &Decision) -> Vec<String> {
    let mut notes = apply::apply(service, requests, &shape(requests, decision));
    if decision.is_unlabelled {
        notes.extend(apply::unlabel(service));
    }
    if decision.form != Form::Cpu && service.get("privileged").and_then(Value::as_bool) == Some(true) {
        notes.push("`privileged` still shows it every GPU of the host".to_owned());
    }
    if decision.form == Form::Swarm {
        notes.push("which GPU a task gets is the swarm's choice, and no other task gets it meanwhile".to_owned());
    }
    let words = driver_capabilities(requests);
    if matches!(decision.form, Form::Cdi | Form::CdiReservation) && !words.is_empty() {
        notes.push(format!(
            "a CDI device brings all of the driver, whatever `capabilities` says ({})",
            words.join(", ")
        ));
        if words.iter().any(|word| word == "compat32") {
            notes.push("the 32-bit libraries of `compat32` do not come with a CDI device".to_owned());
        }
    }
    notes
}

/// The form as it is written. `all` is no id of a reservation: leaving the ids out means it.
fn shape(requests: &[GpuRequest], decision: &Decision) -> Shape {
    let devices = decision.devices.clone();
    let ids = || if devices.iter().any(|device| device == "all") { Vec::new() } else { devices.clone() };
    let words = driver_capabilities(requests);
    let capabilities = || std::iter::once("gpu".to_owned()).chain(words.iter().cloned()).collect();
    let restricted = || Some(words.join(",")).filter(|words| !words.is_empty());
    match decision.form {
        Form::Cdi => Shape::Cdi(devices),
        Form::CdiReservation => Shape::CdiReservation(devices),
        Form::Runtime => {
            let devices = devices.join(",");
            Shape::Runtime { devices, capabilities: restricted() }
        }
        Form::Reservation => Shape::Reservation { ids: ids(), capabilities: capabilities() },
        Form::Gpus => Shape::Gpus { ids: ids(), capabilities: capabilities() },
        Form::Swarm => Shape::Swarm { resources: devices, capabilities: restricted() },
        Form::Cpu => Shape::Cpu,
    }
}

/// The driver capabilities that reservations name, which the engine's hook turns into
/// NVIDIA_DRIVER_CAPABILITIES (moby daemon/devices_nvidia_linux.go, v29.7.2). Those of the
/// runtime form stand in the service's environment already.
fn driver_capabilities(requests: &[GpuRequest]) -> Vec<String> {
    const WORDS: [&str; 6] = ["compute", "compat32", "graphics", "utility", "video", "display"];
    let mut out: Vec<String> = Vec::new();
    let listed = requests
        .iter()
        .filter(|request| request.form != RequestForm::RuntimeEnv)
        .flat_map(|request| &request.capabilities);
    for word in listed.filter(|word| WORDS.contains(&word.as_str())) {
        if !out.contains(word) {
            out.push(word.clone());
        }
    }
    out
}
