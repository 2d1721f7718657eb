//! Which GPUs the requests of a service name, in terms that rules can compare and messages
//! can say.

use std::collections::BTreeSet;

use super::ServiceCx;
use crate::{
    gpu::{DeviceId, DeviceSelector, GpuRequest, QualifiedName, RequestForm, Vendor},
    yaml::Value,
};

/// The variable that NVIDIA's runtime reads.
pub(super) const NVIDIA_VISIBLE_DEVICES: &str = "NVIDIA_VISIBLE_DEVICES";
/// The variable that CUDA reads.
pub(super) const CUDA_VISIBLE_DEVICES: &str = "CUDA_VISIBLE_DEVICES";

/// Devices by name, where the text says which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Devices {
    /// All of the host.
    All,
    /// These: indices, UUIDs, MIG devices. Empty for "no GPU".
    Named(BTreeSet<String>),
}

/// More names than a host has; a `count` above it is not written out.
const MOST_NAMES: u32 = 64;

impl Devices {
    /// What a selector names; `None` where a variable or an unreadable text stands.
    pub(super) fn of(selector: &DeviceSelector) -> Option<Self> {
        match selector {
            DeviceSelector::All => Some(Self::All),
            DeviceSelector::Count(count) if count.get() <= MOST_NAMES => {
                Some(Self::Named((0..count.get()).map(|index| index.to_string()).collect()))
            }
            DeviceSelector::Ids(ids) if ids.iter().any(is_all) => Some(Self::All),
            DeviceSelector::Ids(ids) => Some(Self::Named(ids.iter().map(name).collect())),
            DeviceSelector::None | DeviceSelector::Void => Some(Self::Named(BTreeSet::new())),
            DeviceSelector::Count(_) | DeviceSelector::Unresolved(_) | DeviceSelector::Unreadable(_) => None,
        }
    }

    /// What several requests name together.
    pub(super) fn of_all<'a>(requests: impl IntoIterator<Item = &'a GpuRequest>) -> Option<Self> {
        let mut names = BTreeSet::new();
        for request in requests {
            match Self::of(&request.selector)? {
                Self::All => return Some(Self::All),
                Self::Named(more) => names.extend(more),
            }
        }
        Some(Self::Named(names))
    }

    /// What a value of NVIDIA_VISIBLE_DEVICES names. One element `all`, `none` or `void`
    /// decides the whole list (NVIDIA Container Toolkit v1.20.0, internal/config/image).
    pub(super) fn of_visible(value: &str) -> Self {
        let items: Vec<&str> = value.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        if items.iter().any(|item| ["none", "void"].contains(item)) {
            return Self::Named(BTreeSet::new());
        }
        if items.contains(&"all") {
            return Self::All;
        }
        let ids = items.iter().map(|item| DeviceId::parse(item)).collect();
        Self::of(&DeviceSelector::Ids(ids)).unwrap_or(Self::All)
    }

    /// Whether it means no GPU.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Named(names) if names.is_empty())
    }
}

fn is_all(id: &DeviceId) -> bool {
    name(id) == "all"
}

/// One name for one device, whether a CDI name or a plain id says it. UUIDs are compared
/// without regard to case, as the toolkit does.
fn name(id: &DeviceId) -> String {
    match id {
        DeviceId::Cdi(cdi) if cdi.kind() == QualifiedName::NVIDIA => cdi.name().to_ascii_lowercase(),
        id => id.to_string().to_ascii_lowercase(),
    }
}

/// Whether a request can be for an NVIDIA GPU: it says so, or names nobody.
pub(super) fn is_nvidia(request: &GpuRequest) -> bool {
    matches!(request.vendor, Vendor::Nvidia | Vendor::Unnamed)
}

/// Whether a request asks for a GPU at all, rather than for none.
pub(super) fn asks(request: &GpuRequest) -> bool {
    !matches!(request.selector, DeviceSelector::None | DeviceSelector::Void)
}

/// Whether a request names its GPUs one by one.
pub(super) fn is_pinned(request: &GpuRequest) -> bool {
    matches!(&request.selector, DeviceSelector::Ids(ids) if !ids.is_empty())
}

