//! ROCm without a node that it opens.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, cg308_misspelt_device_node::meant, command, fix, images};
use crate::{
    compose::{devices, variable},
    diag::{Applicability, Code, Fix, Severity},
    gpu::{DeviceSelector, RequestForm, Vendor},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG903"),
    name: "rocm-nodes",
    summary: "a service uses ROCm without the device nodes that it opens",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG903-rocm-nodes.md"),
    check: Check::Service(check),
};

/// What every ROCm program opens (ROCm documentation, "Running ROCm Docker containers").
const NEEDED: [&str; 2] = ["/dev/kfd", "/dev/dri"];

/// What stands for both inside WSL, which has neither (ROCm/librocdxg, README).
pub(super) const WSL_NODE: &str = "/dev/dxg";

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    // A path with a slip in it is CG308's.
    let node = |path: &str| meant(path).unwrap_or_else(|| path.to_owned());
    let nodes: Vec<String> = devices(cx.service).iter().map(|device| node(device.source)).collect();
    let has_hole = devices(cx.service).iter().any(|device| device.node.hole.is_some());
    let has = |node: &str| {
        nodes.iter().any(|have| have == node || have.strip_prefix(node).is_some_and(|rest| rest.starts_with('/')))
    };
    let missing: Vec<&str> = NEEDED.into_iter().filter(|node| !has(node)).collect();
    let is_used = has("/dev/kfd") || (is_rocm(cx.service) && !is_ollama_client(cx.service));
    if missing.is_empty() || !is_used || has_hole || has(WSL_NODE) || gets_nodes_otherwise(cx) || mounts_dev(cx) {
        return;
    }
    let first_node =
        devices(cx.service).into_iter().find(|device| device.source == "/dev/kfd").map(|device| device.node);
    let Some(place) =
        first_node.or_else(|| cx.service.get("image")).and_then(|value| value.key_span().or(value.span()))
    else {
        return;
    };
    let finding = sink.report(
        format!("service `{}` uses ROCm without `{}`, so it finds no GPU", cx.name, missing.join("` and `")),
        place,
    );
    finding.help = Some(format!("add `{}` to `devices`", missing.join("` and `")));
    let list = cx.service.get("devices");
    finding.fix = match (list, missing.as_slice()) {
        (Some(list), [node]) => fix::append(cx, list, &format!("{node}:{node}")),
        _ => None,
    }
    .map(|edits| Fix { title: format!("add `{}`", missing[0]), applicability: Applicability::Unsafe, edits });
}

/// An image for ROCm, or a setting that only ROCm reads, in a service that no other vendor's GPU is for.
pub(super) fn is_rocm(service: &Value) -> bool {
    let is_tagged = images::tag(service).is_some_and(|tag| tag.contains("rocm"));
    let is_named = images::repository(service).is_some_and(|name| name.starts_with("rocm/"));
    let is_set = variable(service, "HSA_OVERRIDE_GFX_VERSION")
        .is_some_and(|entry| entry.value.is_some_and(|value| !value.is_empty()));
    is_tagged || is_named || is_set
}

/// Ollama's image that only asks a server elsewhere, as a service that pulls models does: of its commands
/// `serve` alone (also as `start`) opens a GPU (Ollama, cmd/cmd.go).
fn is_ollama_client(service: &Value) -> bool {
    const ASKING: [&str; 9] = ["pull", "run", "create", "show", "list", "ls", "ps", "push", "cp"];
    let is_ollama = images::repository(service).is_some_and(|name| name.ends_with("ollama/ollama"));
    let text = command::text(service);
    let mut words = text.split(|mark: char| mark.is_whitespace() || ";&|()\"'".contains(mark)).peekable();
    let has_entrypoint = service.get("entrypoint").is_some_and(|value| !value.is_null());
    let asks_first = !has_entrypoint && words.peek().is_some_and(|word| ASKING.contains(word));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let asks = asks_first
        || words.windows(2).any(|pair| pair[0].rsplit('/').next() == Some("ollama") && ASKING.contains(&pair[1]));
    is_ollama && asks && !words.iter().any(|word| ["serve", "start"].contains(word))
}

/// Whether a CDI name, AMD's driver or runtime, or `privileged` brings the nodes; also where the service
/// switches its GPU off.
fn gets_nodes_otherwise(cx: &ServiceCx<'_>) -> bool {
    let is_other = |form: RequestForm| form != RequestForm::DeviceNode;
    let brings = cx.requests.iter().any(|request| {
        is_other(request.form) && request.vendor != Vendor::Nvidia && request.selector != DeviceSelector::None
    });
    let is_nvidia = cx.requests.iter().any(|request| request.vendor == Vendor::Nvidia);
    brings || is_nvidia || cx.service.get("privileged").is_some_and(|value| value.as_bool() != Some(false))
}

/// `/dev` as a whole.
fn mounts_dev(cx: &ServiceCx<'_>) -> bool {
    devices(cx.service).iter().any(|device| device.source == "/dev")
        || crate::compose::mounts(cx.service).iter().any(|mount| mount.source == "/dev")
}
