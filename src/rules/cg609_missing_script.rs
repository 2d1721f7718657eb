//! A script that a service starts and that its image does not hold.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, starts};
use crate::{
    diag::{Applicability, Code, Fix, Label, Severity},
    image::{Absence, Held, Program, Start},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG609"),
    name: "missing-script",
    summary: "a service starts a script that its image does not hold",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG609-missing-script.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for start in starts::of(cx) {
        let (Held::Absent(absence), Program::Script(path) | Program::File(path)) = (&start.held, &start.program) else {
            continue;
        };
        if absence.ignored_by.is_none() {
            report(cx, sink, start, path, absence);
        }
    }
}

fn report(cx: &ServiceCx<'_>, sink: &mut Sink<'_>, start: &Start, path: &str, absence: &Absence) {
    let Some(place) = starts::place(cx, start) else { return };
    let message = format!("service `{}` starts `{path}`, which its image does not hold", cx.name);
    let folder = absence.searched.first().map_or("/", String::as_str);
    let through = starts::through(start);
    let finding = sink.report(message, Label::new(place, format!("not in `{folder}` of the image{through}")));
    finding.related.extend(absence.copies.iter().map(|span| Label::new(*span, "not in what this copies")));
    if let Some(span) = absence.workdir.filter(|_| !path.starts_with('/')) {
        finding.related.push(Label::new(span, "paths are relative to this folder"));
    }
    let near = absence.near.as_ref().filter(|_| absence.located.is_empty());
    finding.help = Some(match (&absence.copy_line, absence.located.is_empty()) {
        _ if near.is_some() => format!("did you mean `{}`?", near.map_or("", String::as_str)),
        (Some(line), _) => format!("add `{}` to the Dockerfile", line.text),
        (None, false) => {
            format!("the build context has `{}`; copy it to `{folder}`, or correct the path", absence.located)
        }
        (None, true) => "correct the path: the build context does not have the file where it is copied from".to_owned(),
    });
    finding.fix = absence.copy_line.as_ref().map(|line| Fix {
        title: format!("copy `{}` into the image", absence.located),
        applicability: Applicability::Unsafe,
        edits: vec![line.edit.clone()],
    });
}
