//! Which devices a request means.

use std::{fmt, num::NonZeroU32};

use super::QualifiedName;

/// The devices of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceSelector {
    /// All there are.
    All,
    /// The first N: the engine takes indices 0 to N-1, whoever else holds them
    /// (moby daemon/devices_nvidia_linux.go, `countToDevices`).
    Count(NonZeroU32),
    /// These.
    Ids(Vec<DeviceId>),
    /// `none`: driver capabilities without a GPU; also `count: 0`.
    None,
    /// `void`, or empty: nothing is injected.
    Void,
    /// A variable without a value stands where the devices should; its text.
    Unresolved(String),
    /// Text that names no devices, such as a `count` that is no number.
    Unreadable(String),
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceId {
    /// Index in PCI order, as NVML counts.
    Index(u32),
    /// `GPU-…`.
    Uuid(String),
    /// `0000:01:00.0`.
    PciBusId(String),
    /// `MIG-…`, a full UUID.
    MigUuid(String),
    /// `0:1`: instance 1 of GPU 0.
    MigIndex {
        /// The parent's index.
        gpu: u32,
        /// The instance on it.
        instance: u32,
    },
    /// `MIG-GPU-<uuid>/<gi>/<ci>`, which drivers before 470 used.
    LegacyMig(String),
    /// A qualified CDI name.
    Cdi(QualifiedName),
    /// Anything else.
    Other(String),
}

impl DeviceId {
    /// Reads an id as `device_ids` and NVIDIA_VISIBLE_DEVICES spell it.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((gpu, instance)) = text.split_once(':')
            && is_number(gpu)
            && is_number(instance)
            && let (Ok(gpu), Ok(instance)) = (gpu.parse(), instance.parse())
        {
            return Self::MigIndex { gpu, instance };
        }
        let upper = text.to_ascii_uppercase();
        match () {
            () if is_number(text) => text.parse().map_or_else(|_| Self::Other(text.into()), Self::Index),
            () if upper.starts_with("MIG-GPU-") && text.contains('/') => Self::LegacyMig(text.into()),
            () if upper.starts_with("MIG-") => Self::MigUuid(text.into()),
            () if upper.starts_with("GPU-") => Self::Uuid(text.into()),
            () => match text.parse() {
                Ok(name) => Self::Cdi(name),
                Err(_) if is_pci_bus_id(text) => Self::PciBusId(text.into()),
                Err(_) => Self::Other(text.into()),
            },
        }
    }
}

/// `domain:bus:device.function`, the domain of four or eight hex digits or left out.
fn is_pci_bus_id(text: &str) -> bool {
    let Some((front, function)) = text.rsplit_once('.') else { return false };
    let is_hex = |part: &str| !part.is_empty() && part.len() <= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<&str> = front.split(':').collect();
    (2..=3).contains(&parts.len()) && parts.iter().all(|part| is_hex(part)) && is_hex(function)
}

impl fmt::Display for DeviceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(out, "{index}"),
            Self::MigIndex { gpu, instance } => write!(out, "{gpu}:{instance}"),
            Self::Cdi(name) => write!(out, "{name}"),
            Self::Uuid(text)
            | Self::PciBusId(text)
            | Self::MigUuid(text)
            | Self::LegacyMig(text)
            | Self::Other(text) => out.write_str(text),
        }
    }
}

impl fmt::Display for DeviceSelector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => out.write_str("all GPUs"),
            Self::Count(count) if count.get() == 1 => out.write_str("1 GPU"),
            Self::Count(count) => write!(out, "{count} GPUs"),
            Self::Ids(ids) => {
                out.write_str(if ids.len() == 1 { "GPU " } else { "GPUs " })?;
                for (at, id) in ids.iter().enumerate() {
                    write!(out, "{}{id}", if at == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Self::None => out.write_str("no GPU"),
            Self::Void => out.write_str("nothing"),
            Self::Unresolved(text) | Self::Unreadable(text) => write!(out, "`{text}`"),
        }
    }
}
