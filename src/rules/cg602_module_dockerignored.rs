//! A module or script that `.dockerignore` keeps out of the image.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, starts};
use crate::{
    diag::{Code, Label, Severity},
    image::{Held, Program},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG602"),
    name: "module-dockerignored",
    summary: "`.dockerignore` keeps out a module or script that a service starts",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG602-module-dockerignored.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for start in starts::of(cx) {
        let Held::Absent(absence) = &start.held else { continue };
        let (Some(pattern), Some(place)) = (absence.ignored_by, starts::place(cx, start)) else { continue };
        let what = match &start.program {
            Program::Module(name) | Program::Script(name) | Program::File(name) | Program::Other(name) => name,
        };
        let message = format!("service `{}` starts `{what}`, which `.dockerignore` keeps out of its image", cx.name);
        let finding = sink.report(message, Label::new(place, format!("not in the image{}", starts::through(start))));
        finding.related.push(Label::new(pattern, format!("keeps `{}` out of the build context", absence.located)));
        finding.related.extend(absence.copies.iter().map(|span| Label::new(*span, "copies what is left")));
        finding.help = Some(format!(
            "take the line out of `.dockerignore`, or except the path with a line behind it: `!{}`",
            absence.located
        ));
    }
}
