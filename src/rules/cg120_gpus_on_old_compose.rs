//! `gpus` and CDI names that the host's Compose is too old for.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    placement::{Cause, Placed, THIS_HOST, placed},
};
use crate::{
    diag::{Code, Severity},
    gpu::RequestForm,
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG120"),
    name: "gpus-on-old-compose",
    summary: "the host's Compose does not send this form of a GPU request",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG120-gpus-on-old-compose.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    if let Placed::Badly(found) = placed(cx, host)
        && let Cause::OldCompose(version, form) = &found.cause
    {
        let message = match form {
            RequestForm::Gpus => format!(
                "service `{}` starts without a GPU on {THIS_HOST}: Compose {version} leaves out `gpus`",
                cx.name
            ),
            _ => format!(
                "service `{}` does not start on {THIS_HOST}: Compose {version} takes a CDI name under `devices` for a path",
                cx.name
            ),
        };
        found.report(message, sink);
    }
}
