//! What a host's GPUs and driver are, as far as its facts say: for rules that compare them with images.

use crate::{
    host::HostFacts,
    image::{self, DriverVersion},
};

/// A GPU of the host.
pub(super) struct Model {
    pub(super) index: u32,
    pub(super) uuid: Option<String>,
    pub(super) name: Option<String>,
    /// Compute capability, such as `8.6`.
    pub(super) capability: Option<String>,
}

/// The driver's version.
pub(super) fn driver(host: &HostFacts) -> Option<DriverVersion> {
    let nvml = host.nvml.known().and_then(Option::as_ref).map(|nvml| nvml.driver_version.as_str());
    let kernel = || host.system.known()?.kernel_driver.known()?.as_ref()?.version.as_deref();
    DriverVersion::parse(nvml.or_else(kernel)?)
}

/// The NVIDIA GPUs, in the order of their indices.
pub(super) fn models(host: &HostFacts) -> Vec<Model> {
    if let Some(nvml) = host.nvml.known().and_then(Option::as_ref) {
        let model = |device: &crate::host::NvmlDevice| Model {
            index: device.index,
            uuid: device.uuid.clone(),
            capability: device.compute_capability.clone().or_else(|| by_name(device.name.as_deref())),
            name: device.name.clone(),
        };
        return nvml.devices.iter().map(model).collect();
    }
    let driver = host.system.known().and_then(|system| system.kernel_driver.known()?.as_ref());
    let gpus = driver.map_or(&[][..], |driver| &driver.gpus);
    let model = |(index, gpu): (u32, &crate::host::KernelGpu)| Model {
        index,
        uuid: gpu.uuid.clone(),
        capability: by_name(gpu.name.as_deref()),
        name: gpu.name.clone(),
    };
    (0..).zip(gpus).map(model).collect()
}

fn by_name(name: Option<&str>) -> Option<String> {
    image::capability_of(name?).map(str::to_owned)
}

/// Whether all GPUs are of the kind that forward compatibility serves; `None` where a name is not known.
pub(super) fn is_data_centre(host: &HostFacts) -> Option<bool> {
    let kinds: Option<Vec<bool>> =
        models(host).iter().map(|model| image::is_data_centre(model.name.as_deref()?)).collect();
    kinds.filter(|kinds| !kinds.is_empty()).map(|kinds| kinds.into_iter().all(|is| is))
}

/// The first CUDA release for any generation of the same major compute capability: code for an earlier
/// minor number runs on the later ones.
pub(super) fn first_cuda_of_family(architecture: &image::Architecture) -> image::CudaVersion {
    let major = architecture.capabilities.0.0;
    let family =
        image::ARCHITECTURES.iter().filter(|each| each.capabilities.0.0 <= major && major <= each.capabilities.1.0);
    family.map(|each| each.first_cuda).min().unwrap_or(architecture.first_cuda)
}
