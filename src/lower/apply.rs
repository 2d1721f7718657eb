//! Writing a service's GPU request in another form.
//!
//! First every spelling of the old request goes, with what it alone needed (the runtime, the
//! driver's nodes and mounts); then the new one comes. Everything else of the service stays
//! as it is, in its order.

use super::environment;
use crate::{
    compose,
    gpu::{self, GpuRequest, QualifiedName, RequestForm, Vendor},
    yaml::{Data, Map, Value},
};

/// The form to write, with all that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Qualified names under `devices`.
    Cdi(Vec<String>),
    /// Qualified names in a reservation with `driver: cdi`.
    CdiReservation(Vec<String>),
    /// `runtime: nvidia` with NVIDIA_VISIBLE_DEVICES and, where the request restricts them,
    /// NVIDIA_DRIVER_CAPABILITIES.
    Runtime { devices: String, capabilities: Option<String> },
    /// A reservation with `driver: nvidia`; no ids means all.
    Reservation { ids: Vec<String>, capabilities: Vec<String> },
    /// The same under `gpus`.
    Gpus { ids: Vec<String>, capabilities: Vec<String> },
    /// Generic resources, each as `KIND=number`; the toolkit takes the variable that a task gets for
    /// NVIDIA_VISIBLE_DEVICES.
    Swarm { resources: Vec<String>, capabilities: Option<String> },
    /// No GPU.
    Cpu,
}

/// Whether a request is one that is rewritten. AMD's, Intel's and others' are left alone;
/// one that names nobody is taken for NVIDIA's, whose driver answers it on such a host.
pub(super) fn is_ours(request: &GpuRequest) -> bool {
    matches!(request.vendor, Vendor::Nvidia | Vendor::Unnamed) && request.form != RequestForm::GenericResource
}

/// Rewrites `service`; answers with what went beside the request itself, one clause each.
pub(super) fn apply(service: &mut Value, requests: &[GpuRequest], shape: &Shape) -> Vec<String> {
    let mut notes = Vec::new();
    if requests.iter().any(|request| request.field("options").is_some()) {
        notes.push("the `options` of its request went".to_owned());
    }
    strip_reservations(service, requests);
    strip_gpus(service, requests);
    strip_devices(service);
    if service.get("runtime").and_then(Value::as_str).is_some_and(|name| name.starts_with("nvidia")) {
        remove_key(service, "runtime");
    }
    strip_mounts(service, &mut notes);
    if !matches!(shape, Shape::Runtime { .. } | Shape::Cpu) {
        // A CDI spec and the engine's own driver set the variable themselves; a value of the
        // service's own would hand devices over a second time where nvidia is the default runtime.
        environment::remove(service, "NVIDIA_VISIBLE_DEVICES");
    }
    match shape {
        Shape::Cdi(names) => extend_list(service, "devices", names.iter().map(|name| device(name)).collect()),
        Shape::CdiReservation(names) => {
            reserve(service, "devices", vec![device_request("cdi", names, &["gpu".to_owned()])]);
        }
        Shape::Reservation { ids, capabilities } => {
            reserve(service, "devices", vec![device_request("nvidia", ids, capabilities)]);
        }
        Shape::Gpus { ids, capabilities } => {
            extend_list(service, "gpus", vec![device_request("nvidia", ids, capabilities)]);
        }
        Shape::Runtime { devices, capabilities } => {
            insert(service, "runtime", Value::from("nvidia"));
            environment::set(service, "NVIDIA_VISIBLE_DEVICES", devices);
            restrict(service, capabilities.as_deref());
        }
        Shape::Swarm { resources, capabilities } => {
            let items = resources.iter().filter_map(|resource| generic_resource(resource)).collect();
            reserve(service, "generic_resources", items);
            restrict(service, capabilities.as_deref());
        }
        // `void` keeps a default runtime from handing GPUs over because the image asks for them.
        Shape::Cpu => environment::set(service, "NVIDIA_VISIBLE_DEVICES", "void"),
    }
    notes
}

/// Takes SELinux's label off the service's containers, unless it says itself which they have; then
/// answers so.
pub(super) fn unlabel(service: &mut Value) -> Option<String> {
    let is_label = |item: &&Value| item.as_str().is_some_and(|text| text.starts_with("label"));
    let options = service.get("security_opt").and_then(Value::as_seq).unwrap_or_default();
    match options.iter().find(is_label).and_then(Value::as_str) {
        Some("label=disable" | "label:disable") => None,
        Some(own) => Some(format!("its own `security_opt` `{own}` stays, which may keep it from the devices")),
        None => {
            extend_list(service, "security_opt", vec![Value::from("label=disable")]);
            None
        }
    }
}

/// Indices of the requests of a form, as their path's last step says.
fn indices(requests: &[GpuRequest], is_form: fn(RequestForm) -> bool) -> Vec<usize> {
    let index = |request: &GpuRequest| match request.path.last() {
        Some(gpu::PathStep::Index(index)) => Some(*index),
        _ => None,
    };
    requests.iter().filter(|request| is_form(request.form) && is_ours(request)).filter_map(index).collect()
}

fn strip_reservations(service: &mut Value, requests: &[GpuRequest]) {
    let is_device = |form| matches!(form, RequestForm::DeployReservation | RequestForm::CdiReservation);
    let is_resource = |form| form == RequestForm::GenericResource;
    for (key, gone) in
        [("devices", indices(requests, is_device)), ("generic_resources", indices(requests, is_resource))]
    {
        if !gone.is_empty() {
            drop_items(service, &["deploy", "resources", "reservations", key], &gone);
        }
    }
}

