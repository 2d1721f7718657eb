//! ROCm of the host in a container.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, cg903_rocm_nodes::WSL_NODE, fix};
use crate::{
    compose::{devices, mounts},
    diag::{Applicability, Code, Fix, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG306"),
    name: "rocm-host-mount",
    summary: "the host's ROCm is mounted over the one that the image was built with",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG306-rocm-host-mount.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    // The runtime that reaches a GPU through Windows is installed in WSL, and the image's own does not.
    if devices(cx.service).iter().any(|device| device.source == WSL_NODE) {
        return;
    }
    for mount in mounts(cx.service) {
        let is_rocm =
            |path: &str| path == "/opt/rocm" || path.starts_with("/opt/rocm/") || path.starts_with("/opt/rocm-");
        let (true, Some(place)) = (mount.kind == "bind" && is_rocm(mount.source), mount.node.span()) else { continue };
        let finding = sink.report(format!("service `{}` mounts `{}` of the host", cx.name, mount.source), place);
        finding.help = Some(
            "take an image with ROCm in it: the driver's version has to fit, the libraries come with the image".into(),
        );
        finding.fix = fix::remove(cx, mount.node).map(|edits| Fix {
            title: "remove the mount".into(),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}
