//! What a host says of its GPUs, and which of them an id stands for.

use std::collections::BTreeSet;

use super::{Reason, Unlowerable, devices::Device};
use crate::{
    gpu::{DeviceId, QualifiedName},
    host::{HostFacts, NvidiaDevice},
};

/// What a host says of its GPUs.
pub(super) enum Seen {
    /// The driver's list, and whose word it is.
    Devices(Vec<NvidiaDevice>, &'static str),
    /// No list, but names in CDI specs or in the engine's list.
    Names(BTreeSet<String>),
    /// Nothing.
    Nothing(Reason),
}

impl Seen {
    /// What the facts say.
    pub(super) fn of(host: &HostFacts) -> Self {
        if let Some((evidence, devices)) = host.nvidia_devices() {
            return Seen::Devices(devices, evidence.as_str());
        }
        let mut names = host.spec_names(QualifiedName::NVIDIA);
        let listed = host.docker.known().and_then(|docker| docker.discovered_devices.as_ref());
        let plain = |id: &str| Some(id.strip_prefix(QualifiedName::NVIDIA)?.strip_prefix('=')?.to_owned());
        names.extend(listed.into_iter().flatten().filter_map(|device| plain(&device.id)).filter(|name| name != "all"));
        if names.is_empty() {
            let reason = host.nvml.reason().or(host.system.reason());
            return Seen::Nothing(reason.unwrap_or("neither the driver nor a CDI spec lists any").to_owned());
        }
        Seen::Names(names)
    }

    /// The driver's list, where there is one.
    pub(super) fn devices(&self) -> &[NvidiaDevice] {
        if let Self::Devices(devices, _) = self { devices } else { &[] }
    }

    /// The GPU of a node, where the host tells numbers of nodes; else the one of the same index.
    pub(super) fn node(&self, minor: u32) -> DeviceId {
        let found = self.devices().iter().find(|device| device.minor == Some(minor));
        DeviceId::Index(found.map_or(minor, |device| device.index))
    }

    /// The device that an id stands for; `specs` are the names in CDI specs.
    ///
    /// # Errors
    /// [`Unlowerable::NoSuchDevice`] where the host has none.
    pub(super) fn find(&self, id: &DeviceId, specs: &BTreeSet<String>) -> Result<Device, Unlowerable> {
        let plain = match id {
            DeviceId::Cdi(name) if is_nvidia(name) => DeviceId::parse(name.name()),
            DeviceId::Cdi(name) => return Ok(Device { spellings: Vec::new(), foreign: Some(name.to_string()) }),
            other => other.clone(),
        };
        let (found, what) = match self {
            Seen::Devices(devices, evidence) => {
                (among_devices(&plain, devices, specs), format!("{evidence} shows {}", list(devices)))
            }
            Seen::Names(names) => {
                (among_names(&plain, names), format!("CDI specs name {}", join(names.iter().cloned())))
            }
            Seen::Nothing(_) => (Some(vec![plain.to_string()]), String::new()),
        };
        match found {
            Some(spellings) => Ok(Device { spellings, foreign: None }),
            None => Err(Unlowerable::NoSuchDevice { device: id.clone(), reason: what }),
        }
    }
}

fn is_nvidia(name: &QualifiedName) -> bool {
    name.kind() == QualifiedName::NVIDIA
}

/// A GPU's names: index, then UUID.
pub(super) fn gpu(device: &NvidiaDevice) -> Device {
    let spellings = std::iter::once(device.index.to_string()).chain(device.uuid.clone()).collect();
    Device { spellings, foreign: None }
}

/// All names of the device that an id stands for, the id's own kind of name first.
fn among_devices(id: &DeviceId, devices: &[NvidiaDevice], specs: &BTreeSet<String>) -> Option<Vec<String>> {
    let by = |is_it: &dyn Fn(&NvidiaDevice) -> bool| devices.iter().find(|device| is_it(device)).map(gpu);
    let is = |own: &Option<String>, text: &str| own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(text));
    match id {
        DeviceId::Index(index) => by(&|device| device.index == *index).map(|device| device.spellings),
        DeviceId::PciBusId(bus) => {
            let wanted = bus_numbers(bus)?;
            let has_it =
                |device: &NvidiaDevice| device.pci_bus_id.as_deref().and_then(bus_numbers) == Some(wanted.clone());
            by(&has_it).map(|device| device.spellings)
        }
        DeviceId::Uuid(uuid) => by(&|device| is(&device.uuid, uuid)).map(|device| {
            let mut names = device.spellings;
            names.reverse();
            names
        }),
        DeviceId::MigUuid(_) | DeviceId::MigIndex { .. } | DeviceId::LegacyMig(_) => {
            mig(id, devices).or_else(|| specs.get(&id.to_string()).map(|name| vec![name.clone()]))
        }
        DeviceId::Cdi(_) | DeviceId::Other(_) => specs.get(&id.to_string()).map(|name| vec![name.clone()]),
    }
}

fn mig(id: &DeviceId, devices: &[NvidiaDevice]) -> Option<Vec<String>> {
    let instances = devices.iter().flat_map(|device| device.mig_devices.iter().map(|mig| (device.index, mig)));
    instances.into_iter().find_map(|(parent, mig)| {
        let by_index = format!("{parent}:{}", mig.index);
        let uuid = mig.uuid.clone();
        match id {
            DeviceId::MigIndex { gpu, instance } if (*gpu, *instance) == (parent, mig.index) => {
                Some(std::iter::once(by_index).chain(uuid).collect())
            }
            DeviceId::MigUuid(wanted) if uuid.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(wanted)) => {
                Some(uuid.into_iter().chain([by_index]).collect())
            }
            _ => None,
        }
    })
}

fn among_names(id: &DeviceId, names: &BTreeSet<String>) -> Option<Vec<String>> {
    let text = id.to_string();
    names.iter().find(|name| name.eq_ignore_ascii_case(&text)).map(|name| vec![name.clone()])
}

/// Domain, bus, device and function; the domain is written with four digits, with eight, or not at all.
fn bus_numbers(text: &str) -> Option<Vec<u32>> {
    let number = |part: &str| u32::from_str_radix(part, 16).ok();
    let mut numbers: Vec<u32> = text.split([':', '.']).map(number).collect::<Option<_>>()?;
    if numbers.len() == 3 {
        numbers.insert(0, 0);
    }
    (numbers.len() == 4).then_some(numbers)
}

fn list(devices: &[NvidiaDevice]) -> String {
    match devices {
        [] => "none".to_owned(),
        _ => join(devices.iter().map(|device| match &device.uuid {
            Some(uuid) => format!("{} ({uuid})", device.index),
            None => device.index.to_string(),
        })),
    }
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