fn strip_gpus(service: &mut Value, requests: &[GpuRequest]) {
    let gone = indices(requests, |form| form == RequestForm::Gpus);
    if !gone.is_empty() {
        drop_items(service, &["gpus"], &gone);
    }
}

fn strip_devices(service: &mut Value) {
    let is_ours = |source: &str| {
        let is_cdi = source.parse::<QualifiedName>().is_ok_and(|name| name.kind().ends_with("nvidia.com/gpu"));
        is_cdi || source.starts_with("/dev/nvidia")
    };
    let gone: Vec<usize> = compose::devices(service)
        .iter()
        .enumerate()
        .filter(|(_, device)| is_ours(device.source))
        .map(|(at, _)| at)
        .collect();
    if !gone.is_empty() {
        drop_items(service, &["devices"], &gone);
    }
}

fn strip_mounts(service: &mut Value, notes: &mut Vec<String>) {
    let mut gone = Vec::new();
    for mount in compose::mounts(service) {
        if let Some(part) = gpu::driver_part(&mount) {
            notes.push(format!("the mount of `{part}` went: it belongs to the driver of one host"));
            gone.push(mount.target.to_owned());
        }
    }
    let Some(items) = service.get("volumes").and_then(Value::as_seq) else { return };
    let is_gone = |item: &Value| {
        item.get("target").and_then(Value::as_str).is_some_and(|target| gone.iter().any(|gone| gone == target))
    };
    let indices: Vec<usize> = items.iter().enumerate().filter(|(_, item)| is_gone(item)).map(|(at, _)| at).collect();
    if !indices.is_empty() {
        drop_items(service, &["volumes"], &indices);
    }
}

/// Takes items out of the list at a path; what is empty then goes too, up to the service.
fn drop_items(service: &mut Value, path: &[&str], gone: &[usize]) {
    let Some((last, above)) = path.split_last() else { return };
    let Some(parent) = service.at_mut(above) else { return };
    let Some(list) = parent.as_map_mut().and_then(|map| map.get_mut(*last)).and_then(Value::as_seq_mut) else { return };
    let mut at = 0;
    list.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
    if list.is_empty() {
        remove_emptied(service, path);
    }
}

fn remove_emptied(service: &mut Value, path: &[&str]) {
    let Some((last, above)) = path.split_last() else { return };
    let Some(parent) = service.at_mut(above).and_then(Value::as_map_mut) else { return };
    parent.shift_remove(*last);
    if parent.is_empty() && !above.is_empty() {
        remove_emptied(service, above);
    }
}

fn remove_key(service: &mut Value, key: &str) {
    if let Some(map) = service.as_map_mut() {
        map.shift_remove(key);
    }
}

fn insert(service: &mut Value, key: &str, value: Value) {
    if let Some(map) = service.as_map_mut() {
        map.insert(key.to_owned(), value);
    }
}

fn device(name: &str) -> Value {
    let map = Map::from([
        ("source".to_owned(), Value::from(name)),
        ("target".to_owned(), Value::from(name)),
        ("permissions".to_owned(), Value::from("rwm")),
    ]);
    Value::from(Data::Map(map))
}

fn extend_list(service: &mut Value, key: &str, items: Vec<Value>) {
    let Some(map) = service.as_map_mut() else { return };
    match map.get_mut(key).and_then(Value::as_seq_mut) {
        Some(list) => list.extend(items),
        None => {
            map.insert(key.to_owned(), Value::from(Data::Seq(items)));
        }
    }
}

/// One device request, as reservations and `gpus` hold it; without ids it asks for all.
fn device_request(driver: &str, ids: &[String], capabilities: &[String]) -> Value {
    let texts =
        |texts: &[String]| Value::from(Data::Seq(texts.iter().map(|text| Value::from(text.as_str())).collect()));
    let mut item =
        Map::from([("capabilities".to_owned(), texts(capabilities)), ("driver".to_owned(), Value::from(driver))]);
    if ids.is_empty() {
        item.insert("count".to_owned(), Value::from(Data::Int(-1)));
    } else {
        item.insert("device_ids".to_owned(), texts(ids));
    }
    Value::from(Data::Map(item))
}

/// A generic resource of a swarm, from `KIND=number`.
fn generic_resource(resource: &str) -> Option<Value> {
    let (kind, number) = resource.split_once('=')?;
    let spec = Map::from([
        ("kind".to_owned(), Value::from(kind)),
        ("value".to_owned(), Value::from(Data::Int(number.parse().ok()?))),
    ]);
    let item = Map::from([("discrete_resource_spec".to_owned(), Value::from(Data::Map(spec)))]);
    Some(Value::from(Data::Map(item)))
}

/// Keeps the driver's parts to those that the request named.
fn restrict(service: &mut Value, capabilities: Option<&str>) {
    if let Some(capabilities) = capabilities {
        environment::set(service, "NVIDIA_DRIVER_CAPABILITIES", capabilities);
    }
}

/// Adds to a list of the service's reservations.
fn reserve(service: &mut Value, key: &str, items: Vec<Value>) {
    let Some(mut map) = service.as_map_mut() else { return };
    for key in ["deploy", "resources", "reservations"] {
        let next = map.entry(key.to_owned()).or_insert_with(|| Value::from(Data::Map(Map::new())));
        if next.as_map().is_none() {
            next.data = Data::Map(Map::new());
        }
        map = next.as_map_mut().expect("the value was just made a mapping");
    }
    let list = map.entry(key.to_owned()).or_insert_with(|| Value::from(Data::Seq(Vec::new())));
    if let Some(list) = list.as_seq_mut() {
        list.extend(items);
    }
}
