//! NVIDIA_VISIBLE_DEVICES that nobody reads.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{Devices, NVIDIA_VISIBLE_DEVICES, as_cdi, asks, is_nvidia},
    fix,
};
use crate::{
    compose::variable,
    diag::{Code, Severity},
    gpu::{DeviceId, DeviceSelector, RequestForm},
    yaml::{Map, Value},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG202"),
    name: "visible-devices-inert",
    summary: "`NVIDIA_VISIBLE_DEVICES` is set, and nothing in the service reads it",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG202-visible-devices-inert.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    if is_read(cx) || is_switched_off(cx.service) {
        return;
    }
    let Some(entry) = variable(cx.service, NVIDIA_VISIBLE_DEVICES) else { return };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    if entry.node.hole.is_some() {
        sink.skipped(format!("`{NVIDIA_VISIBLE_DEVICES}` comes from a variable without a value"));
        return;
    }
    let devices = Devices::of_visible(value);
    if devices.is_empty() {
        return;
    }
    let selector = match devices {
        Devices::All => DeviceSelector::All,
        Devices::Named(_) => DeviceSelector::Ids(value.split(',').map(DeviceId::parse).collect()),
    };
    let finding = sink.report(
        format!("`{NVIDIA_VISIBLE_DEVICES}` gives service `{}` no GPU: nothing in the service reads it", cx.name),
        place,
    );
    finding.is_lack = true;
    finding.help = Some(format!(
        "ask for the GPU: {}; the variable alone works only where `nvidia` is the daemon's default runtime",
        as_cdi(&selector)
    ));
}

/// Whether something may read the variable: another runtime than the plain one, a request
/// that writes it anew (CG201), or the default runtime of Swarm's nodes.
fn is_read(cx: &ServiceCx<'_>) -> bool {
    let is_runc = |runtime: &Value| runtime.as_str() == Some("runc") && !fix::holds_variable(cx, runtime);
    let is_plain = cx.service.get("runtime").is_none_or(is_runc);
    let is_asked = cx
        .requests
        .iter()
        .any(|request| is_nvidia(request) && asks(request) && request.form != RequestForm::DeviceNode);
    // A request for a driver that no engine has is CG116's.
    let is_misspelt = cx.requests.iter().any(|request| {
        matches!(request.form, RequestForm::DeployReservation | RequestForm::Gpus)
            && request.driver.as_deref().is_some_and(|driver| driver.to_ascii_lowercase().contains("nvidia"))
    });
    !is_plain || is_asked || is_misspelt || is_for_swarm(cx)
}

/// Generic resources, whatever their number, and a choice among nodes mean Swarm, where the variable and the
/// nodes' default runtime are the way to a GPU: it knows no `runtime` (docker/cli `config_schema_v3.13.json`).
fn is_for_swarm(cx: &ServiceCx<'_>) -> bool {
    let placement = cx.service.get("deploy").and_then(|deploy| deploy.get("placement"));
    placement.and_then(Value::as_map).is_some_and(|placement| !placement.is_empty())
        || cx.requests.iter().any(|request| request.form == RequestForm::GenericResource)
}

/// `deploy: {}` behind a merge key takes an inherited request away on purpose.
fn is_switched_off(service: &Value) -> bool {
    service.get("deploy").and_then(Value::as_map).is_some_and(Map::is_empty)
}
