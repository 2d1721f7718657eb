//! A GPU of one vendor for an image that is made for another's.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::asks,
    fix, images,
    used_image::{self, UsedImage},
};
use crate::{
    compose::variable,
    diag::{Applicability, Code, Fix, Label, Severity},
    gpu::{GpuRequest, Vendor},
    image::{OtherBuild, Variant},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG511"),
    name: "image-for-other-vendor",
    summary: "a service gets a GPU of one vendor, and its image is made for another's",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG511-image-for-other-vendor.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    // A Dockerfile may install what is for the GPU. Programs for video use GPUs of all vendors in one image.
    let is_judged = used_image::is_pulled(cx) && !images::is_video_server(cx.service);
    let Some(image) = used_image::run(cx).filter(|_| is_judged) else { return };
    let asking = || cx.requests.iter().filter(|request| asks(request));
    if let Some(build) = image.reference.other_build() {
        if let Some(request) = asking().find(|request| request.vendor == Vendor::Nvidia) {
            report_other(cx, &image, &build, request, sink);
        }
    } else if let Some(request) = asking().next().filter(|_| gets_amd_alone(cx) && is_for_nvidia(&image)) {
        let message = format!(
            "service `{}` gets an AMD GPU, but `{}` is made for NVIDIA GPUs: it finds none that it can use",
            cx.name, image.text
        );
        let finding = sink.report(message, image.place);
        finding.related.push(Label::new(place(request), "the AMD GPU is given here"));
        finding.help = Some("take an image that is built for ROCm, or ask for an NVIDIA GPU".into());
    }
}

fn place(request: &GpuRequest) -> crate::source::Span {
    request.value.place().unwrap_or_else(|| request.span())
}

fn report_other(cx: &ServiceCx<'_>, image: &UsedImage, build: &OtherBuild, request: &GpuRequest, sink: &mut Sink<'_>) {
    let (name, text, hardware) = (cx.name, &image.text, build.hardware);
    let message = match build.is_published {
        true => {
            format!("service `{name}` asks for an NVIDIA GPU, but `{text}` is made for {hardware}: the GPU stays idle")
        }
        false => format!("service `{name}` asks for an NVIDIA GPU, but the tag of `{text}` says ROCm, for {hardware}"),
    };
    let finding = sink.report(message, image.place);
    if !build.is_published {
        finding.severity = Severity::Info;
    }
    finding.related.push(Label::new(place(request), "the NVIDIA GPU is asked for here"));
    let own = if hardware == "AMD GPUs" { "`/dev/kfd` and `/dev/dri` under `devices`" } else { "its own hardware" };
    finding.help = Some(match &build.for_nvidia {
        Some(instead) => format!("for NVIDIA GPUs take `{instead}`; else give it {own} in place of the request"),
        None => format!("take an image that is made for NVIDIA GPUs, or give it {own} in place of the request"),
    });
    let value = cx.service.get("image").filter(|value| !fix::holds_variable(cx, value) && !image.reference.has_digest);
    let instead = build.for_nvidia.as_ref().filter(|instead| instead.contains(':'));
    finding.fix = value.zip(instead).and_then(|(value, instead)| fix::replace_text(cx, value, instead)).map(|edits| {
        Fix { title: "take the image for NVIDIA GPUs".into(), applicability: Applicability::Unsafe, edits }
    });
}

/// Whether the service gets GPUs of AMD alone, and nothing that may bring one of NVIDIA's.
fn gets_amd_alone(cx: &ServiceCx<'_>) -> bool {
    let is_set = |key: &str| cx.service.get(key).is_some_and(|value| !value.is_null());
    let may_get_nvidia = ["runtime", "privileged", "env_file"].into_iter().any(is_set)
        || variable(cx.service, "NVIDIA_VISIBLE_DEVICES").is_some();
    !may_get_nvidia && cx.requests.iter().all(|request| request.vendor == Vendor::Amd)
}

/// Whether the image has nothing for other GPUs, by its publisher's word.
fn is_for_nvidia(image: &UsedImage) -> bool {
    let reference = &image.reference;
    reference.is_nvidia_cuda()
        || reference.variant() == Some(Variant::CudaOnly)
        || (reference.repository == "pytorch/pytorch" && reference.cuda().is_some())
}
