//! A GPU that the CPU variant of a project asks for too.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{asks, wanted},
    together::{file_is_for, is_for_cpu, profiles},
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{GpuRequest, RequestForm},
    source::Span,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG901"),
    name: "gpu-mandatory-in-base",
    summary: "the project has a variant for hosts without a GPU, and asks for the GPU there too",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG901-gpu-mandatory-in-base.md"),
    check: Check::Service(check),
};

/// Any request that cannot be met stops its service, and `up` with it (docker/compose#12514).
fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let is_fatal = |request: &&GpuRequest| asks(request) && request.form != RequestForm::GenericResource;
    let Some(request) = cx.requests.iter().find(is_fatal) else { return };
    let is_optional = cx.service.at(&["x-composegpu", "gpu"]).is_some_and(|value| value.as_str() == Some("optional"));
    if is_optional || cx.project.project.model.get("x-composegpu").is_some() {
        return;
    }
    let Some((sign, word)) = cpu_file(cx, request).or_else(|| cpu_profile(cx)) else { return };
    let finding = sink.report(
        format!(
            "service `{}` asks for {} also where {word}, so that it starts on no host without one",
            cx.name,
            wanted(&request.selector)
        ),
        request.value.place().unwrap_or_else(|| request.span()),
    );
    finding.related.push(Label::new(sign, "the variant for hosts without a GPU"));
    finding.help = Some(
        "put the request into a file or a profile of its own, or take it away in the CPU's file with `!reset` (Compose 2.18)".into(),
    );
}

/// A file for the CPU, laid over this one, that leaves the request as it is.
fn cpu_file(cx: &ServiceCx<'_>, request: &GpuRequest) -> Option<(Span, &'static str)> {
    let trees = &cx.project.project.trees;
    let file = request.span().file;
    let later = trees.iter().skip_while(|tree| tree.file != file).skip(1);
    let cpu = later.map(|tree| tree.file).find(|file| file_is_for(cx.project, *file, "cpu"))?;
    let is_meant = !file_is_for(cx.project, file, "gpu");
    is_meant.then_some((Span::new(cpu, 0, 0), "its overlay for the CPU is laid on"))
}

/// A profile for the CPU, while this service is in none.
fn cpu_profile(cx: &ServiceCx<'_>) -> Option<(Span, &'static str)> {
    if !profiles(cx.service).is_empty() {
        return None;
    }
    let services = cx.project.project.services();
    let cpu = services
        .filter(|(_, service)| profiles(service).into_iter().any(is_for_cpu))
        .find_map(|(_, service)| service.get("profiles"))?;
    Some((cpu.place()?, "the profile for the CPU is on"))
}
