//! The kernel, device nodes and platform, as files under /proc, /dev, /sys and /etc show them.

use serde::{Deserialize, Serialize};

use crate::observed::Observed;

/// What the machine shows without any library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The NVIDIA kernel module, from /proc/driver/nvidia; `None` where it is not loaded.
    pub kernel_driver: Observed<Option<KernelDriver>>,
    /// Nodes of NVIDIA, AMD, DRM and WSL devices below /dev, sorted by path.
    pub device_nodes: Vec<DeviceNode>,
    /// Loaded kernel modules of GPUs (`nvidia…`, `amdgpu`, `i915`, `xe`, `nouveau`, `vfio…`), sorted.
    pub modules: Observed<Vec<String>>,
    /// Whether this is Windows' Linux (WSL 2).
    pub is_wsl: bool,
    /// Whether this is a Tegra board (Jetson).
    pub is_tegra: bool,
    /// SELinux.
    pub selinux: Observed<SeLinux>,
    /// Version of the control groups, 1 or 2; `None` where there are none.
    pub cgroup_version: Option<u8>,
    /// The distribution.
    pub distribution: Option<Distribution>,
    /// The hypervisor, as the machine's firmware names it; `None` on bare metal.
    pub virtual_machine: Observed<Option<String>>,
    /// What kind of container the probe looked from, such as `lxc`; `none` outside of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Display and 3D controllers on the PCI bus, whatever drives them, sorted by bus id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pci_gpus: Option<Vec<PciGpu>>,
    /// Whether the firmware lets only signed kernel modules be loaded; `None` where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_secure_boot: Option<bool>,
    /// Kernel release, such as `6.8.0-45-generic`.
    pub kernel_release: Option<String>,
    /// Machine architecture that composegpu was built for, such as `x86_64`.
    pub architecture: String,
}

/// The NVIDIA kernel module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelDriver {
    /// Its version, such as `570.86.10`; `None` where the file says something else.
    pub version: Option<String>,
    /// The GPUs that it drives, in the order of their bus ids, which is NVML's order of indices.
    pub gpus: Vec<KernelGpu>,
}

/// A GPU in /proc/driver/nvidia/gpus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelGpu {
    /// Such as `0000:01:00.0`.
    pub pci_bus_id: String,
    /// `GPU-…`; `None` where the module does not know it yet (it shows question marks).
    pub uuid: Option<String>,
    /// Number of its node, `/dev/nvidia<minor>`.
    pub minor: Option<u32>,
    /// Product name.
    pub name: Option<String>,
}

/// A display or 3D controller on the PCI bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PciGpu {
    /// Such as `0000:01:00.0`.
    pub bus_id: String,
    /// Vendor in four digits, `10de` for NVIDIA.
    pub vendor: String,
    /// Device in four digits.
    pub device: String,
    /// The kernel's driver that has it, such as `nvidia`, `nouveau` or `vfio-pci`, which hands it to a
    /// virtual machine; `None` for one that nobody drives.
    pub driver: Option<String>,
}

/// A character device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceNode {
    /// Path.
    pub path: String,
    /// Major number.
    pub major: u32,
    /// Minor number.
    pub minor: u32,
}

/// How SELinux is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeLinux {
    /// The kernel has none, or none is active.
    Absent,
    /// It logs and lets pass.
    Permissive,
    /// It denies.
    Enforcing,
}

/// The distribution, from os-release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// `ID`, such as `debian`.
    pub id: String,
    /// `VERSION_ID`, such as `12`.
    pub version_id: Option<String>,
    /// `PRETTY_NAME`.
    pub name: Option<String>,
}
