//! Services that leave their devices to the image: `runtime: nvidia` without NVIDIA_VISIBLE_DEVICES.
//!
//! What the image says is not known here. Where the engine has the runtime, such a service stays as it
//! is. Where it has not, the service cannot start as it is written, and all GPUs are taken for what is
//! meant: NVIDIA's images, and those that are built on them, set the variable to `all`.

use super::{
    Decision, Unlowerable, Wanted, decide,
    judge::{self, Verdict},
};
use crate::{
    compose,
    gpu::{DeviceSelector, GpuRequest, RequestForm},
    host::HostFacts,
    yaml::Value,
};

/// The form for all of a service's requests, as [`decide()`] gives it, also where the image names the devices.
pub(super) fn decide_service(
    service: &Value,
    requests: &[GpuRequest],
    host: &HostFacts,
    wanted: Wanted,
) -> Result<Decision, Unlowerable> {
    if !is_left_to_image(service, requests) || !matches!(judge::service(service, requests, host), Verdict::Fails(_)) {
        return decide(requests, host, wanted);
    }
    let all = |request: &GpuRequest| GpuRequest { selector: DeviceSelector::All, ..request.clone() };
    let mut decision = decide(&requests.iter().map(all).collect::<Vec<_>>(), host, wanted)?;
    decision.reasons.push("its image is taken to ask for all GPUs, since the service names none".to_owned());
    Ok(decision)
}

fn is_left_to_image(service: &Value, requests: &[GpuRequest]) -> bool {
    let is_silent = |request: &GpuRequest| {
        request.form == RequestForm::RuntimeEnv && matches!(request.selector, DeviceSelector::Void)
    };
    let is_set = compose::variable(service, "NVIDIA_VISIBLE_DEVICES").is_some() || service.get("env_file").is_some();
    !requests.is_empty() && requests.iter().all(is_silent) && !is_set
}
