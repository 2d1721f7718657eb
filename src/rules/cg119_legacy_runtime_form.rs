//! GPUs asked for by `runtime: nvidia` and NVIDIA_VISIBLE_DEVICES.

use super::{
    Check, FixAvailability, RequestCx, Rule, Sink, cg110_mixed_request_forms,
    cg124_unknown_runtime_name::is_mistaken,
    devices::{NVIDIA_VISIBLE_DEVICES, as_cdi, asks, wanted},
    tegra::is_for_tegra,
};
use crate::{
    compose::variable,
    diag::{Code, Label, Severity},
    gpu::{DeviceId, DeviceSelector, RequestForm, Vendor},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG119"),
    name: "legacy-runtime-form",
    summary: "GPUs come from `runtime: nvidia`, which only some daemons have",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG119-legacy-runtime-form.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let is_legacy = request.form == RequestForm::RuntimeEnv && request.vendor == Vendor::Nvidia && asks(request);
    let Some(variable) = variable(cx.service.service, NVIDIA_VISIBLE_DEVICES).filter(|_| is_legacy) else { return };
    let name = request.value.as_str().unwrap_or("nvidia");
    // On a Tegra board the runtime is the form that works (CG905).
    if is_mistaken(name) || cg110_mixed_request_forms::is_mixed(cx.service) || is_for_tegra(cx.service) {
        return;
    }
    // A text that names no device is CG210's to quote.
    let is_other = |id: &DeviceId| matches!(id, DeviceId::Other(_));
    let devices = match &request.selector {
        DeviceSelector::Ids(ids) if ids.iter().any(is_other) => "its GPUs".to_owned(),
        selector => wanted(selector),
    };
    let finding = sink.report(
        format!("service `{}` gets {devices} by `runtime: {name}`, which only some daemons have", cx.service.name),
        request.value.place().unwrap_or_else(|| request.span()),
    );
    finding.related.extend(variable.span().map(|span| Label::new(span, "the devices are named here")));
    finding.help = Some(format!("ask by CDI name instead: {}", as_cdi(&request.selector)));
}
