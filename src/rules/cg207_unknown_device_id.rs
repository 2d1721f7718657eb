//! Requests for a GPU that the host does not have.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    placement::{Cause, Placed, THIS_HOST, placed},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG207"),
    name: "unknown-device-id",
    summary: "a request names a GPU that the host does not have",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG207-unknown-device-id.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    if let Placed::Badly(found) = placed(cx, host)
        && let Cause::UnknownDevice(id) = &found.cause
    {
        let message = format!("service `{}` asks for GPU `{id}`, and there is none on {THIS_HOST}", cx.name);
        found.report(message, sink);
    }
}
