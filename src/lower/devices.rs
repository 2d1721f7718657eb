//! Which devices a service's requests mean on a host, and how each form spells them.
//!
//! The meaning is kept: `count: N` is the indices 0 to N-1, because that is what the engine makes of it.
//! An index, a UUID and a bus id are names of one GPU; a form gets the one that it can resolve.

use std::borrow::Borrow;

use super::{
    Unlowerable,
    seen::{Seen, gpu},
};
use crate::{
    gpu::{DeviceId, DeviceSelector, GpuRequest, QualifiedName, RequestForm, Vendor},
    host::{CdiLookup, HostFacts},
};

/// The devices of a service, requests taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All there are.
    All,
    /// The first so many.
    First(u32),
    /// These, in the order of the requests, and the GPUs whose nodes are asked for by number.
    Ids(Vec<DeviceId>, Vec<u32>),
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
    let (mut ids, mut nodes) = (Vec::new(), Vec::new());
    let (mut is_all, mut first) = (false, 0);
    for request in requests.iter().map(Borrow::borrow) {
        match &request.selector {
            DeviceSelector::All => is_all = true,
            DeviceSelector::Count(count) => first = first.max(count.get()),
            DeviceSelector::Ids(own) if request.form == RequestForm::DeviceNode => {
                nodes.extend(own.iter().filter_map(node))
            }
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
        () if ids.is_empty() && nodes.is_empty() && first == 0 => Err(Unlowerable::NothingAsked),
        () if ids.is_empty() && nodes.is_empty() => Ok(Asked::First(first)),
        () => Ok(Asked::Ids((0..first).map(DeviceId::Index).chain(ids).collect(), nodes)),
    }
}

/// The number of a node such as `/dev/nvidia1`, which is the driver's minor number and no index.
fn node(id: &DeviceId) -> Option<u32> {
    if let DeviceId::Index(number) = id { Some(*number) } else { None }
}

fn is_qualified(id: &DeviceId) -> bool {
    matches!(id, DeviceId::Cdi(_))
}

fn is_nvidia(name: &QualifiedName) -> bool {
    name.kind() == QualifiedName::NVIDIA
}

/// The requests' devices on a host.
pub(super) fn meant(asked: &Asked, host: &HostFacts) -> Result<Meant, Unlowerable> {
    let seen = Seen::of(host);
    let ids: Vec<DeviceId> = match asked {
        Asked::All => {
            return Ok(Meant::All(seen.devices().iter().map(gpu).collect()));
        }
        Asked::First(count) => match &seen {
            Seen::Nothing(reason) if host.has_nvidia_driver() != Some(false) && !is_counted_elsewhere(host) => {
                return Err(Unlowerable::CountNeedsHost(reason.clone()));
            }
            _ => (0..*count).map(DeviceId::Index).collect(),
        },
        Asked::Ids(ids, nodes) => ids.iter().cloned().chain(nodes.iter().map(|node| seen.node(*node))).collect(),
    };
    let specs = host.spec_names(QualifiedName::NVIDIA);
    let mut devices: Vec<Device> = Vec::new();
    for id in ids {
        let device = seen.find(&id, &specs)?;
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

/// A Tegra board has one GPU, which no source shows; Docker Desktop counts those of Windows itself.
fn is_counted_elsewhere(host: &HostFacts) -> bool {
    host.system.known().is_some_and(|system| system.is_tegra)
        || host.docker.known().is_some_and(|docker| docker.is_desktop() && docker.is_on_wsl())
}

/// The requests' devices by the names that the files give, where no host is at hand.
pub(super) fn unchecked(asked: &Asked) -> Vec<DeviceId> {
    match asked {
        Asked::All => vec![DeviceId::Other("all".to_owned())],
        Asked::First(count) => (0..*count).map(DeviceId::Index).collect(),
        Asked::Ids(ids, nodes) => ids.iter().cloned().chain(nodes.iter().map(|node| DeviceId::Index(*node))).collect(),
    }
}

impl Meant {
    /// Qualified names, each in the spelling that a reader of specs resolves; where none is, the
    /// first, so that the reader's refusal names what was asked.
    pub(super) fn qualified(&self, lookup: Option<&CdiLookup<'_>>) -> Vec<String> {
        self.resolvable(|name| lookup.is_some_and(|lookup| lookup.devices.contains_key(name)))
            .iter()
            .map(|name| qualify(name))
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

/// NVIDIA's qualified name of a plain one; a qualified one as it is.
pub(super) fn qualify(name: &str) -> String {
    if name.contains('=') { name.to_owned() } else { format!("{}={name}", QualifiedName::NVIDIA) }
}
