//! A GPU for an image that is CPU-only.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{asks, is_nvidia},
    together, used_image,
};
use crate::{
    diag::{Code, Label, Severity},
    image::{PracticeKind, Variant},
    source::Span,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG504"),
    name: "cpu-image-with-gpu-request",
    summary: "a service asks for a GPU, and its image is CPU-only",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG504-cpu-image-with-gpu-request.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(request) = cx.requests.iter().find(|request| is_nvidia(request) && asks(request)) else { return };
    let Some((what, place, help)) = pulled(cx).or_else(|| installed(cx)) else { return };
    // A variant for processors that leaves the request where it is: CG901 says that.
    if together::file_is_for(cx.project, place.file, "cpu") || together::is_for_cpu(cx.name) {
        return;
    }
    let finding = sink.report(format!("service `{}` asks for a GPU, but {what}: the GPU stays idle", cx.name), place);
    finding
        .related
        .push(Label::new(request.value.place().unwrap_or_else(|| request.span()), "the GPU is asked for here"));
    finding.help = Some(help);
}

/// An image that is pulled. What a Dockerfile adds to such an image may be for GPUs.
fn pulled(cx: &ServiceCx<'_>) -> Option<(String, Span, String)> {
    let image = used_image::run(cx).filter(|_| used_image::is_pulled(cx))?;
    if image.reference.variant() != Some(Variant::Cpu) {
        return None;
    }
    let help = "take the image's tag for NVIDIA GPUs, or remove the GPU request".to_owned();
    Some((format!("`{}` is a CPU-only image", image.text), image.place, help))
}

/// A framework without CUDA in an image that is built.
fn installed(cx: &ServiceCx<'_>) -> Option<(String, Span, String)> {
    let recipe = cx.project.images.get(cx.name)?.recipe.as_ref()?;
    let found = recipe.practices.iter().find_map(|practice| match practice.kind {
        PracticeKind::CpuBuild { framework } => Some((framework, practice)),
        _ => None,
    });
    let (framework, practice) = found?;
    let help = match (framework, practice.what.as_str()) {
        ("TensorFlow", _) => "install `tensorflow[and-cuda]`".to_owned(),
        (_, "cpuonly" | "pytorch-cpu") => format!("leave out `{}`, and install a CUDA build", practice.what),
        _ => "install a CUDA build, from an index such as https://download.pytorch.org/whl/cu126".to_owned(),
    };
    Some((format!("its image installs a CPU-only build of {framework}"), practice.place, help))
}
