//! Several requests in one list, of which the engine's hook heeds the last.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink, cg115_overlay_appends_gpus,
    devices::{asks, wanted},
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{GpuRequest, RequestForm, Vendor},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG125"),
    name: "several-gpu-requests",
    summary: "a list has several GPU requests, and most engines heed the last alone",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG125-several-gpu-requests.md"),
    check: Check::Service(check),
};

/// What files and `extends` add to each other is CG115's.
fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for form in [RequestForm::DeployReservation, RequestForm::Gpus] {
        let is_one = |request: &&GpuRequest| request.form == form && request.vendor == Vendor::Nvidia && asks(request);
        let list: Vec<&GpuRequest> = cx.requests.iter().filter(is_one).collect();
        let [first, .., last] = list.as_slice() else { continue };
        if list
            .iter()
            .any(|request| cg115_overlay_appends_gpus::layer(request) != cg115_overlay_appends_gpus::layer(first))
        {
            continue;
        }
        let finding = sink.report(
            format!(
                "service `{}` has {} GPU requests in one list: engines before 29.2 heed the last alone, {}",
                cx.name,
                list.len(),
                wanted(&last.selector)
            ),
            Label::new(first.span(), format!("{} is not given", wanted(&first.selector))),
        );
        finding.related.push(Label::new(last.span(), "this one is"));
        finding.help = Some("ask once: `device_ids: [\"0\", \"1\"]`, or `count: 2`".into());
    }
}
