//! Device nodes that are not enough for CUDA.

use super::{
    Check, FixAvailability, RequestCx, Rule, Sink,
    cg303_raw_device_nodes::{is_nvidia_nodes, nodes},
    cg308_misspelt_device_node,
    devices::device_requests,
    images::is_gpu_monitor,
};
use crate::{
    diag::{Code, Severity},
    gpu::RequestForm,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG304"),
    name: "incomplete-device-nodes",
    summary: "the device nodes handed in are not enough for CUDA",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG304-incomplete-device-nodes.md"),
    check: Check::Request(check),
};

/// The nodes that every CUDA program opens, beside the GPU's own (libnvidia-container
/// nvc_info.c, `lookup_devices`).
const NEEDED: [&str; 2] = ["/dev/nvidiactl", "/dev/nvidia-uvm"];

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    // What only reads counters starts no CUDA.
    if !is_nvidia_nodes(cx) || gets_nodes_otherwise(cx) || is_gpu_monitor(cx.service.service) {
        return;
    }
    let nodes = nodes(cx.service.service);
    let mut missing: Vec<&str> =
        NEEDED.into_iter().filter(|needed| nodes.iter().all(|node| !means(node.source, needed))).collect();
    if !nodes.iter().any(|node| is_gpu(&node_of(node.source))) {
        missing.push("/dev/nvidia0");
    }
    let Some(first) = missing.first() else { return };
    let finding = sink.report(
        format!("service `{}` gets NVIDIA device nodes without `{first}`, so CUDA cannot start", cx.service.name),
        cx.request.span(),
    );
    finding.help = Some(format!("add `{}`, or ask by CDI name, which brings all nodes", missing.join("`, `")));
}

/// Whether something else brings the nodes: another request, or `privileged`.
fn gets_nodes_otherwise(cx: &RequestCx<'_>) -> bool {
    let is_privileged = cx.service.service.get("privileged").and_then(Value::as_bool) == Some(true);
    let has_runtime = cx.service.requests.iter().any(|request| request.form == RequestForm::RuntimeEnv);
    is_privileged || has_runtime || device_requests(cx.service).next().is_some()
}

/// The node itself, or the one that its path is a slip of, which CG308 speaks of.
fn node_of(path: &str) -> String {
    cg308_misspelt_device_node::meant(path).unwrap_or_else(|| path.to_owned())
}

fn means(path: &str, node: &str) -> bool {
    node_of(path) == node
}

fn is_gpu(path: &str) -> bool {
    path.strip_prefix("/dev/nvidia")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
