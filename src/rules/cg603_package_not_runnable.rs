//! A package that Python is to run and that has nothing to run.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, starts};
use crate::{
    diag::{Code, Label, Severity},
    image::{Held, Program},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG603"),
    name: "package-not-runnable",
    summary: "`python -m` is given a package without `__main__.py`",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG603-package-not-runnable.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for start in starts::of(cx) {
        let (Held::NotRunnable(folder), Program::Module(module)) = (&start.held, &start.program) else { continue };
        let Some(place) = starts::place(cx, start) else { continue };
        let message = format!(
            "service `{}` runs the package `{module}`, which Python cannot start: it has no `__main__.py`",
            cx.name
        );
        let finding = sink.report(message, Label::new(place, "is a package and cannot be directly executed"));
        finding.help = Some(format!("name the module to run, such as `{module}.main`, or add `{folder}/__main__.py`"));
    }
}
