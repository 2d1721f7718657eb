//! A reservation that says neither how many GPUs nor which.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, fix};
use crate::{
    diag::{Applicability, Code, Fix, Severity},
    gpu::{GpuRequest, RequestForm, Vendor},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG103"),
    name: "implicit-count",
    summary: "a deploy reservation says neither `count` nor `device_ids`, which older versions take for no GPU",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG103-implicit-count.md"),
    check: Check::Request(check),
};

/// Compose from 2.30 on asks for all, older ones for a count of 0 (compose-go transform/devices.go, 173c5d6).
fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let is_gpu = matches!(request.vendor, Vendor::Nvidia | Vendor::Amd | Vendor::Unnamed);
    let is_open = request.field("count").is_none() && request.field("device_ids").is_none();
    // Without capabilities an item is refused, or a piece of another one (CG101, CG105).
    let is_piece = |other: &GpuRequest| other.form == request.form && other.capabilities.is_empty();
    let is_whole = !cx.service.requests.iter().any(is_piece);
    if request.form != RequestForm::DeployReservation || !is_whole || !is_gpu || !is_open {
        return;
    }
    let finding = sink.report(
        format!(
            "service `{}` reserves a GPU without `count` or `device_ids`: Compose before 2.30 asks for none",
            cx.service.name
        ),
        request.span(),
    );
    finding.help = Some("say `count: all`, which newer versions make of it, or how many".into());
    finding.fix = fix::add_entry(cx.service, &request.value, "driver", "count", "all").map(|edits| Fix {
        title: "add `count: all`".into(),
        applicability: Applicability::Safe,
        edits,
    });
}
