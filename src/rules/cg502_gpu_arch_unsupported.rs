//! An image whose CUDA has no code for the host's GPU.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    gpu_models::{self, Model},
    used_image,
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{DeviceId, DeviceSelector, GpuRequest, Vendor},
    host::HostFacts,
    image::{Architecture, CudaVersion, architecture_of},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG502"),
    name: "gpu-arch-unsupported",
    summary: "the image's CUDA has no code for the host's GPU",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG502-gpu-arch-unsupported.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    let Some(image) = used_image::run(cx) else { return };
    let Some(cuda) = image.reference.cuda() else { return };
    let models = gpu_models::models(host);
    let given: Vec<&Model> =
        models.iter().filter(|model| cx.requests.iter().any(|each| may_give(each, model))).collect();
    if given.iter().any(|model| model.capability.is_none()) {
        sink.skipped("the compute capability of a GPU of the host is not known");
    }
    let unsupported = given.iter().find_map(|model| {
        let capability = model.capability.as_deref()?;
        let architecture = architecture_of(capability)?;
        fault(architecture, cuda).map(|help| (*model, capability, architecture, help))
    });
    let Some((model, capability, architecture, help)) = unsupported else { return };
    let name = model.name.as_deref().unwrap_or("a GPU of the host");
    let finding = sink.report(
        format!(
            "service `{}` runs CUDA {cuda}, which does not support {name} ({}, compute capability {capability})",
            cx.name, architecture.name
        ),
        Label::new(image.place, format!("CUDA {cuda}")),
    );
    // An image without programs of its own may get code that names no GPU (PTX).
    if image.reference.is_nvidia_cuda() && architecture.last_cuda_major.is_none() {
        finding.severity = Severity::Warning;
    }
    finding.help = Some(help);
    used_image::mark_presumed(&image, finding);
}

/// What to take instead; `None` where the release knows the generation.
fn fault(architecture: &Architecture, cuda: CudaVersion) -> Option<String> {
    if let Some(last) = architecture.last_cuda_major.filter(|last| *last < cuda.major) {
        return Some(format!("take an image with CUDA {last}.x, the last for {}", architecture.name));
    }
    // Code for one minor number of a capability runs on the later ones of the same major number.
    let first = super::gpu_models::first_cuda_of_family(architecture);
    (cuda < first).then(|| {
        format!("take an image with CUDA {} or later, the first for {}", architecture.first_cuda, architecture.name)
    })
}

/// Whether the request may give this GPU to the service.
fn may_give(request: &GpuRequest, model: &Model) -> bool {
    if !matches!(request.vendor, Vendor::Nvidia | Vendor::Unnamed) {
        return false;
    }
    match &request.selector {
        DeviceSelector::All => true,
        DeviceSelector::Count(count) => model.index < count.get(),
        DeviceSelector::Ids(ids) => ids.iter().any(|id| match id {
            DeviceId::Index(index) => *index == model.index,
            DeviceId::Uuid(uuid) => model.uuid.as_deref() == Some(uuid),
            DeviceId::Cdi(name) => name.name() == "all" || name.name() == model.index.to_string(),
            _ => false,
        }),
        _ => false,
    }
}
