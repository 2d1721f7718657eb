//! The driver's management library, asked in a process of its own.
//!
//! A call into the driver can hang in the kernel or crash, so the process that asks is a child:
//! `composegpu` called with a hidden verb, whose output is [`answer`]. The parent waits for it no
//! longer than the deadline.

use std::path::Path;

use nvml_wrapper::{Device, Nvml as Library, error::NvmlError};

use super::{Settings, bounded};
use crate::{
    host::{MigDevice, Nvml, NvmlDevice},
    observed::Observed,
};

const SOURCE: &str = "nvml";

/// Asks the child.
pub(super) fn look(settings: &Settings) -> Observed<Option<Nvml>> {
    let Some((program, arguments)) = settings.nvml_command.as_deref().and_then(<[String]>::split_first) else {
        return Observed::unknown(SOURCE, "it was not asked");
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let printed = bounded::run(Path::new(program), &arguments, &settings.environment, settings.timeout);
    match printed {
        Err(reason) => Observed::unknown(SOURCE, reason),
        Ok(printed) => serde_json::from_str(&printed.text)
            .unwrap_or_else(|_| Observed::unknown(SOURCE, "the driver's library crashed or gave no answer")),
    }
}

/// What the child prints: the observation as one line of JSON. It calls into the driver, and may hang.
///
/// # Panics
/// Never: the observation holds nothing that JSON lacks.
pub fn answer() -> String {
    serde_json::to_string(&ask()).expect("an observation is plain data")
}

fn ask() -> Observed<Option<Nvml>> {
    let library = match Library::init() {
        Ok(library) => library,
        // The only trace of "no such library" is the loader's text; anything else may be a library
        // that is there and does not work.
        Err(NvmlError::LibloadingError(error)) if is_absent(&error.to_string()) => return Observed::Known(None),
        Err(error) => return Observed::unknown(SOURCE, error.to_string()),
    };
    match facts(&library) {
        Ok(nvml) => Observed::Known(Some(nvml)),
        Err(error) => Observed::unknown(SOURCE, error.to_string()),
    }
}

fn is_absent(text: &str) -> bool {
    text.contains("No such file") || text.contains("could not be found") || text.contains("not found")
}

fn facts(library: &Library) -> Result<Nvml, NvmlError> {
    let cuda = library.sys_cuda_driver_version().ok();
    let mut devices = Vec::new();
    for index in 0..library.device_count()? {
        devices.push(device(index, &library.device_by_index(index)?));
    }
    Ok(Nvml {
        driver_version: library.sys_driver_version()?,
        cuda_version: cuda.map(|version| format!("{}.{}", version / 1000, version % 1000 / 10)),
        devices,
    })
}

/// A field that the driver does not support on a device is none, not a failure of the whole.
fn device(index: u32, device: &Device<'_>) -> NvmlDevice {
    let capability = device.cuda_compute_capability().ok();
    let mode = device.mig_mode().ok();
    NvmlDevice {
        index,
        uuid: device.uuid().ok(),
        pci_bus_id: device.pci_info().ok().map(|pci| pci.bus_id),
        minor: device.minor_number().ok(),
        name: device.name().ok(),
        memory_mib: memory_mib(device),
        compute_capability: capability.map(|capability| format!("{}.{}", capability.major, capability.minor)),
        is_mig_enabled: mode.map(|mode| mode.current == 1),
        mig_devices: mig_devices(device),
    }
}

/// Instances keep their index, with holes between them.
fn mig_devices(parent: &Device<'_>) -> Vec<MigDevice> {
    let slots = parent.mig_device_count().unwrap_or(0);
    let instances = (0..slots).filter_map(|index| Some((index, parent.mig_device_by_index(index).ok()?)));
    let facts = instances.map(|(index, device)| MigDevice {
        index,
        uuid: device.uuid().ok(),
        name: device.name().ok(),
        memory_mib: memory_mib(&device),
    });
    facts.collect()
}

fn memory_mib(device: &Device<'_>) -> Option<u64> {
    device.memory_info().ok().map(|memory| memory.total >> 20)
}
