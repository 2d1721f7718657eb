//! Services that the host's engine does not start.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    placement::{Cause, Placed, THIS_HOST, placed},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG121"),
    name: "fails-on-host",
    summary: "the engine of the host does not start the service",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG121-fails-on-host.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    match placed(cx, host) {
        Placed::Badly(found) if matches!(found.cause, Cause::Fails) => {
            let message = format!("service `{}` does not start on {THIS_HOST}: {}", cx.name, found.reason);
            found.report(message, sink);
        }
        Placed::Open(reason) => sink.skipped(format!("service `{}`: {reason}", cx.name)),
        Placed::Badly(_) | Placed::Well => {}
    }
}
