//! Parts of WSL handed in by hand.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, cg903_rocm_nodes::is_rocm, together::profiles};
use crate::{
    compose::{devices, mounts},
    diag::{Code, Label, Severity},
    gpu::driver_part,
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG302"),
    name: "wsl-lib-mount",
    summary: "a part of WSL is handed in by hand, which ties the file to one kind of machine",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG302-wsl-lib-mount.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let mounts = mounts(cx.service).into_iter().filter(|mount| is_of_wsl(mount.source));
    // A library of the driver by its own name is CG301's.
    let mounts = mounts.filter(|mount| driver_part(mount).is_none());
    let nodes = devices(cx.service).into_iter().filter(|device| device.source == "/dev/dxg");
    let mut parts: Vec<(&str, &Value)> = nodes.map(|device| (device.source, device.node)).collect();
    parts.extend(mounts.map(|mount| (mount.source, mount.node)));
    let Some(((path, first), others)) = parts.split_first() else { return };
    let Some(place) = first.span().filter(|place| !is_meant(cx, *place)) else { return };
    let finding =
        sink.report(format!("service `{}` gets `{path}` of WSL by hand, which no other host has", cx.name), place);
    finding.related.extend(others.iter().filter_map(|(_, node)| node.span()).map(|span| Label::new(span, "this too")));
    finding.help = Some("ask for the GPU instead: the toolkit brings WSL's libraries and `/dev/dxg` by itself".into());
}

/// Whether the service says that it is for WSL, or is for a GPU that no toolkit brings there.
fn is_meant(cx: &ServiceCx<'_>, place: Span) -> bool {
    let file = cx.project.sources.file(place.file).path().to_string_lossy().to_ascii_lowercase();
    let is_other = devices(cx.service).iter().any(|device| device.source.starts_with("/dev/dri"));
    let profiles = profiles(cx.service).into_iter().any(|profile| profile.contains("wsl"));
    let has_rocm = mounts(cx.service).iter().any(|mount| mount.source.starts_with("/opt/rocm"));
    is_other || has_rocm || is_rocm(cx.service) || profiles || cx.name.contains("wsl") || file.contains("wsl")
}

fn is_of_wsl(path: &str) -> bool {
    path == "/usr/lib/wsl" || path.starts_with("/usr/lib/wsl/")
}
