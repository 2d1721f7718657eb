//! A stage to take files from that the Dockerfile does not have.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    diag::{Applicability, Code, Edit, Fix, Severity},
    image::BuildFault,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG613"),
    name: "unknown-stage",
    summary: "COPY takes from a stage that the Dockerfile does not have, and that is nearly one of its own",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG613-unknown-stage.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(image) = cx.project.images.get(cx.name) else { return };
    for fault in &image.faults {
        let BuildFault::NoStage { name, meant, place } = fault else { continue };
        if is_made_here(cx, name) {
            continue;
        }
        let message =
            format!("the Dockerfile of service `{}` takes files from `{name}`, and has no stage of that name", cx.name);
        let finding = sink.report(message, *place);
        finding.help = Some(format!("write `{meant}`, as the stage is called"));
        let file = cx.project.sources.file(place.file);
        let is_literal = file.is_exact() && cx.project.sources.slice(*place) == name;
        finding.fix = is_literal.then(|| Fix {
            title: format!("write `{meant}`"),
            applicability: Applicability::Unsafe,
            edits: vec![Edit { span: *place, text: meant.clone() }],
        });
    }
}

/// Whether a service of the project gives its image that name.
fn is_made_here(cx: &ServiceCx<'_>, name: &str) -> bool {
    let names = cx.project.project.services().filter_map(|(_, service)| service.get("image")?.as_str());
    names.into_iter().any(|image| image.split([':', '@']).next() == Some(name))
}
