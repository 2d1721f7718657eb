//! Our own `x-composegpu` in a shape that `render` cannot follow.

use super::{Check, FixAvailability, ProjectCx, Rule, Sink};
use crate::{
    diag::{Code, Place, Severity},
    lower,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG010"),
    name: "bad-x-composegpu",
    summary: "`x-composegpu` says something that `render` cannot follow",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG010-bad-x-composegpu.md"),
    check: Check::Project(check),
};

fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    for problem in lower::extension_problems(cx.project, RULE.code) {
        let Place::Source(label) = problem.place else { continue };
        let finding = sink.report(problem.message, label);
        (finding.help, finding.service) = (problem.help, problem.service);
    }
}
