//! The driver's management library, asked in a process of its own.
//!
//! A call into the driver can hang in the kernel or crash, so the process that asks is a child:
//! `composegpu` called with a hidden verb, whose output is [`answer`]. The parent waits for it no
//! longer than the deadline.
//!
//! Which library that is the system's loader decides, as it does for `nvidia-smi`: LD_LIBRARY_PATH, the
//! loader's cache, the usual folders. There is no setting of our own that names one.

use std::{ffi::OsStr, path::Path};

use nvml_wrapper::{
    Device, Nvml as Library, enum_wrappers::device::ComputeMode as Mode, enums::device::DeviceArchitecture,
    error::NvmlError,
};

use super::{
    Settings,
    bounded::{self, Unfinished},
};
use crate::{
    host::{ComputeMode, MigDevice, Nvml, NvmlDevice},
    observed::Observed,
};

const SOURCE: &str = "nvml";

/// Where the library lies on systems whose loader does not look there by itself: WSL 2 without its
/// ld.so.conf.d file, and NixOS.
const OUTSIDE: [&str; 2] = ["/usr/lib/wsl/lib/libnvidia-ml.so.1", "/run/opengl-driver/lib/libnvidia-ml.so.1"];

/// Asks the child.
pub(super) fn look(settings: &Settings) -> Observed<Option<Nvml>> {
    let Some((program, arguments)) = settings.nvml_command.as_deref().and_then(<[String]>::split_first) else {
        return Observed::unknown(SOURCE, "it was not asked");
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let printed = match bounded::run(Path::new(program), &arguments, &settings.environment, settings.timeout) {
        Ok(printed) => printed,
        Err(unfinished @ Unfinished::NotStarted(..)) => return Observed::unknown(SOURCE, unfinished),
        Err(Unfinished::TooSlow(..)) => {
            let waited = bounded::no_answer(settings.timeout);
            return Observed::unknown(SOURCE, format!("the driver's library gave {waited}"));
        }
    };
    // A library may print what it likes before the answer, which is the last line.
    let last = printed.text.trim_end().lines().next_back().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|_| {
        let reason = match printed.status.success() {
            true => "the driver's library left no answer".to_owned(),
            false => format!("the driver's library crashed ({})", printed.status),
        };
        Observed::unknown(SOURCE, reason)
    })
}

/// What the child prints: the observation as one line of JSON. It calls into the driver, and may hang.
///
/// # Panics
/// Never: the observation holds nothing that JSON lacks.
pub fn answer() -> String {
    serde_json::to_string(&ask()).expect("an observation is plain data")
}

fn ask() -> Observed<Option<Nvml>> {
    let library = match library() {
        Ok(Some(library)) => library,
        Ok(None) => return Observed::Known(None),
        Err(error) => return Observed::unknown(SOURCE, reason(&error)),
    };
    let facts = facts(&library);
    // The process ends now; shutting the library down could only hang.
    std::mem::forget(library);
    facts.map_or_else(|error| Observed::unknown(SOURCE, reason(&error)), |nvml| Observed::Known(Some(nvml)))
}

/// The library, started, from the first place that has one; `None` where none has.
fn library() -> Result<Option<Library>, NvmlError> {
    let outside = OUTSIDE.iter().filter(|path| Path::new(path).exists());
    let outside = outside.map(|path| Library::builder().lib_path(OsStr::new(path)).init());
    for started in std::iter::once_with(Library::init).chain(outside) {
        match started {
            Err(NvmlError::LibloadingError(error)) if is_absent(&error.to_string()) => {}
            Err(error) => return Err(error),
            Ok(library) => return Ok(Some(library)),
        }
    }
    Ok(None)
}

/// Whether the loader found no library. Its text is the only trace; it names another library where this
/// one is there and needs that.
fn is_absent(text: &str) -> bool {
    let is_own = text.contains("libnvidia-ml.so") || text.contains("nvml.dll");
    let is_needed = text.contains("needed by");
    is_own && !is_needed && ["No such file", "could not be found", "not found"].iter().any(|said| text.contains(said))
}

/// The library's error as one clause; the loader's own words stand alone.
fn reason(error: &NvmlError) -> String {
    match error {
        NvmlError::LibloadingError(error) => error.to_string(),
        NvmlError::FailedToLoadSymbol(text) => text.clone(),
        other => other.to_string(),
    }
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
    let (architecture, mode) = (device.architecture().ok(), device.mig_mode().ok());
    NvmlDevice {
        index,
        uuid: device.uuid().ok(),
        pci_bus_id: device.pci_info().ok().map(|pci| pci.bus_id),
        minor: device.minor_number().ok(),
        name: device.name().ok(),
        memory_mib: memory_mib(device),
        compute_capability: capability.map(|capability| format!("{}.{}", capability.major, capability.minor)),
        architecture: architecture.filter(|one| *one != DeviceArchitecture::Unknown).map(|one| one.to_string()),
        is_persistent: device.is_in_persistent_mode().ok(),
        compute_mode: device.compute_mode().ok().map(compute_mode),
        is_mig_enabled: mode.map(|mode| mode.current == 1),
        mig_devices: mig_devices(device),
    }
}

fn compute_mode(mode: Mode) -> ComputeMode {
    match mode {
        Mode::Default => ComputeMode::Default,
        Mode::ExclusiveThread => ComputeMode::ExclusiveThread,
        Mode::Prohibited => ComputeMode::Prohibited,
        Mode::ExclusiveProcess => ComputeMode::ExclusiveProcess,
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
