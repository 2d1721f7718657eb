//! A GPU variable with a slip in its name.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::{environment, suggest, variable},
    diag::{Applicability, Code, Fix, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG407"),
    name: "misspelt-variable",
    summary: "a variable is one slip away from one that decides about GPUs, and nobody reads it",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG407-misspelt-variable.md"),
    check: Check::Service(check),
};

/// Variables that NVIDIA's toolkit, CUDA and ROCm read.
const READ: [&str; 9] = [
    "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_DISABLE_REQUIRE",
    "CUDA_VISIBLE_DEVICES",
    "CUDA_DEVICE_ORDER",
    "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "HSA_OVERRIDE_GFX_VERSION",
    "ROCM_VISIBLE_DEVICES",
];

/// Edits between two names that are still a slip of the hand.
const SLIP: usize = 2;

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for entry in environment(cx.service) {
        let Some(meant) = meant(&entry.name).filter(|meant| variable(cx.service, meant).is_none()) else { continue };
        let Some(place) = entry.node.place() else { continue };
        let finding =
            sink.report(format!("`{}` of service `{}` is read by nobody; `{meant}` is", entry.name, cx.name), place);
        finding.help = Some(format!("write `{meant}`"));
        finding.fix = fix::rename_variable(cx, &entry, meant).map(|edits| Fix {
            title: format!("write `{meant}`"),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}

/// The variable that a name is a slip of; letters of another case are one too.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    let is_name = !READ.contains(&name) && !name.contains(char::is_whitespace);
    is_name.then(|| suggest::slip_of(name, READ, SLIP))?
}
