//! CUDA_VISIBLE_DEVICES with the host's numbers.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{CUDA_VISIBLE_DEVICES, Devices, granting},
    fix,
};
use crate::{
    compose::variable,
    diag::{Applicability, Code, Fix, Label, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG203"),
    name: "cuda-visible-devices-renumbered",
    summary: "`CUDA_VISIBLE_DEVICES` counts as the host does, not from 0 inside the container",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG203-cuda-visible-devices-renumbered.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(entry) = variable(cx.service, CUDA_VISIBLE_DEVICES).filter(|entry| entry.node.hole.is_none()) else {
        return;
    };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    let Some(ordinals) = ordinals(value) else { return };
    let requests = granting(cx);
    let Some(Devices::Named(names)) = Devices::of_all(requests.iter().copied()) else { return };
    let granted = names.len();
    let Some(outside) = ordinals.iter().find(|ordinal| **ordinal >= granted).filter(|_| granted > 0) else { return };
    let inside = match granted {
        1 => "1 GPU, which is number 0 inside the container".into(),
        2 => "2 GPUs, which are numbers 0 and 1 inside the container".into(),
        _ => format!("{granted} GPUs, which are numbers 0 to {} inside the container", granted - 1),
    };
    let finding = sink.report(
        format!("`{CUDA_VISIBLE_DEVICES}` names GPU {outside}, but service `{}` gets {inside}", cx.name),
        place,
    );
    finding.related =
        requests.iter().map(|request| Label::new(request.span(), "the GPUs are asked for here")).collect();
    finding.help =
        Some("count from 0 inside the container, or remove the variable: the request has chosen already".into());
    finding.fix = renumbered(&ordinals, &names).and_then(|value| {
        let edits = fix::set_variable(cx, &entry, &value)?;
        let title = format!("count from 0: `{CUDA_VISIBLE_DEVICES}={value}`");
        Some(Fix { title, applicability: Applicability::Unsafe, edits })
    });
}

/// The ordinals that CUDA reads, up to a -1; `None` where one is something else.
pub(super) fn ordinals(value: &str) -> Option<Vec<usize>> {
    let items = value.split(',').map(str::trim).take_while(|item| !item.starts_with('-'));
    items.map(|item| item.parse().ok()).collect()
}

/// The same GPUs in the container's numbers, where each ordinal is one of the host's indices
/// that the request names.
fn renumbered(ordinals: &[usize], names: &std::collections::BTreeSet<String>) -> Option<String> {
    let mut indices: Vec<usize> = names.iter().map(|name| name.parse().ok()).collect::<Option<_>>()?;
    indices.sort_unstable();
    let inside = ordinals.iter().map(|ordinal| indices.iter().position(|index| index == ordinal));
    let inside: Option<Vec<String>> = inside.map(|at| at.map(|at| at.to_string())).collect();
    inside.map(|inside| inside.join(","))
}
