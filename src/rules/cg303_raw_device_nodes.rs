//! GPUs handed in as device nodes.

use super::{
    Check, FixAvailability, RequestCx, Rule, Sink,
    devices::{as_cdi, asks, is_nvidia, is_pinned},
};
use crate::{
    compose::{Device, Mount, devices, mounts},
    diag::{Code, Label, Severity},
    gpu::{DeviceSelector, GpuRequest, RequestForm, Vendor, driver_part},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG303"),
    name: "raw-device-nodes",
    summary: "NVIDIA device nodes are handed in one by one, without the driver's libraries",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG303-raw-device-nodes.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    if !is_nvidia_nodes(cx) {
        return;
    }
    let nodes = nodes(cx.service.service);
    let lacking = if brings_libraries(cx) { "" } else { ", without the driver's libraries" };
    let finding = sink.report(
        format!("service `{}` gets NVIDIA device nodes one by one{lacking}", cx.service.name),
        cx.request.span(),
    );
    let others = nodes.iter().skip(1).filter_map(|node| node.node.span());
    finding.related = others.map(|span| Label::new(span, "another node")).collect();
    if let Some(other) = other_request(cx) {
        finding.related.push(Label::new(other.span(), "this request brings the nodes, and the libraries"));
        finding.help = Some("remove the nodes, unless they are to keep the GPU over `systemctl daemon-reload`".into());
        return;
    }
    let selector = if is_pinned(cx.request) { &cx.request.selector } else { &DeviceSelector::All };
    finding.help = Some(format!("ask by CDI name instead, which brings nodes and libraries: {}", as_cdi(selector)));
}

/// Another request for NVIDIA's GPUs, which brings nodes and libraries.
fn other_request<'a>(cx: &RequestCx<'a>) -> Option<&'a GpuRequest> {
    let is_other =
        |request: &&GpuRequest| request.form != RequestForm::DeviceNode && is_nvidia(request) && asks(request);
    cx.service.requests.iter().find(is_other)
}

/// Whether another request brings the libraries, files of the driver are mounted by hand (CG301), or a
/// volume that was filled with them.
fn brings_libraries(cx: &RequestCx<'_>) -> bool {
    let is_volume = |mount: &Mount<'_>| mount.source.contains("nvidia") && mount.source.contains("driver");
    other_request(cx).is_some()
        || mounts(cx.service.service)
            .iter()
            .any(|mount| driver_part(mount).is_some() || mount.kind == "volume" && is_volume(mount))
}

/// Whether the request is for nodes of NVIDIA's driver.
pub(super) fn is_nvidia_nodes(cx: &RequestCx<'_>) -> bool {
    cx.request.form == RequestForm::DeviceNode && cx.request.vendor == Vendor::Nvidia
}

/// The nodes of NVIDIA's driver among a service's devices, in the order of the text.
pub(super) fn nodes(service: &Value) -> Vec<Device<'_>> {
    devices(service).into_iter().filter(|device| device.source.starts_with("/dev/nvidia")).collect()
}
