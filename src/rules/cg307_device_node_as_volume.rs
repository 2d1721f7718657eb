//! A GPU's device nodes mounted as a volume.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::{Mount, devices, mounts},
    diag::{Applicability, Code, Edit, Fix, Severity},
    gpu::{QualifiedName, RequestForm},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG307"),
    name: "device-node-as-volume",
    summary: "a GPU's device nodes are mounted as a volume, which does not let the container open them",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG307-device-node-as-volume.md"),
    check: Check::Service(check),
};

/// Folders and nodes of GPUs, and the beginnings of names with a number.
const NODES: [&str; 2] = ["/dev/dri", "/dev/kfd"];
const NUMBERED: [&str; 2] = ["/dev/dri/", "/dev/nvidia"];

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    cdi_names(cx, sink);
    if is_allowed_otherwise(cx) {
        return;
    }
    let nodes: Vec<&str> = devices(cx.service).into_iter().map(|device| device.source).collect();
    let is_handed_in = |source: &str| {
        nodes.iter().any(|node| source == *node || source.strip_prefix(node).is_some_and(|rest| rest.starts_with('/')))
    };
    for mount in mounts(cx.service).iter().filter(|mount| mount.kind == "bind" && is_node(mount.source)) {
        let (false, Some(place)) = (is_handed_in(mount.source), mount.node.place()) else { continue };
        let finding = sink.report(
            format!(
                "service `{}` mounts `{}` as a volume, so that it sees the nodes and may not open them",
                cx.name, mount.source
            ),
            place,
        );
        finding.help = Some(format!("hand it in under `devices`: `{}`", handed_in(mount)));
        finding.fix = moved(cx, mount).map(|edits| Fix {
            title: format!("move `{}` to `devices`", mount.source),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}

/// Names of CDI devices, which a volume takes for a path of the container that is not absolute.
fn cdi_names(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for mount in mounts(cx.service) {
        let name = if mount.source.is_empty() { mount.target } else { mount.source };
        let is_name = name.parse::<QualifiedName>().is_ok_and(|name| name.kind().ends_with("/gpu"));
        let (true, Some(place)) = (is_name, mount.node.place()) else { continue };
        let finding = sink.report(
            format!("service `{}` has the CDI device `{name}` among its volumes, where it is no path", cx.name),
            place,
        );
        finding.help = Some(format!("hand it in under `devices`: `{name}`"));
    }
}

fn is_node(source: &str) -> bool {
    let source = source.trim_end_matches('/');
    NODES.contains(&source) || NUMBERED.iter().any(|begin| source.starts_with(begin))
}

/// Whether the container may open the nodes for another reason, or nobody can tell: a GPU request allows the
/// nodes of the GPUs that it brings.
fn is_allowed_otherwise(cx: &ServiceCx<'_>) -> bool {
    let is_privileged = cx.service.get("privileged").is_some_and(|value| value.as_bool() != Some(false));
    let has_rules = cx.service.get("device_cgroup_rules").is_some();
    let has_runtime = cx.service.get("runtime").is_some();
    let has_request = cx.requests.iter().any(|request| request.form != RequestForm::DeviceNode);
    is_privileged || has_rules || has_runtime || has_request
}

fn handed_in(mount: &Mount<'_>) -> String {
    format!("{}:{}", mount.source, mount.target)
}

fn moved(cx: &ServiceCx<'_>, mount: &Mount<'_>) -> Option<Vec<Edit>> {
    let (volumes, item) = (cx.service.get("volumes")?, handed_in(mount));
    let mut edits = match cx.service.get("devices") {
        Some(list) => fix::append(cx, list, &item)?,
        // The list's entry would go with its last item.
        None if volumes.as_seq().is_some_and(|items| items.len() < 2) => return None,
        None => fix::add_to_service(cx, volumes, "devices", &format!("- {item}"))?,
    };
    edits.extend(fix::remove(cx, mount.node)?);
    let is_text = |value: &Value| !fix::holds_variable(cx, value);
    is_text(mount.node).then_some(edits)
}
