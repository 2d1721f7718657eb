//! A Jetson service that asks for its GPU by a form that the board's toolkit refuses.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, devices::is_nvidia, tegra::is_for_tegra};
use crate::{
    diag::{Code, Severity},
    gpu::RequestForm,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG129"),
    name: "jetson-without-runtime",
    summary: "a service for Jetson boards asks for its GPU without `runtime: nvidia`",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG129-jetson-without-runtime.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let is_by_hook = matches!(request.form, RequestForm::Gpus | RequestForm::DeployReservation)
        && is_nvidia(request)
        && request.driver.as_deref() != Some("cdi");
    // With a runtime, whichever it is, the toolkit takes the hook out again or somebody has thought of it.
    let has_runtime = cx.service.service.get("runtime").is_some_and(|runtime| !runtime.is_null());
    let is_first = cx.service.requests.first().is_some_and(|first| first.span() == request.span());
    if !is_by_hook || has_runtime || !is_first || !is_for_tegra(cx.service) {
        return;
    }
    let finding = sink.report(
        format!(
            "service `{}` is for Jetson boards, where a request without `runtime: nvidia` is refused",
            cx.service.name
        ),
        request.span(),
    );
    finding.help = Some(
        "write `runtime: nvidia` and NVIDIA_VISIBLE_DEVICES: all in place of the request; `--form runtime` does it"
            .into(),
    );
}
