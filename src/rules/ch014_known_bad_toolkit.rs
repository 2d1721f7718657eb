//! Versions of the toolkit with a fault that their release notes or threads tell of.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{RUNTIME, local_engine, mode},
};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, Toolkit, Version},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH014"),
    name: "known-bad-toolkit",
    summary: "this version of the NVIDIA toolkit has a known fault",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH014-known-bad-toolkit.md"),
    check: Check::Host(check),
};

/// A fault of one version, where the host meets it.
struct Fault {
    version: Version,
    is_met: fn(&HostFacts, &Toolkit) -> bool,
    what: &'static str,
    /// The version that put it right; `None` where nothing says so.
    until: Option<&'static str>,
}

const FAULTS: &[Fault] = &[
    Fault {
        version: Version::new(1, 14, 0),
        is_met: |host, _| is_rootless(host),
        what: "was reported to fail under an engine without root (NVIDIA/nvidia-container-toolkit#85)",
        until: None,
    },
    Fault {
        version: Version::new(1, 18, 0),
        is_met: |host, _| is_rootless(host),
        what: "was reported to fail under an engine without root (NVIDIA/nvidia-container-toolkit#1487)",
        until: None,
    },
    Fault {
        version: Version::new(1, 18, 0),
        is_met: |_, toolkit| makes_specs(toolkit),
        what: "gives a container with NVIDIA_VISIBLE_DEVICES=none all GPUs",
        until: Some("1.18.2"),
    },
    Fault {
        version: Version::new(1, 18, 1),
        is_met: |_, toolkit| makes_specs(toolkit),
        what: "gives a container with NVIDIA_VISIBLE_DEVICES=none all GPUs",
        until: Some("1.18.2"),
    },
    Fault {
        version: Version::new(1, 19, 1),
        is_met: |host, _| has_maxwell(host),
        what: "was reported to fail with `cuInit(0) failed` on Maxwell GPUs (NVIDIA/nvidia-container-toolkit#1967)",
        until: None,
    },
];

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() || local_engine(host).is_none() {
        return;
    }
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    let Some(Some(text)) = sink.known(&toolkit.version) else { return };
    let version = Version::parse(text);
    for fault in FAULTS.iter().filter(|fault| Some(fault.version) == version && (fault.is_met)(host, toolkit)) {
        let finding = sink.report(format!("toolkit {text} {}", fault.what), ("nvidia-ctk", "version", text));
        finding.help = Some(match fault.until {
            Some(until) => format!("update the package `nvidia-container-toolkit` to {until} or newer"),
            None => {
                finding.severity = Severity::Info;
                "if you see it too, take another version of the package `nvidia-container-toolkit`".to_owned()
            }
        });
    }
}

fn is_rootless(host: &HostFacts) -> bool {
    host.docker.known().is_some_and(crate::host::Docker::is_rootless)
}

/// Whether the runtime makes its CDI specs in memory, as it does from 1.18 on where nobody says otherwise.
fn makes_specs(toolkit: &Toolkit) -> bool {
    toolkit.binary(RUNTIME).is_some() && matches!(mode(toolkit), "auto" | "jit-cdi")
}

/// Compute capability 5 is Maxwell.
fn has_maxwell(host: &HostFacts) -> bool {
    let nvml = host.nvml.known().and_then(Option::as_ref);
    let mut devices = nvml.into_iter().flat_map(|nvml| &nvml.devices);
    devices.any(|device| device.compute_capability.as_deref().is_some_and(|number| number.starts_with("5.")))
}
