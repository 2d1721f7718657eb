//! CUDA code that is compiled on an image without a compiler.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, practice};
use crate::{
    diag::{Code, Label, Severity},
    image::PracticeKind,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG507"),
    name: "runtime-image-compiles",
    summary: "a Dockerfile compiles CUDA code on an image without `nvcc`",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG507-runtime-image-compiles.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for found in practice::all(cx) {
        let PracticeKind::Compiles { base } = found.kind else { continue };
        let finding = sink.report(
            format!(
                "the Dockerfile of service `{}` compiles CUDA code on an image without the compiler, `nvcc`",
                cx.name
            ),
            Label::new(found.place, "needs CUDA's compiler"),
        );
        finding.related.push(Label::new(base, "has no compiler"));
        finding.help = Some(
            "compile in a stage that starts from a `-devel` image of the same CUDA, and copy the result".to_owned(),
        );
    }
}
