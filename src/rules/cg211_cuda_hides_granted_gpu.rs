//! CUDA_VISIBLE_DEVICES that hides the GPUs which the service asks for.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{CUDA_VISIBLE_DEVICES, device_requests, wanted},
    fix,
};
use crate::{
    compose::variable,
    diag::{Applicability, Code, Fix, Label, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG211"),
    name: "cuda-hides-granted-gpu",
    summary: "`CUDA_VISIBLE_DEVICES` hides every GPU of a service that asks for one",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG211-cuda-hides-granted-gpu.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(request) = device_requests(cx).next() else { return };
    let entry = variable(cx.service, CUDA_VISIBLE_DEVICES).filter(|entry| entry.node.hole.is_none());
    let Some(entry) = entry.filter(|entry| entry.value.as_deref().is_some_and(hides_all)) else { return };
    let Some(place) = entry.node.place() else { return };
    let value = entry.value.as_deref().unwrap_or_default();
    let finding = sink
        .report(format!("`{CUDA_VISIBLE_DEVICES}={value}` hides every GPU from CUDA in service `{}`", cx.name), place);
    finding.related.push(Label::new(request.span(), format!("{} asked for here", wanted(&request.selector))));
    finding.help = Some("without the variable every GPU of the container is visible".into());
    let edits = (!fix::holds_variable(cx, entry.node)).then(|| fix::remove(cx, entry.node)).flatten();
    finding.fix = edits.map(|edits| Fix {
        title: format!("remove `{CUDA_VISIBLE_DEVICES}`"),
        applicability: Applicability::Unsafe,
        edits,
    });
}

/// Whether the value leaves CUDA no GPU, as people write it when they mean to: an index below 0 ends the list.
fn hides_all(value: &str) -> bool {
    let value = value.trim();
    value.starts_with('-') || ["", "none", "void", "nodevfiles"].contains(&value.to_ascii_lowercase().as_str())
}
