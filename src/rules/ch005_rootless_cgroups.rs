//! An engine without root whose hook still wants to write control groups.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{HOOK, config, engine_lookup, local_engine},
    remedy::{restart, set_config},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH005"),
    name: "rootless-cgroups",
    summary: "an engine without root needs `no-cgroups = true`",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH005-rootless-cgroups.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() {
        return;
    }
    let Some((docker, _)) = local_engine(host).filter(|(docker, _)| docker.is_rootless()) else { return };
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    if toolkit.binary(HOOK).is_none() || sink.known(&toolkit.config).is_none() {
        return;
    }
    let config = config(toolkit);
    if config.and_then(|config| config.no_cgroups) == Some(true) {
        return;
    }
    let path = config.map_or("/etc/nvidia-container-runtime/config.toml", |config| config.path.as_str());
    let value = config.and_then(|config| config.no_cgroups).map_or("not set", |_| "false");
    let engine = docker.endpoint.clone();
    let names = host.cdi.known().map(|cdi| engine_lookup(cdi, docker).devices).unwrap_or_default();
    let has_cdi = names.keys().any(|name| name.starts_with("nvidia.com/gpu="));
    let finding = sink.report(
        "the engine runs without root, and the toolkit's hook would write control groups, which it may not",
        (path, "nvidia-container-cli.no-cgroups", value),
    );
    // Where CDI names resolve there is a way that needs no control groups.
    if has_cdi {
        finding.severity = Severity::Warning;
    }
    finding.help = Some(format!(
        "{}, then `{}`; deploy reservations and `gpus` become available on {engine}; the CDI form needs none of this",
        set_config(host, "nvidia-container-cli.no-cgroups", "true"),
        restart(host)
    ));
}