/// Whether the engine itself serves requests of this form, without the `nvidia` runtime.
pub(super) fn is_device_request(form: RequestForm) -> bool {
    match form {
        RequestForm::DeployReservation | RequestForm::CdiReservation | RequestForm::Gpus | RequestForm::CdiDevice => {
            true
        }
        RequestForm::RuntimeEnv | RequestForm::DeviceNode | RequestForm::GenericResource => false,
    }
}

/// Requests for NVIDIA's GPUs that the engine serves, in the order of the text.
pub(super) fn device_requests<'a>(cx: &ServiceCx<'a>) -> impl Iterator<Item = &'a GpuRequest> + use<'a> {
    cx.requests.iter().filter(|request| is_nvidia(request) && asks(request) && is_device_request(request.form))
}

/// The requests that decide how many GPUs are in the container: those that the engine serves,
/// else the runtime and the nodes. None where `privileged` shows every GPU.
pub(super) fn granting<'a>(cx: &ServiceCx<'a>) -> Vec<&'a GpuRequest> {
    if cx.service.get("privileged").and_then(Value::as_bool) == Some(true) {
        return Vec::new();
    }
    let requests: Vec<&GpuRequest> = device_requests(cx).collect();
    match requests.is_empty() {
        true => cx.requests.iter().filter(|request| is_nvidia(request) && asks(request)).collect(),
        false => requests,
    }
}

/// The selector in words: `1 GPU`, `GPUs 0 and 1`, or `GPUs` where the text does not tell.
pub(super) fn wanted(selector: &DeviceSelector) -> String {
    let named = |ids: &[DeviceId]| listed(&ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>());
    let is_index = |id: &DeviceId| matches!(id, DeviceId::Index(_));
    match selector {
        DeviceSelector::Ids(ids) if ids.is_empty() => "GPUs".into(),
        DeviceSelector::Ids(ids) if !ids.iter().all(is_index) => named(ids),
        DeviceSelector::Ids(ids) => {
            let word = if ids.len() == 1 { "GPU" } else { "GPUs" };
            format!("{word} {}", listed(&ids.iter().map(DeviceId::to_string).collect::<Vec<_>>()))
        }
        DeviceSelector::Unresolved(_) | DeviceSelector::Unreadable(_) => "GPUs".into(),
        selector => selector.to_string(),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed<T: std::borrow::Borrow<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.borrow().to_owned(),
        [front @ .., last] => format!("{} and {}", front.join(", "), last.borrow()),
    }
}

/// The same devices as CDI names under `devices:`, as help shows them.
pub(super) fn as_cdi(selector: &DeviceSelector) -> String {
    const ANY: &str = "`devices:` with one `nvidia.com/gpu=NAME` for each GPU (`nvidia-ctk cdi list` shows the names)";
    let ids = match selector {
        DeviceSelector::All => return "`devices: [nvidia.com/gpu=all]`".into(),
        DeviceSelector::Count(count) if count.get() <= 4 => (0..count.get()).map(DeviceId::Index).collect(),
        DeviceSelector::Count(count) => {
            let last = count.get() - 1;
            return format!("`devices:` with the names `nvidia.com/gpu=0` to `nvidia.com/gpu={last}`");
        }
        DeviceSelector::Ids(ids) if !ids.is_empty() => ids.clone(),
        _ => return ANY.into(),
    };
    let items: Option<Vec<String>> = ids.iter().map(cdi_item).collect();
    items.map_or_else(|| ANY.into(), |items| format!("`devices: [{}]`", items.join(", ")))
}

/// An item of `devices:` in flow style. A name with a colon needs the long form: the short
/// one is cut at colons (compose-go transform/device.go).
fn cdi_item(id: &DeviceId) -> Option<String> {
    let name = match id {
        DeviceId::Cdi(name) => name.clone(),
        DeviceId::Index(_) | DeviceId::Uuid(_) | DeviceId::MigUuid(_) | DeviceId::MigIndex { .. } => {
            QualifiedName::nvidia(&id.to_string())?
        }
        DeviceId::PciBusId(_) | DeviceId::LegacyMig(_) | DeviceId::Other(_) => return None,
    };
    let name = name.to_string();
    Some(if name.contains(':') { format!("{{source: \"{name}\", target: \"{name}\"}}") } else { name })
}
