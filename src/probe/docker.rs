//! The engine, through its API.

mod connect;
mod ended;
#[cfg(unix)]
mod ssh;
mod tls;
mod trial;

use std::collections::BTreeMap;

use bollard::models::{DeviceInfo, GenericResourcesInner, SystemInfo, SystemVersion};

use self::connect::connect;
use super::{
    Settings, bounded,
    endpoint::{self, Endpoint},
};
use crate::{
    host::{DiscoveredDevice, Docker, Runtime, Swarm, Version},
    observed::Observed,
};

pub use trial::{Interrupted, trial};

const SOURCE: &str = "docker";

/// Asks the engine for its version and state.
pub(super) fn look(settings: &Settings) -> Observed<Docker> {
    let endpoint = match endpoint::endpoint(settings) {
        Ok(endpoint) => endpoint,
        Err(reason) => return Observed::unknown(SOURCE, reason),
    };
    match answers(&endpoint, settings) {
        Ok((version, info)) => Observed::Known(facts(&endpoint.shown(), version, info)),
        Err(reason) => Observed::unknown(SOURCE, format!("{}: {reason}", endpoint.shown())),
    }
}

fn answers(endpoint: &Endpoint, settings: &Settings) -> Result<(SystemVersion, SystemInfo), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no runtime to ask in: {error}"))?;
    runtime.block_on(async {
        let link = connect(endpoint, settings)?;
        let client = &link.client;
        // The client puts no version into its requests, so the engine answers in its newest; fields that
        // older API versions lack (DiscoveredDevices, 1.50) are there.
        let both = async { Ok((client.version().await?, client.info().await?)) };
        match tokio::time::timeout(settings.timeout, both).await {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(error)) => Err(link.clause(&error)),
            Err(_) => Err(bounded::no_answer(settings.timeout)),
        }
    })
}

fn facts(address: &str, version: SystemVersion, info: SystemInfo) -> Docker {
    let swarm = info.swarm.unwrap_or_default();
    Docker {
        endpoint: address.to_owned(),
        is_remote: is_remote(address, &info.name, &info.kernel_version),
        product: version.components.as_ref().and_then(|parts| parts.first()).map(|part| part.name.clone()),
        server_version: version.version.or(info.server_version).unwrap_or_default(),
        api_version: version.api_version.clone().unwrap_or_default(),
        runtimes: info.runtimes.unwrap_or_default().into_iter().map(|(name, runtime)| (name, fact(runtime))).collect(),
        default_runtime: info.default_runtime.filter(|name| !name.is_empty()),
        cdi_spec_dirs: info.cdi_spec_dirs,
        discovered_devices: discovered(info.discovered_devices, &version.api_version),
        warnings: info.warnings.unwrap_or_default(),
        security_options: info.security_options.unwrap_or_default(),
        cgroup_driver: info.cgroup_driver.map(|driver| driver.to_string()).filter(|text| !text.is_empty()),
        cgroup_version: info.cgroup_version.map(|version| version.to_string()).filter(|text| !text.is_empty()),
        swarm: Swarm {
            state: swarm.local_node_state.map(|state| state.to_string()).filter(|text| !text.is_empty()),
            is_manager: swarm.control_available.unwrap_or_default(),
        },
        generic_resources: info.generic_resources.unwrap_or_default().into_iter().map(resource).collect(),
        operating_system: info.operating_system,
        os_type: info.os_type,
        architecture: info.architecture,
        kernel_version: info.kernel_version,
        root_dir: info.docker_root_dir,
    }
}

/// An empty list is left out of the answer, so that its absence means none from the API version that
/// brought it.
fn discovered(devices: Option<Vec<DeviceInfo>>, api: &Option<String>) -> Option<Vec<DiscoveredDevice>> {
    let has_field = api.as_deref().and_then(Version::parse) >= Some(Version::new(1, 50, 0));
    let devices = devices.or_else(|| has_field.then(Vec::new))?;
    let facts = devices
        .into_iter()
        .filter_map(|device| Some(DiscoveredDevice { source: device.source.unwrap_or_default(), id: device.id? }));
    Some(facts.collect())
}

fn fact(runtime: bollard::models::Runtime) -> Runtime {
    // The status holds a JSON text of many kilobytes; that it is there is what counts.
    let keys = runtime.status.map(|status| {
        let sorted: BTreeMap<String, String> = status.into_iter().collect();
        sorted.into_keys().collect()
    });
    Runtime { path: runtime.path.filter(|path| !path.is_empty()), status: keys }
}

fn resource(resource: GenericResourcesInner) -> String {
    let named = resource.named_resource_spec.map(|spec| (spec.kind, spec.value));
    let counted = || Some(resource.discrete_resource_spec?).map(|spec| (spec.kind, spec.value.map(|n| n.to_string())));
    let (kind, value) = named.or_else(counted).unwrap_or_default();
    format!("{}={}", kind.unwrap_or_default(), value.unwrap_or_default())
}

/// An engine is this machine's own if it shares its name and its kernel; a socket alone does not say
/// so (Docker Desktop, a socket mounted into a container, a forwarded port).
fn is_remote(address: &str, name: &Option<String>, kernel: &Option<String>) -> bool {
    let here = |path: &str| std::fs::read_to_string(path).map(|text| text.trim().to_owned()).ok();
    let differs = |theirs: &Option<String>, ours: Option<String>| match (theirs, ours) {
        (Some(theirs), Some(ours)) => *theirs != ours,
        _ => false,
    };
    endpoint::is_elsewhere(address)
        || cfg!(not(target_os = "linux"))
        || differs(name, here("/proc/sys/kernel/hostname"))
        || differs(kernel, here("/proc/sys/kernel/osrelease"))
}
