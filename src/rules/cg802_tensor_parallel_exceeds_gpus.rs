//! A command for more GPUs than the service gets.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, devices::granting, parallel};
use crate::diag::{Code, Label, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG802"),
    name: "tensor-parallel-exceeds-gpus",
    summary: "the command spreads over more GPUs than the service gets",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG802-tensor-parallel-exceeds-gpus.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let (Some(wanted), Some(granted)) = (parallel::wanted(cx), parallel::granted(cx)) else { return };
    if wanted.count <= granted || granted == 0 {
        return;
    }
    let finding = sink.report(
        format!(
            "service `{}` is told to spread over {} GPUs, and gets {granted}: it stops at its start",
            cx.name, wanted.count
        ),
        wanted.flag.place,
    );
    finding
        .related
        .extend(granting(cx).iter().map(|request| Label::new(request.span(), "the GPUs are asked for here")));
    finding.help = Some(format!("ask for {} GPUs, or spread over {granted}", wanted.count));
}
