//! What an engine is sent for each form.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, DeviceRequest, HostConfig};

use crate::lower::Form;

/// The program that no image has; the engine's word about it is the sign of a request that was met.
pub(super) const PROGRAM: &str = "/composegpu-trial";

/// The container as Compose makes it for a form (fixtures/lab-truth.json, `forms.*.sent`, Compose 2.40.3).
pub(super) fn container(
    image: &str,
    label: HashMap<String, String>,
    form: Form,
    devices: &[String],
) -> ContainerCreateBody {
    let is_all = devices == ["all"];
    let request = |driver: &str, has_capabilities: bool| DeviceRequest {
        driver: Some(driver.to_owned()),
        count: Some(if is_all { -1 } else { 0 }),
        device_ids: (!is_all).then(|| devices.to_vec()),
        capabilities: has_capabilities.then(|| vec![vec!["gpu".to_owned()]]),
        options: None,
    };
    let requests = match form {
        Form::Cdi => Some(vec![request("cdi", false)]),
        Form::CdiReservation => Some(vec![request("cdi", true)]),
        Form::Reservation | Form::Gpus => Some(vec![request("nvidia", true)]),
        Form::Runtime | Form::Swarm | Form::Cpu => None,
    };
    let is_runtime = form == Form::Runtime;
    ContainerCreateBody {
        image: Some(image.to_owned()),
        cmd: Some(vec![PROGRAM.to_owned()]),
        env: is_runtime.then(|| vec![format!("NVIDIA_VISIBLE_DEVICES={}", devices.join(","))]),
        labels: Some(label),
        network_disabled: Some(true),
        host_config: Some(HostConfig {
            network_mode: Some("none".to_owned()),
            runtime: is_runtime.then(|| "nvidia".to_owned()),
            device_requests: requests,
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}
