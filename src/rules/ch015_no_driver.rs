//! A host without the NVIDIA driver, or with its kernel half alone.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::on_bus};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, System},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH015"),
    name: "no-driver",
    summary: "the NVIDIA driver is missing, whole or in part",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH015-no-driver.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system) else { return };
    let Some(nvml) = sink.known(&host.nvml) else { return };
    let Some(driver) = sink.known(&system.kernel_driver) else { return };
    match (driver, nvml) {
        (Some(driver), None) => {
            let version = driver.version.as_deref().unwrap_or("unknown");
            let finding = sink.report(
                "the NVIDIA kernel module is loaded, but the driver's library `libnvidia-ml.so.1` is not found",
                ("/proc/driver/nvidia/version", "version", version),
            );
            finding.help = Some(format!(
                "install the library of driver {version} (`libnvidia-compute-…` or `libnvidia-ml1`) and run `sudo ldconfig`; \
                 the hook and the spec generator need it"
            ));
        }
        (None, None) if !system.is_wsl && !system.is_tegra && !has_other_gpu(system) => missing(system, sink),
        _ => {}
    }
}

fn missing(system: &System, sink: &mut HostSink<'_>) {
    // A machine without a GPU has no fault to mend.
    if on_bus(system).is_some_and(|gpus| gpus.is_empty()) {
        let finding = sink.report(
            "this host has no NVIDIA driver, and no NVIDIA GPU on its bus",
            ("/sys/bus/pci/devices", "vendor 0x10de", "absent"),
        );
        finding.severity = Severity::Info;
        finding.help = Some("services run on the CPU here: `composegpu render --fallback cpu`".to_owned());
        return;
    }
    let finding = sink.report("this host has no NVIDIA driver", ("/proc/driver/nvidia/version", "version", "absent"));
    let guest = match system.virtual_machine.known() {
        Some(Some(_)) => {
            "; in a virtual machine the GPU has to be passed through to it first (`lspci | grep -i nvidia` shows it), \
             and containers need no `privileged`"
        }
        _ => "",
    };
    finding.help = Some(format!(
        "install the distribution's driver package (such as `nvidia-driver`) and reboot; no form works without it{guest}"
    ));
}

/// A host whose GPU is somebody else's is not missing NVIDIA's driver.
fn has_other_gpu(system: &System) -> bool {
    let modules = system.modules.known().into_iter().flatten();
    modules.into_iter().any(|module| matches!(module.as_str(), "amdgpu" | "xe"))
}
