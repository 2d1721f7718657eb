//! The module that CUDA needs beside the driver's own.

use super::{Check, FixAvailability, HostSink, Rule, remedy::generate};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, SpecOutcome, SpecText},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH016"),
    name: "uvm-not-loaded",
    summary: "`nvidia_uvm` is not loaded, or was not when the CDI spec was written",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH016-uvm-not-loaded.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system) else { return };
    if system.is_wsl || system.is_tegra || !matches!(system.kernel_driver.known(), Some(Some(_))) {
        return;
    }
    let modules = sink.known(&system.modules);
    let has = |name: &str| modules.is_some_and(|modules| modules.iter().any(|module| module == name));
    // A driver that is built into the kernel shows no module at all.
    match has("nvidia") && !has("nvidia_uvm") {
        true => not_loaded(sink),
        false => not_listed(host, sink),
    }
}

/// A spec with the driver's control node and without CUDA's is of a time when that was not there.
fn not_listed(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(cdi) = host.cdi.known() else { return };
    for file in cdi.dirs.iter().flat_map(|dir| &dir.files) {
        let SpecOutcome::Read(SpecText { kind, nodes: Some(own), devices, .. }) = &file.outcome else { continue };
        let nodes = || own.iter().chain(devices.iter().flat_map(|device| &device.nodes));
        let lists = |path: &str| nodes().any(|node| node == path);
        if kind == "nvidia.com/gpu" && lists("/dev/nvidiactl") && !lists("/dev/nvidia-uvm") {
            let finding = sink.report(
                format!("{} brings no `/dev/nvidia-uvm`: `nvidia-smi` works, and CUDA fails with error 999", file.path),
                (&file.path, "containerEdits.deviceNodes", "/dev/nvidiactl without /dev/nvidia-uvm"),
            );
            finding.help = Some(format!("`sudo nvidia-modprobe -u -c=0`, then {}", generate(host, &file.path)));
        }
    }
}

fn not_loaded(sink: &mut HostSink<'_>) {
    let finding = sink.report(
        "`nvidia_uvm` is not loaded: `nvidia-smi` works, and CUDA fails with error 999",
        ("/proc/modules", "nvidia_uvm", "absent"),
    );
    finding.help = Some(
        "`sudo nvidia-modprobe -u -c=0`, and `echo nvidia_uvm | sudo tee /etc/modules-load.d/nvidia-uvm.conf` for the next \
         boots; then generate the CDI spec again, which lists only nodes that are there"
            .to_owned(),
    );
}
