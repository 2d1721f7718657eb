//! Parts of the host's driver mounted by hand.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::mounts,
    diag::{Applicability, Code, Fix, Severity},
    gpu::driver_part,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG301"),
    name: "driver-library-mount",
    summary: "a part of the host's NVIDIA driver is mounted by hand",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG301-driver-library-mount.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for mount in mounts(cx.service) {
        let (Some(part), Some(place)) = (driver_part(&mount), mount.node.span()) else { continue };
        let finding =
            sink.report(format!("service `{}` mounts `{part}` of the host's NVIDIA driver by hand", cx.name), place);
        finding.help = Some("remove the mount: a GPU request brings the files of the driver that the host has".into());
        finding.fix = fix::remove(cx, mount.node).map(|edits| Fix {
            title: "remove the mount".into(),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}
