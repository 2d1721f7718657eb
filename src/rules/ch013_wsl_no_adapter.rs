//! Windows' Linux (WSL 2) without a GPU of Windows.

use super::{Check, FixAvailability, HostSink, Rule};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH013"),
    name: "wsl-no-adapter",
    summary: "WSL 2 has no GPU from Windows",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH013-wsl-no-adapter.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system).filter(|system| system.is_wsl) else { return };
    let has_node = system.device_nodes.iter().any(|node| node.path == "/dev/dxg");
    let is_empty = matches!(host.nvml.known(), Some(Some(nvml)) if nvml.devices.is_empty());
    let (message, says) = match (has_node, is_empty) {
        (false, _) => ("Windows hands this WSL 2 no GPU: there is no /dev/dxg", ("/dev", "dxg", "absent")),
        (true, true) => ("Windows hands this WSL 2 no NVIDIA GPU", ("NVML", "devices", "[]")),
        (true, false) => return,
    };
    let finding = sink.report(message, says);
    finding.help = Some(
        "install the NVIDIA driver in Windows (none in here), then run `wsl --update` and `wsl --shutdown` in Windows; \
         deploy reservations, `gpus` and `nvidia.com/gpu=all` become available"
            .to_owned(),
    );
}
