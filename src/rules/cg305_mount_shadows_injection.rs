//! A mount where the driver is put.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{asks, is_nvidia},
    tegra::is_for_tegra,
};
use crate::{
    compose::mounts,
    diag::{Code, Label, Severity},
    gpu::driver_part,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG305"),
    name: "mount-shadows-injection",
    summary: "a mount hides the place where the GPU's libraries are put",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG305-mount-shadows-injection.md"),
    check: Check::Service(check),
};

/// Folders that libraries of the driver are mounted into, or found in (NVIDIA Container Toolkit
/// internal/lookup, libnvidia-container nvc_container.c).
const FOLDERS: [&str; 8] = [
    "/usr/lib",
    "/usr/lib64",
    "/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/local/nvidia",
    CUDA,
];

const CUDA: &str = "/usr/local/cuda";

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(request) = cx.requests.iter().find(|request| is_nvidia(request) && asks(request)) else { return };
    for mount in mounts(cx.service) {
        let target = mount.target.trim_end_matches('/');
        let (true, None, Some(place)) = (FOLDERS.contains(&target), driver_part(&mount), mount.node.span()) else {
            continue;
        };
        let (what, severity) = match target {
            CUDA => ("the CUDA toolkit of its image", Severity::Warning),
            _ => ("the libraries of its image, and the driver's beside them", Severity::Error),
        };
        // NVIDIA's base images for Tegra hold no toolkit: the board's own is mounted (l4t-base, up to JetPack 5).
        if target == CUDA && is_for_tegra(cx) {
            continue;
        }
        let finding =
            sink.report(format!("service `{}` mounts something over `{target}`, which hides {what}", cx.name), place);
        finding.severity = severity;
        finding.related.push(Label::new(request.span(), "the GPU is asked for here"));
        finding.help = Some("mount it at a path of its own; the GPU request brings the driver's libraries".into());
    }
}
