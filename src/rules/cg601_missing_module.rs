//! CG601: a service starts a Python module that its image does not hold.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, starts};
use crate::{
    diag::{Applicability, Code, Fix, Label, Severity},
    image::{Absence, Gap, Held, Program, Start},
    observed::Observed,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG601"),
    name: "missing-module",
    summary: "a service starts a Python module that its image does not hold",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG601-missing-module.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(image) = cx.project.images.get(cx.name) else { return };
    let known = match &image.starts {
        Observed::Known(known) => known,
        Observed::Unknown { reason, .. } => {
            sink.skipped(format!("service `{}`: {reason}", cx.name));
            return;
        }
    };
    for start in known {
        match (&start.held, &start.program) {
            (Held::Absent(absence), Program::Module(module)) if absence.ignored_by.is_none() => {
                report(cx, sink, start, module, absence);
            }
            (Held::Gap(gap), Program::Module(module)) => report_gap(cx, sink, start, module, gap),
            (Held::Unknown(reason), Program::Module(_)) => sink.skipped(format!("service `{}`: {reason}", cx.name)),
            _ => {}
        }
    }
}

fn report(cx: &ServiceCx<'_>, sink: &mut Sink<'_>, start: &Start, module: &str, absence: &Absence) {
    let Some(place) = start.place.or_else(|| cx.service.place()) else { return };
    let package = &absence.package;
    let message = match absence.places.first() {
        None => format!("service `{}` starts `{module}`, but its image holds no `{package}`", cx.name),
        Some(place) => {
            format!(
                "service `{}` starts `{module}`, but its image has it at `{place}`, where Python does not look",
                cx.name
            )
        }
    };
    let label = format!("Python will not find `{package}` here{}", starts::through(start));
    let finding = sink.report(message, Label::new(place, label));
    let copied = absence.places.first().map_or("not in what this copies", |_| "comes to another folder here");
    let copied = absence.copies.iter().map(|span| Label::new(*span, copied));
    finding.related.extend(copied);
    if let Some(span) = absence.workdir {
        finding.related.push(Label::new(span, "where Python starts to look"));
    }
    finding.help = Some(help(absence));
    if let Some(line) = &absence.copy_line {
        finding.fix = Some(Fix {
            title: format!("copy `{}` into the image", absence.located),
            applicability: Applicability::Unsafe,
            edits: vec![line.edit.clone()],
        });
    }
}

fn report_gap(cx: &ServiceCx<'_>, sink: &mut Sink<'_>, start: &Start, module: &str, gap: &Gap) {
    let Some(place) = starts::place(cx, start) else { return };
    let Gap { package, name, folder, .. } = gap;
    let message = format!("service `{}` starts `{module}`, but `{package}` has no `{name}`", cx.name);
    let label = format!("Python will not find `{name}` in `{package}`{}", starts::through(start));
    let finding = sink.report(message, Label::new(place, label));
    finding.related.extend(gap.copies.iter().map(|span| Label::new(*span, "brings the package as it is")));
    let others = gap.others.join("`, `");
    finding.help =
        Some(format!("`{folder}` of the build context has `{others}`; correct the name, or add `{name}.py`"));
}

fn help(absence: &Absence) -> String {
    if let Some(place) = absence.places.first() {
        let folder = place.rsplit_once('/').map_or("/", |(folder, _)| folder);
        return format!(
            "start it from `{folder}` (WORKDIR), name that folder in PYTHONPATH, or copy it to `{}`",
            absence.searched.join("` or `")
        );
    }
    let what = if absence.is_folder { "folder" } else { "file" };
    let has_it = format!("the build context has it: {what} `{}`", absence.located);
    match &absence.copy_line {
        Some(line) => format!("{has_it}; add `{}` to the Dockerfile", line.text),
        None => format!("{has_it}; copy it to `{}` in the Dockerfile", absence.searched.join("` or `")),
    }
}
