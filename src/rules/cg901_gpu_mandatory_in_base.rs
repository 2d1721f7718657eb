//! A GPU that the CPU variant of a project asks for too.

use super::{
    Check, FixAvailability, ProjectCx, Rule, Sink,
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
    check: Check::Project(check),
};

/// Any request that cannot be met stops its service, and `up` with it (docker/compose#12514).
fn check(cx: &ProjectCx<'_>, sink: &mut Sink<'_>) {
    if cx.project.model.get("x-composegpu").is_some() {
        return;
    }
    let profile = cpu_profile(cx);
    for requests in cx.requests.chunk_by(|one, next| one.service == next.service) {
        let is_fatal = |request: &&GpuRequest| asks(request) && request.form != RequestForm::GenericResource;
        let Some(request) = requests.iter().find(is_fatal) else { continue };
        let Some(service) = cx.project.service(&request.service) else { continue };
        if service.at(&["x-composegpu", "gpu"]).is_some_and(|value| value.as_str() == Some("optional")) {
            continue;
        }
        let profile = profile.filter(|_| profiles(service).is_empty());
        if let Some((sign, word)) = cpu_file(cx, request).or(profile) {
            report(request, sign, word, sink);
        }
    }
}

fn report(request: &GpuRequest, sign: Span, word: &str, sink: &mut Sink<'_>) {
    let finding = sink.report(
        format!(
            "service `{}` asks for {} also where {word}, so that it starts on no host without one",
            request.service,
            wanted(&request.selector)
        ),
        request.value.place().unwrap_or_else(|| request.span()),
    );
    finding.service = Some(request.service.clone());
    finding.related.push(Label::new(sign, "the variant for hosts without a GPU"));
    finding.help = Some(
        "put the request into a file or a profile of its own, or take it away in the CPU's file with `!reset` (Compose 2.18)".into(),
    );
}

/// A file for the CPU, laid over this one, that leaves the request as it is.
fn cpu_file(cx: &ProjectCx<'_>, request: &GpuRequest) -> Option<(Span, &'static str)> {
    let file = request.span().file;
    let later = cx.project.trees.iter().skip_while(|tree| tree.file != file).skip(1);
    let cpu = later.map(|tree| tree.file).find(|file| file_is_for(cx, *file, "cpu"))?;
    let is_meant = !file_is_for(cx, file, "gpu");
    is_meant.then_some((Span::new(cpu, 0, 0), "its overlay for the CPU is laid on"))
}

/// A profile for the CPU; the services that are in none run beside it.
fn cpu_profile(cx: &ProjectCx<'_>) -> Option<(Span, &'static str)> {
    let mut services = cx.project.services();
    let (_, service) = services.find(|(_, service)| profiles(service).into_iter().any(is_for_cpu))?;
    Some((service.get("profiles")?.place()?, "the profile for the CPU is on"))
}
