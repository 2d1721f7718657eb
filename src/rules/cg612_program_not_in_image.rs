//! A service that starts Python in an image without it.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    diag::{Applicability, Code, Edit, Fix, Label, Severity},
    image::NoInterpreter,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG612"),
    name: "program-not-in-image",
    summary: "a service starts `python` or `python3`, which its image does not have",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG612-program-not-in-image.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let image = cx.project.images.get(cx.name);
    let Some(NoInterpreter { name, place, base, python3 }) = image.and_then(|image| image.no_interpreter.as_ref())
    else {
        return;
    };
    let Some(place) = place.or_else(|| cx.service.place()) else { return };
    let message = format!("service `{}` starts `{name}`, which its image does not have", cx.name);
    let finding = sink.report(message, Label::new(place, "no such program in the image"));
    finding.related.push(Label::new(*base, "comes without Python"));
    let Some(step) = python3 else {
        let packages = if name == "python" { "python3 python-is-python3" } else { "python3" };
        let line = format!("RUN apt-get update && apt-get install -y --no-install-recommends {packages}");
        finding.help = Some(format!("add `{line}` to the Dockerfile"));
        return;
    };
    finding.related.push(Label::new(*step, "brings `python3`, and no `python`"));
    finding.help = Some("start `python3`, or install `python-is-python3` as well".to_owned());
    let file = cx.project.sources.file(place.file);
    let is_literal = file.is_exact() && cx.project.sources.slice(place).trim_matches(['"', '\'']) == name;
    let start = place.start as usize + usize::from(cx.project.sources.slice(place).starts_with(['"', '\'']));
    finding.fix = is_literal.then(|| Fix {
        title: "start `python3`".to_owned(),
        applicability: Applicability::Unsafe,
        edits: vec![Edit {
            span: crate::source::Span::new(place.file, start, start + name.len()),
            text: "python3".to_owned(),
        }],
    });
}
