//! A service, or a build, that starts Python in an image without it.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    diag::{Applicability, Code, Edit, Fix, Label, Severity},
    image::NoInterpreter,
    source::Span,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG612"),
    name: "program-not-in-image",
    summary: "a service, or its build, starts `python` or `pip`, which its image does not have",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG612-program-not-in-image.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let image = cx.project.images.get(cx.name);
    let Some(NoInterpreter { name, is_built, place, base, python3 }) =
        image.and_then(|image| image.no_interpreter.as_ref())
    else {
        return;
    };
    let Some(place) = place.or_else(|| cx.service.place()) else { return };
    if *is_built {
        return in_build(cx, sink, name, Label::new(place, "no such program at this line"), *base);
    }
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
        edits: vec![Edit { span: Span::new(place.file, start, start + name.len()), text: "python3".to_owned() }],
    });
}

/// A RUN line that ends the build.
fn in_build(cx: &ServiceCx<'_>, sink: &mut Sink<'_>, name: &str, place: Label, base: Span) {
    let message = format!(
        "the Dockerfile of service `{}` runs `{name}`, which its image does not have: the build fails",
        cx.name
    );
    let finding = sink.report(message, place);
    finding.related.push(Label::new(base, "comes without Python"));
    let package = if name.starts_with("pip") { "python3-pip" } else { "python3" };
    let line = format!("RUN apt-get update && apt-get install -y --no-install-recommends {package}");
    finding.help = Some(format!("add `{line}` before it"));
}
