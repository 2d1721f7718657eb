//! Every GPU request of a project, whatever its spelling.
//!
//! What each spelling becomes on its way to the engine: docker/compose pkg/compose/create.go
//! (v5.5.0), `setReservations` and `getDeployResources`.

use super::{DeviceId, GpuRequest, PathStep, QualifiedName, RequestForm, Vendor, select};
use crate::{
    compose::{self, Device, Project},
    yaml::Value,
};

/// Requests of all services: the services in the order of the model, each one's requests in
/// the order of the text.
pub fn collect(project: &Project) -> Vec<GpuRequest> {
    project.services().flat_map(|(name, service)| of_service(name, service)).collect()
}

fn of_service(name: &str, service: &Value) -> Vec<GpuRequest> {
    let mut found = Found { name, requests: Vec::new() };
    found.reservations(service);
    found.generic_resources(service);
    found.gpus(service);
    found.devices(service);
    found.runtime(service);
    found.requests.retain(|request| request.value.span().is_some());
    found.requests.sort_by_key(|request| request.value.place());
    found.requests
}

struct Found<'a> {
    name: &'a str,
    requests: Vec<GpuRequest>,
}

/// The keys above a service's reserved devices.
const RESERVATIONS: [&str; 3] = ["deploy", "resources", "reservations"];

impl Found<'_> {
    fn add(
        &mut self,
        form: RequestForm,
        vendor: Vendor,
        value: &Value,
        keys: &[&str],
        index: Option<usize>,
    ) -> &mut GpuRequest {
        let mut path: Vec<PathStep> = keys.iter().map(|key| PathStep::Key((*key).to_owned())).collect();
        path.extend(index.map(PathStep::Index));
        self.requests.push(GpuRequest {
            service: self.name.to_owned(),
            form,
            vendor,
            driver: None,
            selector: select::from_item(value),
            capabilities: Vec::new(),
            value: value.clone(),
            path,
        });
        self.requests.last_mut().expect("a request was just pushed")
    }

    fn reservations(&mut self, service: &Value) {
        let path = [&RESERVATIONS[..], &["devices"]].concat();
        for (index, item) in items(service, &path) {
            let driver = driver(item);
            let capabilities = texts(item.get("capabilities"));
            let form = if driver.as_deref() == Some("cdi") {
                RequestForm::CdiReservation
            } else {
                RequestForm::DeployReservation
            };
            let vendor = reservation_vendor(driver.as_deref(), &capabilities, item);
            let request = self.add(form, vendor, item, &path, Some(index));
            (request.driver, request.capabilities) = (driver, capabilities);
        }
    }

    fn gpus(&mut self, service: &Value) {
        for (index, item) in items(service, &["gpus"]) {
            let driver = driver(item);
            let vendor = driver.as_deref().map_or(Vendor::Unnamed, |driver| driver_vendor(driver, item));
            let capabilities = texts(item.get("capabilities"));
            let request = self.add(RequestForm::Gpus, vendor, item, &["gpus"], Some(index));
            (request.driver, request.capabilities) = (driver, capabilities);
        }
    }

    fn generic_resources(&mut self, service: &Value) {
        let path = [&RESERVATIONS[..], &["generic_resources"]].concat();
        for (index, item) in items(service, &path) {
            let Some(spec) = item.get("discrete_resource_spec") else { continue };
            let kind = spec.get("kind").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
            if kind.contains("gpu") {
                let vendor = if kind.contains("nvidia") { Vendor::Nvidia } else { Vendor::Unnamed };
                let selector = select::from_count(spec.get("value"));
                self.add(RequestForm::GenericResource, vendor, item, &path, Some(index)).selector = selector;
            }
        }
    }

    fn devices(&mut self, service: &Value) {
        let mut nodes: Option<(Vendor, usize, &Value)> = None;
        for (index, device) in compose::devices(service).into_iter().enumerate() {
            if let Some(vendor) = node_vendor(device.source) {
                let is_first = nodes.is_none_or(|(held, ..)| held == Vendor::Other && vendor != Vendor::Other);
                nodes = if is_first { Some((vendor, index, device.node)) } else { nodes };
            } else if let Some((vendor, selector)) = cdi_device(&device) {
                self.add(RequestForm::CdiDevice, vendor, device.node, &["devices"], Some(index)).selector = selector;
            }
        }
        if let Some((vendor, index, value)) = nodes {
            let ids = compose::devices(service)
                .iter()
                .filter_map(|device| node_index(device.source))
                .map(DeviceId::Index)
                .collect();
            let request = self.add(RequestForm::DeviceNode, vendor, value, &["devices"], Some(index));
            request.selector = super::DeviceSelector::Ids(ids);
        }
    }

    fn runtime(&mut self, service: &Value) {
        let Some(value) = service.get("runtime") else { return };
        let vendor = match value.as_str() {
            Some(name) if name.starts_with("nvidia") => Vendor::Nvidia,
            Some("amd") => Vendor::Amd,
            Some("habana") => Vendor::Other,
            _ => return,
        };
        let selector = select::from_visible_devices(compose::variable(service, "NVIDIA_VISIBLE_DEVICES").as_ref());
        let capabilities = compose::variable(service, "NVIDIA_DRIVER_CAPABILITIES");
        let request = self.add(RequestForm::RuntimeEnv, vendor, value, &["runtime"], None);
        request.selector = selector;
        let listed = capabilities.and_then(|entry| entry.value.map(|value| value.into_owned())).unwrap_or_default();
        request.capabilities =
            listed.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    }
}

