//! MIG devices by the name that drivers before 470 gave them.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, devices::NVIDIA_VISIBLE_DEVICES};
use crate::{
    compose::variable,
    diag::{Code, Severity},
    gpu::{DeviceId, DeviceSelector, RequestForm},
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG209"),
    name: "legacy-mig-id",
    summary: "a MIG device has the name that drivers before 470 gave it",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG209-legacy-mig-id.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let DeviceSelector::Ids(ids) = &cx.request.selector else { return };
    for id in ids.iter().filter(|id| matches!(id, DeviceId::LegacyMig(_))) {
        let Some(place) = place(cx, id) else { continue };
        let finding = sink.report(
            format!("service `{}` names `{id}`, which drivers from 470 on do not know", cx.service.name),
            place,
        );
        finding.help =
            Some("name it as `nvidia-smi -L` does (`MIG-` and a UUID), or by GPU and instance (`0:0`)".into());
    }
}

/// Where an id stands: in the list of ids, or in the variable.
fn place(cx: &RequestCx<'_>, id: &DeviceId) -> Option<Span> {
    if cx.request.form == RequestForm::RuntimeEnv {
        return variable(cx.service.service, NVIDIA_VISIBLE_DEVICES)?.node.place();
    }
    let ids = cx.request.field("device_ids").and_then(Value::as_seq).unwrap_or_default();
    ids.iter().find(|item| item.as_str().is_some_and(|text| DeviceId::parse(text) == *id))?.span()
}
