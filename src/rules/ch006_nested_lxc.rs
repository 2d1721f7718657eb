//! An engine inside of an LXC container, whose hook may not write control groups.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{HOOK, config, engine_lookup, local_engine, mode},
    remedy::set_config,
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH006"),
    name: "nested-lxc",
    summary: "the engine runs inside an LXC container, where the hook may not write control groups",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH006-nested-lxc.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(system) = sink.known(&host.system).filter(|system| system.container.as_deref() == Some("lxc")) else {
        return;
    };
    let Some((docker, _)) = local_engine(host) else { return };
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    let is_hooked = toolkit.binary(HOOK).is_some() && matches!(mode(toolkit), "auto" | "legacy");
    let no_cgroups = config(toolkit).and_then(|config| config.no_cgroups);
    if !is_hooked || no_cgroups == Some(true) || system.cgroup_version == Some(1) {
        return;
    }
    let names = host.cdi.known().map(|cdi| engine_lookup(cdi, docker).devices).unwrap_or_default();
    let has_cdi = names.keys().any(|name| name.starts_with("nvidia.com/gpu="));
    let finding = sink.report(
        "the engine runs inside an LXC container, whose device rules the toolkit's hook may not change",
        ("/run/systemd/container", "container", "lxc"),
    );
    // Where CDI names resolve there is a way that needs no device rules of the hook.
    if has_cdi {
        finding.severity = Severity::Info;
    }
    finding.help = Some(format!(
        "{}, without a restart, and give the LXC container the nodes (`lxc.cgroup2.devices.allow`, `lxc.mount.entry`); \
         deploy reservations and `gpus` become available; the CDI form needs the nodes alone",
        set_config(host, "nvidia-container-cli.no-cgroups", "true")
    ));
}
