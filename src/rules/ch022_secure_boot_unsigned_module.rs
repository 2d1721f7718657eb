//! A driver whose kernel module the firmware's Secure Boot keeps out.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::on_bus};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH022"),
    name: "secure-boot-unsigned-module",
    summary: "Secure Boot is on and no driver holds the GPU",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH022-secure-boot-unsigned-module.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system).filter(|system| system.is_secure_boot == Some(true)) else { return };
    let Some(None) = sink.known(&system.kernel_driver) else { return };
    let Some(gpu) = on_bus(system).into_iter().flatten().find(|gpu| gpu.driver.is_none()) else { return };
    let finding = sink.report(
        "Secure Boot is on, and no driver holds the NVIDIA GPU: a module that is not signed is refused",
        ("/sys/bus/pci/devices", &format!("{}.driver", gpu.bus_id), "none"),
    );
    finding.help = Some(
        "if the driver is installed, `sudo modprobe nvidia` says `Key was rejected by service`: take the distribution's signed \
         module, or sign with a key of your own and `sudo mokutil --import MOK.der`, or switch Secure Boot off in the firmware; \
         then every form becomes available"
            .to_owned(),
    );
}
