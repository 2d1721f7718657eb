//! A target that the Dockerfile does not have.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    diag::{Code, Severity},
    image::BuildFault,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG608"),
    name: "unknown-build-target",
    summary: "`build.target` names a stage that the Dockerfile does not have",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG608-unknown-build-target.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(image) = cx.project.images.get(cx.name) else { return };
    let target = cx.service.at(&["build", "target"]);
    let said = target.and_then(|target| Some((target.scalar_text()?, target.span()?)));
    for fault in &image.faults {
        let (BuildFault::NoTarget { stages }, Some((target, place))) = (fault, &said) else { continue };
        let message = format!("service `{}` builds the stage `{target}`, which its Dockerfile does not have", cx.name);
        let names: Vec<String> = stages.iter().map(|stage| format!("`{stage}`")).collect();
        sink.report(message, *place).help = Some(match names.as_slice() {
            [] => "the Dockerfile names no stage; leave `target` out, or name one with `FROM … AS`".to_owned(),
            names => format!("the Dockerfile has {}", names.join(", ")),
        });
    }
}
