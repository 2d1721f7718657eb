//! Requests that Podman drops.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    placement::{Cause, Placed, THIS_HOST, placed},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG906"),
    name: "podman-ignores-reservation",
    summary: "Podman drops the GPU request without a word",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG906-podman-ignores-reservation.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    if let Placed::Badly(found) = placed(cx, host)
        && matches!(found.cause, Cause::Podman)
    {
        let message = format!("service `{}` starts without a GPU on {THIS_HOST}: {}", cx.name, found.reason);
        found.report(message, sink);
    }
}
