//! A GPU service that is started again and again.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, devices::asks};
use crate::{
    diag::{Code, Severity},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG805"),
    name: "unbounded-restart-gpu",
    summary: "a GPU service is started again without end, which hides why it fails",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG805-unbounded-restart-gpu.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(restart) = cx.service.get("restart").filter(|restart| restart.hole.is_none()) else { return };
    let policy = restart.as_str().unwrap_or_default();
    let has_healthcheck = cx.service.get("healthcheck").and_then(Value::as_map).is_some();
    let is_asked = cx.requests.iter().any(asks);
    let (true, Some(place)) =
        (["always", "unless-stopped"].contains(&policy) && is_asked && !has_healthcheck, restart.place())
    else {
        return;
    };
    let finding = sink.report(
        format!(
            "service `{}` restarts without end and has no health check: a GPU that is missing or full looks like a slow start",
            cx.name
        ),
        place,
    );
    finding.help = Some("write `restart: on-failure:3`, or add a `healthcheck` that says when it serves".into());
}
