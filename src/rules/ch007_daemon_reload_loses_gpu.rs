//! The hook grants devices behind the back of systemd, which takes them away again.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{CDI_FIRST, CDI_HOOK, HOOK, INFO, local_engine, mode},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH007"),
    name: "daemon-reload-loses-gpu",
    summary: "containers of the hook lose their GPU at `systemctl daemon-reload`",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH007-daemon-reload-loses-gpu.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() || host.has_nvidia_driver() == Some(false) {
        return;
    }
    let Some((docker, version)) = local_engine(host) else { return };
    let Some(driver) = docker.cgroup_driver.as_deref().filter(|driver| *driver == "systemd") else { return };
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    if sink.known(&toolkit.config).is_none() {
        return;
    }
    let is_hooked = toolkit.binary(HOOK).is_some() && matches!(mode(toolkit), "auto" | "legacy");
    let is_cdi_first = version >= CDI_FIRST && toolkit.binary(CDI_HOOK).is_some();
    if !is_hooked || is_cdi_first {
        return;
    }
    let finding = sink.report(
        "containers that get their GPU from the toolkit's hook lose it when systemd reloads its units",
        (INFO, "CgroupDriver", driver),
    );
    finding.help = Some(
        "ask by CDI name, which systemd knows of; or set `\"exec-opts\": [\"native.cgroupdriver=cgroupfs\"]` in daemon.json \
         and run `sudo systemctl restart docker`; a container that lost its GPU has to be made anew"
            .to_owned(),
    );
}
