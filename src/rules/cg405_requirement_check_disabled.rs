//! The check of CUDA against the driver switched off.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    compose::variable,
    diag::{Code, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG405"),
    name: "requirement-check-disabled",
    summary: "the check whether the driver is new enough for the image is switched off",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG405-requirement-check-disabled.md"),
    check: Check::Service(check),
};

const DISABLE_REQUIRE: &str = "NVIDIA_DISABLE_REQUIRE";

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(entry) = variable(cx.service, DISABLE_REQUIRE).filter(|entry| entry.node.hole.is_none()) else { return };
    let value = entry.value.as_deref().unwrap_or_default().to_ascii_lowercase();
    // What Go's ParseBool takes for true.
    let (true, Some(place)) = (["1", "t", "true"].contains(&value.as_str()), entry.node.place()) else { return };
    let finding = sink.report(
        format!("`{DISABLE_REQUIRE}` of service `{}` lets it start on a driver that is too old for its CUDA", cx.name),
        place,
    );
    finding.help = Some("remove it: with the check the container says at its start which driver it needs".into());
}
