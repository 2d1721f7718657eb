//! A spec in a folder that is empty after the next boot.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{engine_lookup, local_engine},
    remedy::generate,
};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, Version},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH027"),
    name: "spec-not-kept-after-reboot",
    summary: "the CDI spec is gone after the next boot",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH027-spec-not-kept-after-reboot.md"),
    check: Check::Host(check),
};

/// The first toolkit that writes the spec again at each boot (`nvidia-cdi-refresh.service`).
const REFRESHES: Version = Version::new(1, 18, 0);

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() || host.has_nvidia_driver() == Some(false) {
        return;
    }
    let Some((docker, _)) = local_engine(host) else { return };
    let (Some(cdi), Some(toolkit)) = (sink.known(&host.cdi), sink.known(&host.toolkit)) else { return };
    let lookup = engine_lookup(cdi, docker);
    let mut nvidia = lookup.devices.iter().filter(|(name, _)| name.starts_with("nvidia.com/gpu="));
    let is_passing = |file: &str| file.starts_with("/run/") || file.starts_with("/var/run/");
    let Some((_, device)) = nvidia.find(|(_, device)| is_passing(device.file)) else { return };
    let Some(version) = sink.known(&toolkit.version) else { return };
    let toolkit = version.as_deref().and_then(Version::parse);
    if toolkit.is_some_and(|version| version >= REFRESHES) {
        return;
    }
    let writes = match toolkit {
        Some(version) => format!("toolkit {version} does not write it again"),
        None => "there is no `nvidia-ctk` to write it again".to_owned(),
    };
    let then = device.shadowed.first().map(|old| format!("; {old} takes its place then")).unwrap_or_default();
    let finding = sink.report(
        format!("{} is gone after the next boot, and {writes}{then}", device.file),
        ("nvidia-ctk", "version", version.as_deref().unwrap_or("absent")),
    );
    finding.help = Some(format!(
        "install toolkit 1.18 or newer and `sudo systemctl enable --now nvidia-cdi-refresh.path nvidia-cdi-refresh.service`; \
         or {} after each change of the driver; the CDI form stays available",
        generate(host, "/etc/cdi/nvidia.yaml")
    ));
}
