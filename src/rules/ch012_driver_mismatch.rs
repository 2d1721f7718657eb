//! A kernel module, a library and a CDI spec of different driver versions.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::engine_lookup, remedy::generate};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, SpecOutcome, SpecText},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH012"),
    name: "driver-mismatch",
    summary: "parts of the driver are of different versions",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH012-driver-mismatch.md"),
    check: Check::Host(check),
};

const KERNEL: &str = "/proc/driver/nvidia/version";

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system) else { return };
    let driver = sink.known(&system.kernel_driver).and_then(Option::as_ref);
    let Some(kernel) = driver.and_then(|driver| driver.version.as_deref()) else { return };
    library(host, kernel, sink);
    specs(host, kernel, sink);
}

fn library(host: &HostFacts, kernel: &str, sink: &mut HostSink<'_>) {
    let library = match host.nvml.known() {
        Some(Some(nvml)) if nvml.driver_version != kernel => format!("of {}", nvml.driver_version),
        Some(_) => return,
        // NVML itself: "Driver/library version mismatch".
        None if host.nvml.reason().is_some_and(|reason| reason.contains("mismatch")) => "another version".to_owned(),
        None => return,
    };
    let finding = sink.report(
        format!("the kernel module is of driver {kernel}, the library is {library}"),
        (KERNEL, "version", kernel),
    );
    finding.help = Some(
        "the driver was changed while its module was loaded: `sudo reboot`, or stop what uses the GPU and run \
         `sudo rmmod nvidia_uvm nvidia_drm nvidia_modeset nvidia && sudo modprobe nvidia`; every form becomes available"
            .to_owned(),
    );
}

/// A spec for another driver, of which all files are still there.
fn specs(host: &HostFacts, kernel: &str, sink: &mut HostSink<'_>) {
    let (Some(cdi), Some(docker)) = (host.cdi.known(), host.docker.known()) else { return };
    let lookup = engine_lookup(cdi, docker);
    for file in cdi.dirs.iter().flat_map(|dir| &dir.files) {
        let SpecOutcome::Read(spec) = &file.outcome else { continue };
        let is_taken = lookup.devices.values().any(|device| device.file == file.path);
        let Some(version) = spec.driver_version.as_deref().filter(|version| *version != kernel) else { continue };
        if !is_taken || has_problems(spec) {
            continue;
        }
        let finding = sink.report(
            format!("{} was made for driver {version}, the kernel module is of {kernel}", file.path),
            (&file.path, "mounts.hostPath", version),
        );
        finding.help =
            Some(format!("{}; the CDI form becomes available, without a restart", generate(host, &file.path)));
    }
}

fn has_problems(spec: &SpecText) -> bool {
    spec.problems.iter().chain(spec.devices.iter().flat_map(|device| &device.problems)).any(|one| one.is_certain())
}
