//! A driver that no engine registers.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, fix};
use crate::{
    compose::suggest,
    diag::{Applicability, Code, Fix, Severity},
    gpu::RequestForm,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG116"),
    name: "unknown-driver-name",
    summary: "a GPU request names a driver that no engine has",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG116-unknown-driver-name.md"),
    check: Check::Request(check),
};

/// Names that engines register (moby daemon/devices_nvidia_linux.go, devices_amd_linux.go, cdi.go, v29.7.2).
const KNOWN: [&str; 5] = ["nvidia", "nvidia.cdi", "nvidia.runtime-hook", "amd", "cdi"];

/// Accelerators that are no GPUs; their users bring an engine of their own.
const OTHERS: [&str; 5] = ["habana", "tenstorrent", "furiosa", "rebellions", "ascend"];

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let is_listed = matches!(request.form, RequestForm::DeployReservation | RequestForm::Gpus);
    let (Some(driver), Some(node)) = (request.driver.as_deref().filter(|_| is_listed), request.field("driver")) else {
        return;
    };
    let is_gpu = request.form == RequestForm::Gpus || request.capabilities.iter().any(|word| word == "gpu");
    if node.hole.is_some() || KNOWN.contains(&driver) || OTHERS.contains(&driver) || !is_gpu {
        return;
    }
    let finding = sink.report(
        format!("service `{}` asks for a GPU by `driver: {driver}`, which no engine has", cx.service.name),
        node.span().unwrap_or_else(|| request.span()),
    );
    let meant = meant(driver);
    finding.help = Some(match meant {
        Some(meant) => format!("did you mean `driver: {meant}`?"),
        None => "no engine has a driver for it: hand in its nodes (`devices: [/dev/dri]`), or its CDI name".into(),
    });
    finding.fix = meant.and_then(|meant| {
        let edits = fix::replace_text(cx.service, node, meant)?;
        Some(Fix { title: format!("write `driver: {meant}`"), applicability: Applicability::Unsafe, edits })
    });
}

fn meant(driver: &str) -> Option<&'static str> {
    let plain = driver.to_ascii_lowercase();
    match plain.as_str() {
        "rocm" | "amdgpu" | "amd.com" | "amd.com/gpu" | "radeon" | "amd-gpu" => Some("amd"),
        "gpu" | "cuda" | "docker" => Some("nvidia"),
        name if name.starts_with("nvidia") => Some("nvidia"),
        name => suggest::closest(name, KNOWN)
            .filter(|meant| *meant != "cdi" && *meant != "amd" || name.len() == meant.len()),
    }
}
