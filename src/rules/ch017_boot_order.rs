//! A spec that is written only after the services of a boot have started.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{engine_lookup, local_engine},
};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, Version},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH017"),
    name: "boot-order",
    summary: "containers can start before the CDI spec is written",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH017-boot-order.md"),
    check: Check::Host(check),
};

/// The toolkit whose refresh service waits for `multi-user.target`, and does not try again.
const LATE: Version = Version::new(1, 19, 0);

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() || host.has_nvidia_driver() == Some(false) {
        return;
    }
    let Some((docker, _)) = local_engine(host) else { return };
    let (Some(cdi), Some(toolkit)) = (sink.known(&host.cdi), sink.known(&host.toolkit)) else { return };
    let Some(Some(text)) = sink.known(&toolkit.version) else { return };
    if Version::parse(text) != Some(LATE) {
        return;
    }
    let lookup = engine_lookup(cdi, docker);
    let is_passing = |file: &str| file.starts_with("/run/") || file.starts_with("/var/run/");
    let mut nvidia = lookup.devices.iter().filter(|(name, _)| name.starts_with("nvidia.com/gpu="));
    let Some((_, device)) = nvidia.find(|(_, device)| is_passing(device.file) && device.shadowed.is_empty()) else {
        return;
    };
    let finding = sink.report(
        format!(
            "{} is written only after the services of a boot: containers that start by themselves find no device",
            device.file
        ),
        ("nvidia-ctk", "version", text),
    );
    finding.help = Some(
        "update the package `nvidia-container-toolkit` to 1.19.1 or newer; the CDI form is then there when the engine starts"
            .to_owned(),
    );
}