/// Mapping items of the list at a path, with their index.
fn items<'a>(service: &'a Value, path: &[&str]) -> Vec<(usize, &'a Value)> {
    let list = service.at(path).and_then(Value::as_seq).unwrap_or_default();
    list.iter().enumerate().filter(|(_, item)| item.as_map().is_some()).collect()
}

fn driver(item: &Value) -> Option<String> {
    item.get("driver").and_then(Value::as_str).filter(|driver| !driver.is_empty()).map(str::to_owned)
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_seq).unwrap_or_default();
    items.iter().filter_map(Value::scalar_text).collect()
}

fn driver_vendor(driver: &str, item: &Value) -> Vendor {
    match driver {
        "nvidia" | "nvidia.cdi" | "nvidia.runtime-hook" => Vendor::Nvidia,
        "amd" => Vendor::Amd,
        "cdi" => texts(item.get("device_ids")).iter().find_map(|id| kind_vendor(id)).unwrap_or(Vendor::Unnamed),
        _ => Vendor::Other,
    }
}

/// A reservation without a driver asks for a GPU by its capabilities alone
/// (moby daemon/devices_nvidia_linux.go, `allNvidiaCaps`). One without either is a mistake
/// that is nearly always meant for NVIDIA; nobody is named.
fn reservation_vendor(driver: Option<&str>, capabilities: &[String], item: &Value) -> Vendor {
    const NVIDIA: [&str; 8] = ["gpu", "nvidia", "compute", "compat32", "graphics", "utility", "video", "display"];
    match driver {
        Some(driver) => driver_vendor(driver, item),
        None if capabilities.is_empty() || capabilities.iter().any(|word| NVIDIA.contains(&word.as_str())) => {
            Vendor::Unnamed
        }
        None => Vendor::Other,
    }
}

/// The vendor of a qualified name that stands for a GPU.
fn kind_vendor(text: &str) -> Option<Vendor> {
    let name: QualifiedName = text.parse().ok()?;
    match name.kind().as_str() {
        "nvidia.com/gpu" | "runtime.nvidia.com/gpu" | "management.nvidia.com/gpu" => Some(Vendor::Nvidia),
        "amd.com/gpu" => Some(Vendor::Amd),
        "intel.com/gpu" => Some(Vendor::Intel),
        kind if kind.ends_with("/gpu") => Some(Vendor::Other),
        _ => None,
    }
}

/// A CDI name among `devices`. Compose sends it as one only where source and target are the
/// same; `nvidia.com/gpu=0:1` in the short form is split at its colon and no CDI name any more.
fn cdi_device(device: &Device<'_>) -> Option<(Vendor, super::DeviceSelector)> {
    let vendor = kind_vendor(device.source)?;
    let name: QualifiedName = device.source.parse().ok()?;
    let selector = match () {
        () if device.node.hole.is_some() => super::DeviceSelector::Unresolved(device.source.to_owned()),
        () if device.target != device.source => {
            super::DeviceSelector::Unreadable(format!("{}:{}", device.source, device.target))
        }
        () if name.name() == "all" => super::DeviceSelector::All,
        () => super::DeviceSelector::Ids(vec![DeviceId::Cdi(name)]),
    };
    Some((vendor, selector))
}

fn node_vendor(path: &str) -> Option<Vendor> {
    let name = path.strip_prefix("/dev/")?;
    match name {
        "kfd" => Some(Vendor::Amd),
        "dxg" => Some(Vendor::Unnamed),
        name if name == "dri" || name.starts_with("dri/") => Some(Vendor::Other),
        name if name.starts_with("nvidia") && !name.contains('=') => Some(Vendor::Nvidia),
        _ => None,
    }
}

/// The GPU that a node such as `/dev/nvidia1` belongs to.
fn node_index(path: &str) -> Option<u32> {
    path.strip_prefix("/dev/nvidia")?.parse().ok()
}
