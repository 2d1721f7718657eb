//! What the driver's management library (NVML) says.

use serde::{Deserialize, Serialize};

/// The driver and its devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nvml {
    /// Driver version, such as `570.86.10`.
    pub driver_version: String,
    /// The newest CUDA that the driver runs, such as `12.8`.
    pub cuda_version: Option<String>,
    /// In NVML's order, which is the order of PCI bus ids.
    pub devices: Vec<NvmlDevice>,
}

/// A GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NvmlDevice {
    /// Index, as `device_ids` and CDI index names count.
    pub index: u32,
    /// `GPU-…`.
    pub uuid: Option<String>,
    /// Such as `00000000:01:00.0`.
    pub pci_bus_id: Option<String>,
    /// Number of its node, `/dev/nvidia<minor>`; not always the index.
    pub minor: Option<u32>,
    /// Product name.
    pub name: Option<String>,
    /// Total memory in MiB, ECC overhead excluded.
    pub memory_mib: Option<u64>,
    /// Compute capability, such as `9.0`.
    pub compute_capability: Option<String>,
    /// The architecture's name, such as `Hopper`; `None` for one that has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// Whether the driver keeps the GPU initialised while nobody uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_persistent: Option<bool>,
    /// How many processes may compute on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_mode: Option<ComputeMode>,
    /// Whether the GPU is cut into MIG instances; `None` for one that cannot be.
    pub is_mig_enabled: Option<bool>,
    /// Its MIG instances.
    pub mig_devices: Vec<MigDevice>,
}

/// How many processes may compute on a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComputeMode {
    /// Any number.
    Default,
    /// One thread of one process; gone from drivers since CUDA 8.
    ExclusiveThread,
    /// None.
    Prohibited,
    /// One.
    ExclusiveProcess,
}

/// A MIG instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigDevice {
    /// Number behind the colon of `0:1`.
    pub index: u32,
    /// `MIG-…`.
    pub uuid: Option<String>,
    /// Such as `NVIDIA H100 MIG 1g.10gb`.
    pub name: Option<String>,
    /// Total memory in MiB.
    pub memory_mib: Option<u64>,
}
