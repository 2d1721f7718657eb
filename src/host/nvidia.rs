//! Which NVIDIA devices a host has, and by whose word.

use std::collections::BTreeSet;

use super::{HostFacts, MigDevice};

/// Who says that a device is there, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The driver's management library.
    Nvml,
    /// /proc/driver/nvidia/gpus.
    KernelDriver,
}

impl Evidence {
    /// The source as people know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nvml => "NVML",
            Self::KernelDriver => "/proc/driver/nvidia/gpus",
        }
    }
}

/// A GPU of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NvidiaDevice {
    /// Index in PCI order.
    pub index: u32,
    /// `GPU-…`.
    pub uuid: Option<String>,
    /// Bus id as the source writes it.
    pub pci_bus_id: Option<String>,
    /// Number of its node, `/dev/nvidia<minor>`; not always the index.
    pub minor: Option<u32>,
    /// Product name.
    pub name: Option<String>,
    /// Total memory in MiB; only NVML tells.
    pub memory_mib: Option<u64>,
    /// Whether it is cut into MIG instances; `None` where the source cannot tell.
    pub is_mig_enabled: Option<bool>,
    /// Its MIG instances, where the source shows them.
    pub mig_devices: Vec<MigDevice>,
}

impl HostFacts {
    /// The host's NVIDIA GPUs in index order, by the best source that answered; `None` where none did.
    /// An empty list means that the host has none.
    pub fn nvidia_devices(&self) -> Option<(Evidence, Vec<NvidiaDevice>)> {
        if let Some(Some(nvml)) = self.nvml.known() {
            let devices = nvml.devices.iter().map(|device| NvidiaDevice {
                index: device.index,
                uuid: device.uuid.clone(),
                pci_bus_id: device.pci_bus_id.clone(),
                minor: device.minor,
                name: device.name.clone(),
                memory_mib: device.memory_mib,
                is_mig_enabled: device.is_mig_enabled,
                mig_devices: device.mig_devices.clone(),
            });
            return Some((Evidence::Nvml, devices.collect()));
        }
        let driver = self.system.known()?.kernel_driver.known()?.as_ref()?;
        let devices = (0..).zip(&driver.gpus).map(|(index, gpu)| NvidiaDevice {
            index,
            uuid: gpu.uuid.clone(),
            pci_bus_id: Some(gpu.pci_bus_id.clone()),
            minor: gpu.minor,
            name: gpu.name.clone(),
            memory_mib: None,
            is_mig_enabled: None,
            mig_devices: Vec::new(),
        });
        Some((Evidence::KernelDriver, devices.collect()))
    }

    /// Whether the NVIDIA driver is on the host: `Some(false)` only where neither the kernel module nor
    /// the management library is there and the platform brings the driver no other way (WSL, Tegra).
    pub fn has_nvidia_driver(&self) -> Option<bool> {
        if matches!(self.nvml.known(), Some(Some(_))) {
            return Some(true);
        }
        let system = self.system.known()?;
        match system.kernel_driver.known()? {
            Some(_) => Some(true),
            None if system.is_wsl || system.is_tegra => None,
            None => matches!(self.nvml.known(), Some(None)).then_some(false),
        }
    }

    /// Names of one CDI kind's devices in any spec file that was read, whatever folder an engine takes;
    /// without `all`.
    pub fn spec_names(&self, kind: &str) -> BTreeSet<String> {
        let files = self.cdi.known().into_iter().flat_map(|cdi| &cdi.dirs).flat_map(|dir| &dir.files);
        let specs = files.filter_map(|file| match &file.outcome {
            super::SpecOutcome::Read(spec) if spec.kind == kind => Some(spec),
            _ => None,
        });
        let names = specs.flat_map(|spec| &spec.devices).map(|device| device.name.clone());
        names.filter(|name| name != "all").collect()
    }
}
