//! A GPU service with every device of the host.

use std::path::Path;

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    devices::{asks, is_nvidia, is_pinned, wanted},
    fix,
};
use crate::{
    compose::{devices, mounts},
    diag::{Applicability, Code, Fix, Label, Severity},
    gpu::{GpuRequest, RequestForm},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG701"),
    name: "privileged-gpu",
    summary: "`privileged` shows a GPU service every GPU, whatever it asks for",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG701-privileged-gpu.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let counts =
        |request: &&GpuRequest| is_nvidia(request) && (asks(request) || request.form == RequestForm::RuntimeEnv);
    let Some(first) = cx.requests.iter().find(counts) else { return };
    let Some(privileged) = cx.service.get("privileged").filter(|value| value.as_bool() == Some(true)) else { return };
    let Some(place) = privileged.place() else { return };
    let is_choice = |request: &GpuRequest| request.form != RequestForm::DeviceNode && is_pinned(request);
    let pinned = cx.requests.iter().find(|request| is_nvidia(request) && is_choice(request));
    let finding = sink.report(
        match pinned {
            Some(request) => {
                format!(
                    "`privileged` shows service `{}` every GPU, though it asks for {}",
                    cx.name,
                    wanted(&request.selector)
                )
            }
            None => format!("`privileged` shows service `{}` every GPU and every other device of the host", cx.name),
        },
        place,
    );
    finding.severity = match pinned {
        Some(_) => Severity::Error,
        None if has_other_devices(cx) => Severity::Info,
        None => Severity::Warning,
    };
    finding.related.push(Label::new(pinned.unwrap_or(first).span(), "the GPU request that it defeats"));
    finding.help =
        Some("remove it: a GPU needs no `privileged`, not even in a virtual machine with vfio passthrough".into());
    finding.fix = fix::remove(cx, privileged).filter(|_| !has_other_devices(cx)).map(|edits| Fix {
        title: "remove `privileged`".into(),
        applicability: Applicability::Unsafe,
        edits,
    });
}

/// Whether the service works with other devices of the host, for which somebody may need it.
fn has_other_devices(cx: &ServiceCx<'_>) -> bool {
    let is_other = |path: &str| {
        let is_device = ["/dev", "/sys", "/run/udev"].iter().any(|folder| Path::new(path).starts_with(folder));
        is_device && !["/dev/nvidia", "/dev/dri", "/dev/shm"].iter().any(|known| path.starts_with(known))
    };
    devices(cx.service).iter().any(|device| is_other(device.source))
        || mounts(cx.service).iter().any(|mount| mount.kind == "bind" && is_other(mount.source))
}
