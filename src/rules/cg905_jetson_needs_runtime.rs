//! Requests on a Tegra board in a form that its toolkit refuses.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    placement::{Cause, Placed, THIS_HOST, placed},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG905"),
    name: "jetson-needs-runtime",
    summary: "a Tegra board gives its GPU to `runtime: nvidia` alone",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG905-jetson-needs-runtime.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    if let Placed::Badly(found) = placed(cx, host)
        && matches!(found.cause, Cause::NeedsRuntime)
    {
        let message = format!("service `{}` does not start on {THIS_HOST}, a Tegra board: {}", cx.name, found.reason);
        found.report(message, sink);
    }
}
