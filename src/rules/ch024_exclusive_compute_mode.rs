//! A GPU that takes one program at a time, or none.

use super::{Check, FixAvailability, HostSink, Rule};
use crate::{
    diag::{Code, Severity},
    host::{ComputeMode, HostFacts},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH024"),
    name: "exclusive-compute-mode",
    summary: "a GPU takes no second program",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH024-exclusive-compute-mode.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(Some(nvml)) = sink.known(&host.nvml) else { return };
    for device in &nvml.devices {
        let index = device.index;
        let (message, value, severity) = match device.compute_mode {
            Some(ComputeMode::Prohibited) => {
                (format!("GPU {index} takes no CUDA program at all"), "prohibited", Severity::Error)
            }
            Some(ComputeMode::ExclusiveProcess | ComputeMode::ExclusiveThread) => (
                format!("GPU {index} takes one program at a time: a second container is refused"),
                "exclusive",
                Severity::Warning,
            ),
            Some(ComputeMode::Default) | None => continue,
        };
        let finding = sink.report(message, ("NVML", &format!("devices[{index}].compute_mode"), value));
        finding.severity = severity;
        finding.help =
            Some(format!("`sudo nvidia-smi -i {index} -c DEFAULT`; several containers can share the GPU then"));
    }
}
