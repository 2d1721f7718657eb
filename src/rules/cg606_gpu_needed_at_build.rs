//! A GPU that is used while an image is built.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, practice};
use crate::{
    diag::{Code, Severity},
    image::PracticeKind,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG606"),
    name: "gpu-needed-at-build",
    summary: "a Dockerfile uses a GPU while the image is built, where there is none",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG606-gpu-needed-at-build.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    practice::report(cx, sink, &[PracticeKind::NeedsGpu], |found| {
        let message = format!(
            "the Dockerfile of service `{}` runs `{}` while the image is built, where there is no GPU",
            cx.name, found.what
        );
        let help = "do it when the container starts: what a service asks for does not reach its build; `RUN --device=nvidia.com/gpu=all` gives one to a build whose builder has CDI";
        (message, help.to_owned())
    });
}
