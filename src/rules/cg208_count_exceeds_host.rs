//! Counts above the number of the host's GPUs.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    placement::{Cause, Placed, THIS_HOST, placed},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG208"),
    name: "count-exceeds-host",
    summary: "a request counts more GPUs than the host has",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG208-count-exceeds-host.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    if let Placed::Badly(found) = placed(cx, host)
        && let Cause::TooFew(asked, present) = found.cause
    {
        let (word, are) = (if asked == 1 { "GPU" } else { "GPUs" }, if present == 1 { "is" } else { "are" });
        let message =
            format!("service `{}` asks for {asked} {word}, and there {are} {present} on {THIS_HOST}", cx.name);
        found.report(message, sink);
    }
}
