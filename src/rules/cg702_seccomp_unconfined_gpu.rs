//! A GPU service without seccomp.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{asks, is_nvidia},
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{RequestForm, Vendor},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG702"),
    name: "seccomp-unconfined-gpu",
    summary: "seccomp is switched off for a GPU service, which NVIDIA's GPUs do not need",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG702-seccomp-unconfined-gpu.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    // ROCm's own manual asks for it.
    let has_other = cx.requests.iter().any(|request| {
        !is_nvidia(request) || request.form == RequestForm::DeviceNode && request.vendor != Vendor::Nvidia
    });
    let Some(request) = cx.requests.iter().find(|request| is_nvidia(request) && asks(request)).filter(|_| !has_other)
    else {
        return;
    };
    let options = cx.service.get("security_opt").and_then(Value::as_seq).unwrap_or_default();
    let is_off = |option: &&Value| {
        option.as_str().is_some_and(|text| ["seccomp=unconfined", "seccomp:unconfined"].contains(&text))
    };
    let Some(place) = options.iter().find(is_off).and_then(Value::span) else { return };
    let finding =
        sink.report(format!("service `{}` runs without seccomp, which its GPU does not need", cx.name), place);
    finding.related.push(Label::new(request.span(), "the GPU is asked for here"));
    finding.help =
        Some("remove it, unless the program needs it for something else (a debugger, a sandbox of its own)".into());
}
