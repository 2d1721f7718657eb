//! The runtime `nvidia` for every container, asked for or not.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{INFO, config, local_engine},
    remedy::restart,
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH031"),
    name: "default-runtime-leak",
    summary: "every container of a CUDA image gets all GPUs",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH031-default-runtime-leak.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() {
        return;
    }
    let Some((docker, _)) = local_engine(host) else { return };
    let Some(system) = sink.known(&host.system) else { return };
    let is_swarm = docker.swarm.state.as_deref() == Some("active") || !docker.generic_resources.is_empty();
    // Swarm and Tegra's image builds have no other way.
    if docker.default_runtime.as_deref() != Some("nvidia") || is_swarm || system.is_tegra {
        return;
    }
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    if config(toolkit).and_then(|config| config.accept_envvar_when_unprivileged) == Some(false) {
        return;
    }
    let path = toolkit.daemon_json.known().and_then(Option::as_ref).map_or("daemon.json", |file| file.path.as_str());
    let finding = sink.report(
        "`nvidia` is the default runtime: a container of a CUDA image gets all GPUs without asking",
        (INFO, "DefaultRuntime", "nvidia"),
    );
    finding.help = Some(format!(
        "take `default-runtime` out of {path} and run `{}`, where each service asks for itself; \
         else set NVIDIA_VISIBLE_DEVICES=void on services that want none",
        restart(host)
    ));
}
