//! What becomes of a service on a host: as it is written, and in the form that `render` would write.

use super::{
    Decision, Reason, Unlowerable, Wanted, apply, by_image, devices, judge, judge::Verdict, optional, stack::Stack,
};
use crate::{
    compose::Project,
    gpu::{DeviceId, GpuRequest, QualifiedName, RequestForm},
    host::{Evidence, HostFacts},
    yaml::Value,
};

/// A service on a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// What comes of the service as its files say it.
    pub as_written: Verdict,
    /// What `render` would write in its place; CPU only where the project allows it.
    pub decided: Result<Decision, Unlowerable>,
}

/// Places one service; `requests` are its own, as [`crate::gpu::collect`] gives them.
pub fn placement(project: &Project, service: &Value, requests: &[GpuRequest], host: &HostFacts) -> Placement {
    let ours: Vec<GpuRequest> = requests.iter().filter(|request| apply::is_ours(request)).cloned().collect();
    let wanted = Wanted { form: None, is_cpu_allowed: can_do_without_gpu(project, service) };
    let as_written = match judge::service(service, requests, host) {
        // What an image sets is not known here.
        Verdict::Silent(_) if requests.iter().all(|request| request.form == RequestForm::RuntimeEnv) => {
            Verdict::Unknown("its image may set NVIDIA_VISIBLE_DEVICES".to_owned())
        }
        verdict => verdict,
    };
    Placement { as_written, decided: by_image::decide_service(service, &ours, host, wanted) }
}

/// Whether the project says that the service has something to be without a GPU: `x-composegpu`, on the
/// service or as profiles of two copies.
pub fn can_do_without_gpu(project: &Project, service: &Value) -> bool {
    optional::is_optional(service) || Stack::of(project).is_some_and(|stack| stack.has_gpu_copy(service))
}

/// The first device that a request names and that the host's driver does not have, and what it has;
/// `None` where all are there and where nobody can tell.
pub fn absent(request: &GpuRequest, host: &HostFacts) -> Option<(DeviceId, Reason)> {
    let (evidence, present) = host.nvidia_devices()?;
    if present.is_empty() {
        return None;
    }
    let asked = devices::asked(&[request]).ok()?;
    match devices::meant(&asked, host) {
        Err(Unlowerable::NoSuchDevice { device, reason }) if is_told_by(evidence, &device) => Some((device, reason)),
        _ => None,
    }
}

/// Whether a source lists devices that are named so: the kernel's list has no MIG instances, and neither
/// has names that only a CDI spec gives.
fn is_told_by(evidence: Evidence, id: &DeviceId) -> bool {
    match id {
        DeviceId::Index(_) | DeviceId::Uuid(_) | DeviceId::PciBusId(_) => true,
        DeviceId::MigUuid(_) | DeviceId::MigIndex { .. } | DeviceId::LegacyMig(_) => evidence == Evidence::Nvml,
        DeviceId::Cdi(name) if name.kind() == QualifiedName::NVIDIA => {
            let plain = DeviceId::parse(name.name());
            !matches!(plain, DeviceId::Cdi(_)) && is_told_by(evidence, &plain)
        }
        DeviceId::Cdi(_) | DeviceId::Other(_) => false,
    }
}
