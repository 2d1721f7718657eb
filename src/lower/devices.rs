//! Which devices a service's requests mean on a host, and how each form spells them.
//!
//! The meaning is kept: `count: N` is the indices 0 to N-1, because that is what the engine makes of it.
//! An index, a UUID and a bus id are names of one GPU; a form gets the one that it can resolve.

use std::{borrow::Borrow, collections::BTreeSet};

use super::{Reason, Unlowerable};
use crate::{
    gpu::{DeviceId, DeviceSelector, GpuRequest, QualifiedName, Vendor},
    host::{CdiLookup, HostFacts, NvidiaDevice},
};

/// The devices of a service, requests taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All there are.
    All,
    /// The first so many.
    First(u32),
    /// These, in the order of the requests.
    Ids(Vec<DeviceId>),
}

/// One device with its names, the written one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    /// Plain names, as NVIDIA_VISIBLE_DEVICES and `device_ids` have them, each the name of a CDI device of
    /// NVIDIA's kind too. Empty for another kind's device.
    pub(super) spellings: Vec<String>,
    /// The qualified name of another kind's device.
    pub(super) foreign: Option<String>,
}

/// The devices of a service on a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// All; with the host's GPUs, where they can be seen.
    All(Vec<Device>),
    /// These.
    Some(Vec<Device>),
}

/// What the requests ask for.
pub(super) fn asked<R: Borrow<GpuRequest>>(requests: &[R]) -> Result<Asked, Unlowerable> {
    let mut ids = Vec::new();
    let (mut is_all, mut first) = (false, 0);
    for request in requests.iter().map(Borrow::borrow) {
        match &request.selector {
            DeviceSelector::All => is_all = true,
            DeviceSelector::Count(count) => first = first.max(count.get()),
            DeviceSelector::Ids(own) => ids.extend(own.iter().cloned()),
            DeviceSelector::None | DeviceSelector::Void => continue,
            DeviceSelector::Unresolved(text) => return Err(Unlowerable::Unresolved(text.clone())),
            DeviceSelector::Unreadable(text) => return Err(Unlowerable::Unreadable(text.clone())),
        }
        let is_cdi = matches!(&request.selector, DeviceSelector::Ids(own) if own.iter().all(is_qualified));
        if !is_cdi && !matches!(request.vendor, Vendor::Nvidia | Vendor::Unnamed) {
            return Err(Unlowerable::OtherVendor(request.vendor));
        }
    }
    is_all |= ids.iter().any(|id| matches!(id, DeviceId::Cdi(name) if is_nvidia(name) && name.name() == "all"));
    match () {
        () if is_all => Ok(Asked::All),
        () if ids.is_empty() && first == 0 => Err(Unlowerable::NothingAsked),
        () if ids.is_empty() => Ok(Asked::First(first)),
        () => Ok(Asked::Ids((0..first).map(DeviceId::Index).chain(ids).collect())),
    }
}

fn is_qualified(id: &DeviceId) -> bool {
    matches!(id, DeviceId::Cdi(_))
}

fn is_nvidia(name: &QualifiedName) -> bool {
    name.kind() == QualifiedName::NVIDIA
}

