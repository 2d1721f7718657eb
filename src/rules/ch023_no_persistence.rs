//! A driver that forgets its GPUs while nobody uses them.

use super::{Check, FixAvailability, HostSink, Rule};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH023"),
    name: "no-persistence",
    summary: "the driver lets go of the GPUs while nobody uses them",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH023-no-persistence.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(Some(nvml)) = sink.known(&host.nvml) else { return };
    let Some(system) = sink.known(&host.system) else { return };
    let is_off = !nvml.devices.is_empty() && nvml.devices.iter().all(|device| device.is_persistent == Some(false));
    // A graphical session keeps the driver loaded; `nvidia_drm` is there with each.
    let has_display = system.modules.known().is_some_and(|modules| modules.iter().any(|one| one == "nvidia_drm"));
    if !is_off || system.is_wsl || has_display {
        return;
    }
    let finding = sink.report(
        "the driver lets go of the GPUs while nobody uses them: each first start takes seconds longer",
        ("NVML", "persistence mode", "disabled"),
    );
    finding.help = Some(
        "`sudo systemctl enable --now nvidia-persistenced` keeps them ready, also after a boot (`sudo nvidia-smi -pm 1` until \
         the next one)"
            .to_owned(),
    );
}
