//! The module that CUDA needs beside the driver's own.

use super::{Check, FixAvailability, HostSink, Rule};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH016"),
    name: "uvm-not-loaded",
    summary: "the kernel module `nvidia_uvm` is not loaded",
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
    let Some(modules) = sink.known(&system.modules) else { return };
    // A driver that is built into the kernel shows no module at all.
    if !modules.iter().any(|module| module == "nvidia") || modules.iter().any(|module| module == "nvidia_uvm") {
        return;
    }
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
