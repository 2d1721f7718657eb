//! A GPU that `vfio` keeps for a virtual machine.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::on_bus};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH025"),
    name: "passthrough-guest",
    summary: "a GPU is kept for a virtual machine and has no driver here",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH025-passthrough-guest.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system) else { return };
    let Some(modules) = sink.known(&system.modules) else { return };
    // Where the bus is seen it tells whether a GPU is kept.
    if on_bus(system).is_some_and(|gpus| gpus.iter().all(|gpu| gpu.driver.as_deref() != Some("vfio-pci"))) {
        return;
    }
    if host.has_nvidia_driver() == Some(true) || !modules.iter().any(|module| module == "vfio_pci") {
        return;
    }
    let finding = sink.report(
        "`vfio_pci` is loaded and NVIDIA's driver is not: the GPU is kept for a virtual machine",
        ("/proc/modules", "vfio_pci", "loaded"),
    );
    finding.help = Some(
        "run the engine, the driver and the toolkit in the virtual machine that gets the GPU; there every form works as on \
         bare metal, and no container needs `privileged` or mounted libraries"
            .to_owned(),
    );
}
