//! Parts of the host's driver mounted by hand.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::mounts,
    diag::{Applicability, Code, Fix, Severity},
    gpu::{RequestForm, driver_part},
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
    // Device nodes bring no libraries: without the mounts the service has none.
    let has_request = cx.requests.iter().any(|request| request.form != RequestForm::DeviceNode);
    for mount in mounts(cx.service) {
        let (Some(part), Some(place)) = (driver_part(&mount), mount.node.span()) else { continue };
        let finding =
            sink.report(format!("service `{}` mounts `{part}` of the host's NVIDIA driver by hand", cx.name), place);
        finding.help = Some(match has_request {
            true => "remove the mount: the GPU request brings the files of the driver that the host has".into(),
            false => {
                "ask for the GPU (`gpus: all`, or by CDI name) in place of the mount: that brings the host's own files"
                    .into()
            }
        });
        finding.fix = fix::remove(cx, mount.node).filter(|_| has_request).map(|edits| Fix {
            title: "remove the mount".into(),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}
