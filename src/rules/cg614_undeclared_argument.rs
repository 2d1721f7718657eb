//! An argument that FROM uses and that is not declared before the first FROM.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink};
use crate::{
    diag::{Applicability, Code, Fix, Label, Severity},
    image::BuildFault,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG614"),
    name: "undeclared-argument",
    summary: "FROM uses an argument that no ARG before the first FROM declares",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG614-undeclared-argument.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(image) = cx.project.images.get(cx.name) else { return };
    for fault in &image.faults {
        let BuildFault::UndeclaredArgument { name, place, inside, is_fatal, line } = fault else { continue };
        let finding = sink.report(
            format!("`{name}` is empty in this FROM: no ARG before the first FROM declares it"),
            Label::new(*place, "empty here"),
        );
        if !is_fatal {
            finding.severity = Severity::Warning;
        }
        if let Some(span) = inside {
            finding.related.push(Label::new(*span, "holds for this stage alone"));
        }
        finding.help = Some(match line {
            Some(line) => format!("add `{}` before the first FROM", line.text),
            None => format!("add `ARG {name}` before the first FROM"),
        });
        finding.fix = line.as_ref().map(|line| Fix {
            title: format!("declare `{name}` before the first FROM"),
            applicability: Applicability::Unsafe,
            edits: vec![line.edit.clone()],
        });
    }
}
