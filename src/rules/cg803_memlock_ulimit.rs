//! A service over several GPUs with little locked memory.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, parallel};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG803"),
    name: "memlock-ulimit",
    summary: "a service over several GPUs has no `memlock` limit of its own",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG803-memlock-ulimit.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(wanted) = parallel::wanted(cx).filter(|wanted| wanted.count > 1) else { return };
    if cx.service.at(&["ulimits", "memlock"]).is_some() || cx.service.get("privileged").is_some() {
        return;
    }
    let finding = sink.report(
        format!("service `{}` spreads over {} GPUs without a `memlock` limit of its own", cx.name, wanted.count),
        wanted.flag.place,
    );
    finding.help = Some("add `ulimits: {memlock: -1, stack: 67108864}`, as NVIDIA's images ask at their start".into());
}
