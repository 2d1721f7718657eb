//! A GPU asked for by a deploy reservation that is not CDI's.

use super::{
    Check, FixAvailability, RequestCx, Rule, ServiceCx, Sink,
    devices::{as_cdi, asks, is_nvidia, wanted},
    tegra,
};
use crate::{
    diag::{Code, Severity},
    gpu::{DeviceSelector, GpuRequest, RequestForm},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG106"),
    name: "legacy-gpu-reservation",
    summary: "a GPU is asked for by a deploy reservation, which some hosts drop or refuse",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG106-legacy-gpu-reservation.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    // What a Jetson board refuses is said by CG129.
    let is_said = || tegra::is_for_tegra(cx.service) && cx.service.service.get("runtime").is_none();
    if !is_legacy(request) || is_piece(cx.service, request) || is_said() {
        return;
    }
    // One list is one finding.
    let is_beside = |other: &&GpuRequest| {
        is_legacy(other) && !is_piece(cx.service, other) && other.span().file == request.span().file
    };
    if cx.service.requests.iter().find(is_beside).is_some_and(|first| first.span() != request.span()) {
        return;
    }
    let finding = sink.report(
        format!(
            "service `{}` asks for {} by a deploy reservation, which Podman drops and Swarm refuses",
            cx.service.name,
            wanted(&request.selector)
        ),
        request.span(),
    );
    let each = match &request.selector {
        DeviceSelector::Count(count) if count.get() > 1 => format!(" (a count of {count} becomes {count} names)"),
        _ => String::new(),
    };
    finding.help = Some(format!("ask by CDI name instead: {}{each}", as_cdi(&request.selector)));
}

fn is_legacy(request: &GpuRequest) -> bool {
    request.form == RequestForm::DeployReservation && is_nvidia(request) && asks(request)
}

/// Whether it is no request by itself: of one that is cut into several items (CG105), the item with the
/// capabilities stands for all.
fn is_piece(service: &ServiceCx<'_>, request: &GpuRequest) -> bool {
    let is_beside = |other: &&GpuRequest| other.form == request.form;
    request.capabilities.is_empty() && service.requests.iter().filter(is_beside).count() > 1
}
