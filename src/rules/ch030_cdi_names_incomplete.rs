//! A spec that does not name all of the host's GPUs, or not in every way.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::engine_lookup, remedy::generate};
use crate::{
    diag::{Code, Severity},
    host::{CdiLookup, HostFacts, NvidiaDevice},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH030"),
    name: "cdi-names-incomplete",
    summary: "the CDI spec does not name all GPUs of the host",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH030-cdi-names-incomplete.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let (Some(docker), Some(cdi)) = (sink.known(&host.docker), sink.known(&host.cdi)) else { return };
    let is_whole = host.system.known().is_some_and(|system| system.is_wsl || system.is_tegra);
    let Some((source, devices)) = host.nvidia_devices().filter(|_| !is_whole && !docker.is_remote) else { return };
    let lookup = engine_lookup(cdi, docker);
    let mut files = lookup.devices.iter().filter(|(name, _)| name.starts_with("nvidia.com/gpu="));
    let Some((_, any)) = files.next().filter(|_| lookup.conflicts.is_empty()) else { return };
    let whole = devices.iter().filter(|device| device.is_mig_enabled != Some(true));
    for device in whole {
        let (message, field) = match named(&lookup, device) {
            (true, _) => continue,
            (false, true) => (format!("{} names GPU {} by its UUID alone", any.file, device.index), "index"),
            (false, false) => (format!("{} does not name GPU {}", any.file, device.index), "devices"),
        };
        let value = device.uuid.clone().unwrap_or_else(|| device.index.to_string());
        let finding = sink.report(message, (source.as_str(), field, &value));
        finding.help = Some(format!(
            "{} writes all names; `nvidia.com/gpu={}` becomes available, without a restart",
            generate(host, any.file),
            device.index
        ));
    }
}

/// Whether the GPU has a name by index, and one by UUID.
fn named(lookup: &CdiLookup<'_>, device: &NvidiaDevice) -> (bool, bool) {
    let has = |name: &str| lookup.devices.contains_key(&format!("nvidia.com/gpu={name}"));
    (has(&device.index.to_string()), device.uuid.as_deref().is_some_and(has))
}
