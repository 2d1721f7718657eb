//! NVIDIA_VISIBLE_DEVICES beside a request that writes it anew.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{Devices, NVIDIA_VISIBLE_DEVICES, device_requests, wanted},
    fix,
};
use crate::{
    compose::{EnvironmentEntry, variable},
    diag::{Applicability, Code, Fix, Label, Severity},
    gpu::{GpuRequest, RequestForm},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG201"),
    name: "visible-devices-overridden",
    summary: "`NVIDIA_VISIBLE_DEVICES` stands beside a GPU request that overrides it",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG201-visible-devices-overridden.md"),
    check: Check::Service(check),
};

/// The daemon appends its own NVIDIA_VISIBLE_DEVICES behind the service's, and CDI specs set
/// it to `void`; the last one counts (moby daemon/devices_nvidia_linux.go; NVIDIA Container
/// Toolkit from v1.15.0).
fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let requests: Vec<&GpuRequest> = device_requests(cx).collect();
    let (Some(entry), Some(request)) = (variable(cx.service, NVIDIA_VISIBLE_DEVICES), requests.first()) else { return };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    if entry.node.hole.is_none() && ["", "void"].contains(&value) {
        return;
    }
    let said = Devices::of_visible(value);
    let is_same = entry.node.hole.is_none() && Devices::of_all(requests.iter().copied()) == Some(said);
    let finding = sink.report(
        format!(
            "`{NVIDIA_VISIBLE_DEVICES}` of service `{}` has no effect: its GPU request decides, and gives {}",
            cx.name,
            wanted(&request.selector)
        ),
        place,
    );
    if is_same {
        finding.severity = Severity::Info;
    }
    finding.related = requests.iter().map(|request| Label::new(request.span(), "this request decides")).collect();
    finding.help = Some(match is_same {
        true => "remove the variable: the request says the same".into(),
        false => "remove the variable, or name the devices in the request itself".into(),
    });
    finding.fix = fix::remove(cx, entry.node).map(|edits| Fix {
        title: format!("remove `{NVIDIA_VISIBLE_DEVICES}`"),
        applicability: if is_same && is_alone(cx, &entry, &requests) {
            Applicability::Safe
        } else {
            Applicability::Unsafe
        },
        edits,
    });
}

/// Whether nothing else can need the variable: its value is fixed, it stands in the file of
/// the requests, and there is no runtime, which serves it where a host drops the requests.
fn is_alone(cx: &ServiceCx<'_>, entry: &EnvironmentEntry<'_>, requests: &[&GpuRequest]) -> bool {
    let has_runtime = cx.requests.iter().any(|request| request.form == RequestForm::RuntimeEnv);
    let file = entry.node.span().map(|span| span.file);
    let is_near = requests.iter().all(|request| Some(request.span().file) == file);
    is_near && !has_runtime && !fix::holds_variable(cx, entry.node)
}
