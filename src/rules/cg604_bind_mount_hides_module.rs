//! A mount over the folder in which the image has what a service starts.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, starts};
use crate::{
    diag::{Code, Label, Severity},
    image::{Held, Program},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG604"),
    name: "bind-mount-hides-module",
    summary: "a mount without the module or script lies over the folder in which the image has it",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG604-bind-mount-hides-module.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for start in starts::of(cx) {
        let Held::Hidden(hiding) = &start.held else { continue };
        let started = starts::place(cx, start);
        let Some(place) = hiding.place.or(started) else { continue };
        let what = match &start.program {
            Program::Module(name) | Program::Script(name) | Program::File(name) | Program::Other(name) => name,
        };
        let target = &hiding.target;
        let message = format!("service `{}` starts `{what}`, which the mount at `{target}` hides", cx.name);
        let lacks = if hiding.source.is_empty() {
            format!("empty; `{}` of the image is out of reach", hiding.path)
        } else {
            format!("`{}` has nothing for `{}`", hiding.source, hiding.path)
        };
        let finding = sink.report(message, Label::new(place, lacks));
        finding.related.extend(
            started.map(|span| {
                Label::new(span, format!("looked for in what the container has{}", starts::through(start)))
            }),
        );
        finding.related.extend(hiding.copies.iter().map(|span| Label::new(*span, "what this copies is hidden")));
        finding.help = Some(format!(
            "mount the folder that has it (the build context has `{}`), or mount at a path beside it",
            hiding.located
        ));
    }
}
