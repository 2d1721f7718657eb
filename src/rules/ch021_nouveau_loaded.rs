//! The free driver holds the GPU, so NVIDIA's cannot.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::on_bus};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH021"),
    name: "nouveau-loaded",
    summary: "the module `nouveau` holds the GPU",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH021-nouveau-loaded.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system) else { return };
    let Some(modules) = sink.known(&system.modules) else { return };
    // Where the bus is seen it tells whose GPU it is.
    if on_bus(system).is_some_and(|gpus| gpus.iter().all(|gpu| gpu.driver.as_deref() != Some("nouveau"))) {
        return;
    }
    if host.has_nvidia_driver() == Some(true) || !modules.iter().any(|module| module == "nouveau") {
        return;
    }
    let finding = sink.report(
        "the kernel module `nouveau` drives the GPU, so NVIDIA's driver cannot",
        ("/proc/modules", "nouveau", "loaded"),
    );
    finding.help = Some(
        "install the NVIDIA driver, `echo 'blacklist nouveau' | sudo tee /etc/modprobe.d/blacklist-nouveau.conf`, \
         `sudo update-initramfs -u` (or `sudo dracut --force`), and reboot; no form works before"
            .to_owned(),
    );
}
