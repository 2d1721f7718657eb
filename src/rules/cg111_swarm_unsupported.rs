//! A GPU request in a stack for Swarm.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, devices::asks};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{GpuRequest, RequestForm, Vendor},
    source::Span,
    yaml::{Map, Value},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG111"),
    name: "swarm-unsupported",
    summary: "a service for Swarm asks for its GPU in a form that Swarm refuses",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG111-swarm-unsupported.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(sign) = sign(cx) else { return };
    let has_resource = cx.requests.iter().any(|request| request.form == RequestForm::GenericResource);
    // Beside a resource, what is passed over does no harm: it is for Compose.
    let counts = |fate: Fate| fate == Fate::Refused || !has_resource;
    let fated = cx.requests.iter().filter_map(|request| Some((request, fate(request).filter(|fate| counts(*fate))?)));
    // What is refused counts for more: the file then does nothing.
    let Some((request, fate)) = fated.min_by_key(|(_, fate)| *fate != Fate::Refused) else { return };
    let does = match fate {
        Fate::Refused => "refuses its GPU request",
        Fate::PassedOver => "passes over its `devices`",
    };
    let finding = sink.report(
        format!("service `{}` is for Swarm, and `docker stack deploy` {does}", cx.name),
        request.value.place().unwrap_or_else(|| request.span()),
    );
    finding.related.push(Label::new(sign, "only Swarm reads this"));
    finding.help = Some(match request.vendor {
        _ if has_resource => "remove it: the `generic_resources` beside it are what Swarm reads".into(),
        Vendor::Nvidia | Vendor::Unnamed => {
            "Swarm gives GPUs by `generic_resources` alone: name them in each node's daemon.json (`node-generic-resources`)".into()
        }
        Vendor::Amd | Vendor::Intel | Vendor::Other => {
            "Swarm hands in no device: start this service by `docker compose` on the host that has it".into()
        }
    });
}

/// What `docker stack deploy` does with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its schema lacks the key, and the whole file is refused.
    Refused,
    /// A line of warning, and no device.
    PassedOver,
}

fn fate(request: &GpuRequest) -> Option<Fate> {
    match request.form {
        // The key alone is refused, whatever devices it is for.
        RequestForm::RuntimeEnv => Some(Fate::Refused),
        RequestForm::DeployReservation | RequestForm::CdiReservation | RequestForm::Gpus if asks(request) => {
            Some(Fate::Refused)
        }
        RequestForm::CdiDevice | RequestForm::DeviceNode if asks(request) => Some(Fate::PassedOver),
        _ => None,
    }
}

/// What says that a service is for Swarm: where its tasks may run, one on each node, a network of many hosts.
pub(super) fn sign(cx: &ServiceCx<'_>) -> Option<Span> {
    let deploy = cx.service.get("deploy");
    let placement = deploy.and_then(|deploy| deploy.get("placement"));
    let is_said = |value: &&Value| value.as_map().is_some_and(|map| !map.is_empty());
    let is_global = |mode: &&Value| mode.as_str().is_some_and(|mode| mode.starts_with("global"));
    let mode = deploy.and_then(|deploy| deploy.get("mode"));
    placement.filter(is_said).or(mode.filter(is_global)).or_else(|| overlay(cx)).and_then(Value::place)
}

/// A network with the driver `overlay` that the service is on.
fn overlay<'a>(cx: &ServiceCx<'a>) -> Option<&'a Value> {
    let networks = cx.project.project.model.get("networks").and_then(Value::as_map)?;
    let is_joined = |name: &str| match cx.service.get("networks").and_then(Value::as_map) {
        Some(joined) => Map::contains_key(joined, name),
        None => name == "default",
    };
    let is_overlay = |network: &Value| network.get("driver").and_then(Value::as_str) == Some("overlay");
    networks
        .iter()
        .find(|(name, network)| is_joined(name) && is_overlay(network))
        .and_then(|(_, network)| network.get("driver"))
}
