//! An image whose CUDA the host's driver does not run.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, gpu_models, used_image};
use crate::{
    compose::variable,
    diag::{Code, Label, Severity},
    gpu::{RequestForm, Vendor},
    host::HostFacts,
    image::{CudaVersion, DriverVersion, driver_of, oldest_driver},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG501"),
    name: "cuda-newer-than-driver",
    summary: "the image's CUDA is newer than the host's driver",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG501-cuda-newer-than-driver.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    let is_asked = cx.requests.iter().any(|request| matches!(request.vendor, Vendor::Nvidia | Vendor::Unnamed));
    let Some(image) = used_image::run(cx).filter(|_| is_asked) else { return };
    let Some(cuda) = image.reference.cuda() else { return };
    let Some(driver) = gpu_models::driver(host) else {
        sink.skipped("the version of the host's driver is not known");
        return;
    };
    let Some((newest, severity)) = judge(cx, host, cuda, driver, image.reference.is_nvidia_cuda()) else { return };
    if image.reference.may_have_forward_compatibility() && gpu_models::is_data_centre(host) == Some(true) {
        sink.skipped(format!("service `{}`: forward compatibility may run CUDA {cuda} on this driver", cx.name));
        return;
    }
    let finding = sink.report(
        format!("service `{}` runs CUDA {cuda}, but the host's driver {driver} supports CUDA up to {newest}", cx.name),
        Label::new(image.place, format!("CUDA {cuda}")),
    );
    finding.severity = severity;
    finding.help = Some(help(cuda, newest, severity));
    used_image::mark_presumed(&image, finding);
}

/// The newest CUDA of the driver and how bad it is that the image's is newer; `None` where it is not, or
/// where the tables do not know.
fn judge(
    cx: &ServiceCx<'_>,
    host: &HostFacts,
    cuda: CudaVersion,
    driver: DriverVersion,
    is_nvidia_cuda: bool,
) -> Option<(CudaVersion, Severity)> {
    let said = host.nvml.known().and_then(Option::as_ref).and_then(|nvml| nvml.cuda_version.as_deref());
    let newest = said.and_then(CudaVersion::parse).or_else(|| driver.newest_cuda())?;
    if cuda <= newest {
        return None;
    }
    if oldest_driver(cuda.major)? > driver {
        return Some((newest, Severity::Error));
    }
    // Within a major version programs start; NVIDIA's own image asks the hook not to start it.
    let is_hooked =
        cx.requests.iter().any(|request| matches!(request.form, RequestForm::Gpus | RequestForm::DeployReservation));
    let is_switched_off = variable(cx.service, "NVIDIA_DISABLE_REQUIRE").is_some();
    let is_refused = is_nvidia_cuda && is_hooked && !is_switched_off;
    Some((newest, if is_refused { Severity::Error } else { Severity::Warning }))
}

fn help(cuda: CudaVersion, newest: CudaVersion, severity: Severity) -> String {
    let driver = driver_of(cuda).or_else(|| oldest_driver(cuda.major));
    let update = driver.map_or_else(String::new, |driver| format!("update the driver to {driver} or later, or "));
    let partly = match severity {
        Severity::Warning => {
            "; within one major version programs start, but not code that is compiled when it is loaded (PTX)"
        }
        _ => "",
    };
    format!("{update}take an image with CUDA {newest} or earlier{partly}")
}
