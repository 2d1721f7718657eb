//! What an engine is sent for each form.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, DeviceMapping, DeviceRequest, HostConfig};

use crate::lower::Form;

/// The program that no image has; the engine's word about it is the sign of a request that was met.
pub(super) const PROGRAM: &str = "/composegpu-trial";

/// The container as Compose makes it for a form (recorded with 2.40.3), or as one does that takes CDI names under
/// `devices` for paths (recorded with 2.26.1).
pub(super) fn container(
    image: &str,
    label: HashMap<String, String>,
    form: Form,
    devices: &[String],
    is_old: bool,
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
        Form::Cdi if is_old => None,
        Form::Cdi => Some(vec![request("cdi", false)]),
        Form::CdiReservation => Some(vec![request("cdi", true)]),
        Form::Reservation | Form::Gpus => Some(vec![request("nvidia", true)]),
        Form::Runtime | Form::Swarm | Form::Cpu => None,
    };
    let path = |name: &String| DeviceMapping {
        path_on_host: Some(name.clone()),
        path_in_container: Some(name.clone()),
        cgroup_permissions: Some("rwm".to_owned()),
    };
    let paths = (is_old && form == Form::Cdi).then(|| devices.iter().map(path).collect());
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
            devices: paths,
            device_requests: requests,
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}