/// What a host says of its GPUs.
enum Seen {
    /// The driver's list, and whose word it is.
    Devices(Vec<NvidiaDevice>, &'static str),
    /// No list, but names in CDI specs or in the engine's list.
    Names(BTreeSet<String>),
    /// Nothing.
    Nothing(Reason),
}

/// The requests' devices on a host.
pub(super) fn meant(asked: &Asked, host: &HostFacts) -> Result<Meant, Unlowerable> {
    let seen = seen(host);
    let ids: Vec<DeviceId> = match asked {
        Asked::All => {
            let all = if let Seen::Devices(devices, _) = &seen { devices.as_slice() } else { &[] };
            return Ok(Meant::All(all.iter().map(gpu).collect()));
        }
        Asked::First(count) => match &seen {
            Seen::Nothing(reason) if host.has_nvidia_driver() != Some(false) => {
                return Err(Unlowerable::CountNeedsHost(reason.clone()));
            }
            _ => (0..*count).map(DeviceId::Index).collect(),
        },
        Asked::Ids(ids) => ids.clone(),
    };
    let specs = host.spec_names(QualifiedName::NVIDIA);
    let mut devices: Vec<Device> = Vec::new();
    for id in ids {
        let device = find(&id, &seen, &specs)?;
        let is_same = |other: &Device| match &device.foreign {
            Some(name) => other.foreign.as_ref() == Some(name),
            None => other.spellings.iter().any(|name| device.spellings.contains(name)),
        };
        if !devices.iter().any(is_same) {
            devices.push(device);
        }
    }
    Ok(Meant::Some(devices))
}

/// The requests' devices by the names that the files give, where no host is at hand.
pub(super) fn unchecked(asked: &Asked) -> Vec<DeviceId> {
    match asked {
        Asked::All => vec![DeviceId::Other("all".to_owned())],
        Asked::First(count) => (0..*count).map(DeviceId::Index).collect(),
        Asked::Ids(ids) => ids.clone(),
    }
}

fn seen(host: &HostFacts) -> Seen {
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

/// A GPU's names: index, then UUID.
fn gpu(device: &NvidiaDevice) -> Device {
    let spellings = std::iter::once(device.index.to_string()).chain(device.uuid.clone()).collect();
    Device { spellings, foreign: None }
}

fn find(id: &DeviceId, seen: &Seen, specs: &BTreeSet<String>) -> Result<Device, Unlowerable> {
    let plain = match id {
        DeviceId::Cdi(name) if is_nvidia(name) => DeviceId::parse(name.name()),
        DeviceId::Cdi(name) => return Ok(Device { spellings: Vec::new(), foreign: Some(name.to_string()) }),
        other => other.clone(),
    };
    let (found, what) = match seen {
        Seen::Devices(devices, evidence) => {
            (among_devices(&plain, devices, specs), format!("{evidence} shows {}", list(devices)))
        }
        Seen::Names(names) => (among_names(&plain, names), format!("CDI specs name {}", join(names.iter().cloned()))),
        Seen::Nothing(_) => (Some(vec![plain.to_string()]), String::new()),
    };
    match found {
        Some(spellings) => Ok(Device { spellings, foreign: None }),
        None => Err(Unlowerable::NoSuchDevice { device: id.clone(), reason: what }),
    }
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

impl Meant {
    /// Qualified names, each in the spelling that a reader of specs resolves; where none is, the
    /// first, so that the reader's refusal names what was asked.
    pub(super) fn qualified(&self, lookup: Option<&CdiLookup<'_>>) -> Vec<String> {
        self.resolvable(|name| lookup.is_some_and(|lookup| lookup.devices.contains_key(name)))
            .into_iter()
            .map(|name| if name.contains('=') { name } else { qualify(&name) })
            .collect()
    }

    /// Plain names for a reader that makes qualified names of them.
    pub(super) fn plain_for(&self, lookup: &CdiLookup<'_>) -> Vec<String> {
        self.resolvable(|name| lookup.devices.contains_key(name))
    }

    /// Plain names for a reader that knows the driver's devices.
    pub(super) fn plain(&self) -> Vec<String> {
        self.resolvable(|_| true)
    }

    /// A device of another kind, which only its CDI name asks for.
    pub(super) fn foreign(&self) -> Option<&str> {
        let Self::Some(devices) = self else { return None };
        devices.iter().find_map(|device| device.foreign.as_deref())
    }

    fn resolvable(&self, resolves: impl Fn(&str) -> bool) -> Vec<String> {
        let spell = |device: &Device| {
            let known = device.spellings.iter().find(|name| resolves(&qualify(name)));
            known.or(device.spellings.first()).cloned().or_else(|| device.foreign.clone()).unwrap_or_default()
        };
        match self {
            Self::Some(devices) => devices.iter().map(spell).collect(),
            Self::All(_) if resolves(&qualify("all")) => vec!["all".to_owned()],
            // A spec without `all` may name every GPU the host has, which is the same.
            Self::All(devices) => {
                let names: Vec<String> = devices.iter().map(spell).collect();
                let is_whole = !names.is_empty() && names.iter().all(|name| resolves(&qualify(name)));
                if is_whole { names } else { vec!["all".to_owned()] }
            }
        }
    }
}

/// NVIDIA's qualified name of a plain one.
pub(super) fn qualify(name: &str) -> String {
    format!("{}={name}", QualifiedName::NVIDIA)
}
