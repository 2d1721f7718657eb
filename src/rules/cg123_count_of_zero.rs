//! A request for no GPU.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, fix};
use crate::{
    diag::{Code, Severity},
    gpu::{RequestForm, Vendor},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG123"),
    name: "count-of-zero",
    summary: "a GPU request counts 0, which is no GPU or, for some engines, whatever the image asks for",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG123-count-of-zero.md"),
    check: Check::Request(check),
};

/// A count that a variable gives is a switch that somebody meant.
fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let is_counted = matches!(request.form, RequestForm::DeployReservation | RequestForm::Gpus);
    let is_gpu = matches!(request.vendor, Vendor::Nvidia | Vendor::Unnamed);
    let Some(count) = request.field("count").filter(|_| is_counted && is_gpu) else { return };
    let is_zero = count.as_int() == Some(0) || count.as_str() == Some("0");
    if !is_zero || request.field("device_ids").is_some() || fix::holds_variable(cx.service, count) {
        return;
    }
    let place = count.place().unwrap_or_else(|| request.span());
    let finding = sink.report(format!("service `{}` asks for a count of 0 GPUs", cx.service.name), place);
    finding.help = Some(
        "take the request out; older engines leave the GPUs to the image's own NVIDIA_VISIBLE_DEVICES, often `all`"
            .into(),
    );
}
