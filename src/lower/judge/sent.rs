//! What Compose sends to the engine for a service, as far as GPUs go.
//!
//! docker/compose pkg/compose/create.go (v5.5.0): reservations first, then CDI names, then `gpus`; they
//! are requests of their own, and nobody reconciles them.

use super::{Step, Verdict, fails, unknown};
use crate::{
    compose,
    gpu::{self, DeviceSelector, GpuRequest, QualifiedName, RequestForm},
    host::{Compose, HostFacts},
    yaml::Value,
};

/// A service on its way to the engine.
pub(super) struct Sent {
    /// `runtime:`; `None` takes the engine's default.
    pub(super) runtime: Option<String>,
    /// NVIDIA_VISIBLE_DEVICES of the container.
    pub(super) visible: Visible,
    /// Device requests, in the order in which the engine answers them.
    pub(super) requests: Vec<DeviceRequest>,
    /// Paths of device nodes on the host.
    pub(super) nodes: Vec<String>,
    /// What Compose leaves out without a word.
    pub(super) dropped: Option<String>,
}

/// NVIDIA_VISIBLE_DEVICES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Visible {
    /// Nothing in the service sets it; the image may.
    Unset,
    /// Not in the service's own environment; a file of variables or the image may set it.
    Open,
    /// `void`, `none` or empty.
    Nothing,
    /// These.
    Ids(Vec<String>),
}

/// A device request of the engine's API.
pub(super) struct DeviceRequest {
    /// The driver's name; empty where the engine is to choose.
    pub(super) driver: String,
    /// Ids; a count is the first indices.
    pub(super) ids: Vec<String>,
    /// Whether the ids come of a count.
    pub(super) is_counted: bool,
    /// All must be the driver's.
    pub(super) capabilities: Vec<String>,
}

/// What is sent, or why Compose refuses the service.
pub(super) fn sent(service: &Value, requests: &[&GpuRequest], host: &HostFacts) -> Step<Sent> {
    let is_old = host.compose.known().and_then(Option::as_ref).and_then(Compose::before_gpus).is_some();
    let mut out = Sent {
        runtime: service.get("runtime").and_then(Value::as_str).map(str::to_owned),
        visible: visible(service)?,
        requests: Vec::new(),
        nodes: Vec::new(),
        dropped: None,
    };
    let of_form = |forms: &'static [RequestForm]| requests.iter().filter(|request| forms.contains(&request.form));
    for request in of_form(&[RequestForm::DeployReservation, RequestForm::CdiReservation]) {
        out.requests.push(reserved(request, is_old)?);
    }
    devices(service, is_old, &mut out)?;
    for request in of_form(&[RequestForm::Gpus]) {
        let mut request = reserved(request, is_old)?;
        request.capabilities.push("gpu".to_owned());
        out.requests.push(request);
        if is_old {
            out.requests.pop();
            // Recorded with 2.26.1, whose reader knows the key and whose sender does not.
            out.dropped = Some("this Compose leaves `gpus` out; 2.30 and newer send it".to_owned());
        }
    }
    Ok(out)
}

fn visible(service: &Value) -> Step<Visible> {
    if compose::variable(service, "NVIDIA_VISIBLE_DEVICES").is_none() {
        return match service.get("env_file") {
            Some(_) => Ok(Visible::Open),
            None if is_cuda(service) => Ok(Visible::Ids(vec!["all".to_owned()])),
            None => Ok(Visible::Unset),
        };
    }
    Ok(match gpu::visible_devices(service) {
        DeviceSelector::None | DeviceSelector::Void => Visible::Nothing,
        selector => Visible::Ids(ids(&selector)?),
    })
}

/// NVIDIA's CUDA images ask for all GPUs themselves (Dockerfiles of nvidia/cuda).
fn is_cuda(service: &Value) -> bool {
    let image = service.get("image").and_then(Value::as_str).unwrap_or_default();
    let name = image.split(['@']).next().unwrap_or_default();
    let repository = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(name, |(front, _)| front);
    repository == "nvidia/cuda" || repository.ends_with("/nvidia/cuda")
}

fn ids(selector: &DeviceSelector) -> Step<Vec<String>> {
    Ok(match selector {
        DeviceSelector::All => vec!["all".to_owned()],
        DeviceSelector::Count(count) => (0..count.get()).map(|index| index.to_string()).collect(),
        DeviceSelector::Ids(ids) => ids.iter().map(ToString::to_string).collect(),
        DeviceSelector::None | DeviceSelector::Void => Vec::new(),
        DeviceSelector::Unresolved(text) => return unknown(format!("`{text}` has no value here")),
        DeviceSelector::Unreadable(text) => return fails(format!("`{text}` names no GPUs")),
    })
}

/// compose-go validation/validation.go `checkDeviceRequest` and its schema (v2.3.0).
fn reserved(request: &GpuRequest, is_old: bool) -> Step<DeviceRequest> {
    let has = |key: &str| request.field(key).is_some_and(|value| !value.is_null());
    if has("count") && has("device_ids") {
        return fails("`count` and `device_ids` exclude each other");
    }
    if request.form != RequestForm::Gpus && !has("capabilities") {
        return fails("Compose refuses a reservation without `capabilities`");
    }
    if is_old && !has("count") && !has("device_ids") {
        return unknown("Compose before 2.30 sends a request with neither count nor ids as one for no device");
    }
    Ok(DeviceRequest {
        driver: request.driver.clone().unwrap_or_default(),
        ids: ids(&request.selector)?,
        is_counted: !has("device_ids"),
        capabilities: request.capabilities.clone(),
    })
}

/// CDI names, all in one request, and nodes.
fn devices(service: &Value, is_old: bool, out: &mut Sent) -> Step {
    let mut names = Vec::new();
    for device in compose::devices(service) {
        if device.node.hole.is_some() {
            return unknown(format!("`{}` has a variable without a value", device.source));
        }
        match device.source.parse::<QualifiedName>() {
            Ok(_) if is_old => {
                return fails("Compose before 2.30 takes a CDI name under `devices` for a path");
            }
            Ok(_) if device.source != device.target => {
                return fails(format!("Compose takes `{}:{}` for a path", device.source, device.target));
            }
            Ok(name) => names.push(name.to_string()),
            Err(_) => out.nodes.push(device.source.to_owned()),
        }
    }
    if !names.is_empty() {
        let driver = "cdi".to_owned();
        out.requests.push(DeviceRequest { driver, ids: names, is_counted: false, capabilities: Vec::new() });
    }
    Ok(())
}

impl Sent {
    /// Why a service that sends nothing for GPUs has none.
    pub(super) fn nothing(&self) -> Verdict {
        Verdict::Silent(match (&self.dropped, &self.visible) {
            (Some(dropped), _) => dropped.clone(),
            (None, Visible::Ids(_)) => {
                "NVIDIA_VISIBLE_DEVICES means nothing to a runtime other than `nvidia`".to_owned()
            }
            (None, _) => "nothing asks for a GPU".to_owned(),
        })
    }
}
