//! Services that start on the host without their GPU, and nobody says so.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    placement::{Cause, Placed, THIS_HOST, placed},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG122"),
    name: "no-gpu-on-host",
    summary: "the service starts on the host without the GPU that it asks for",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG122-no-gpu-on-host.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    if let Placed::Badly(found) = placed(cx, host)
        && matches!(found.cause, Cause::Silent)
    {
        let message = format!("service `{}` starts without a GPU on {THIS_HOST}: {}", cx.name, found.reason);
        found.report(message, sink);
    }
}
