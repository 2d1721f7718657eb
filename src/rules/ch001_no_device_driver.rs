//! No way for a GPU request to reach the GPUs: the toolkit is missing, whole or in part.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{CDI_FIRST, CDI_HOOK, FIRST_CDI, HOOK, RUNTIME, local_engine, nvidia_files},
    remedy::{register_runtime, restart},
};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, Toolkit, Version},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH001"),
    name: "no-device-driver",
    summary: "the engine has no driver for GPU requests",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH001-no-device-driver.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() || host.has_nvidia_driver() == Some(false) {
        return;
    }
    let Some((docker, version)) = local_engine(host) else { return };
    let (Some(toolkit), Some(cdi)) = (sink.known(&host.toolkit), sink.known(&host.cdi)) else { return };
    let has = |name: &str| toolkit.binary(name).is_some();
    if has(HOOK) || version >= CDI_FIRST && has(CDI_HOOK) {
        return;
    }
    if docker.runtimes.contains_key("nvidia") && has(RUNTIME) {
        half(host, toolkit, sink);
    } else if version < FIRST_CDI || nvidia_files(cdi).next().is_none() {
        missing(host, version, sink);
    }
}

/// The package `nvidia-container-toolkit-base` alone: a runtime without its hook.
fn half(host: &HostFacts, toolkit: &Toolkit, sink: &mut HostSink<'_>) {
    let is_legacy = super::nvidia::mode(toolkit) == "legacy";
    let message = if is_legacy {
        "the toolkit's hook is missing, and its runtime is set to call it: no container gets a GPU that way"
    } else {
        "the toolkit's hook is missing: `driver: nvidia` and `gpus` find no device driver"
    };
    let finding = sink.report(message, ("PATH", HOOK, "absent"));
    if !is_legacy {
        finding.severity = Severity::Warning;
    }
    finding.help = Some(format!(
        "install the package `nvidia-container-toolkit` (its `-base` has no hook), then run `{}`; \
         deploy reservations and `gpus` become available",
        restart(host)
    ));
}

fn missing(host: &HostFacts, version: Version, sink: &mut HostSink<'_>) {
    let finding = sink.report(
        "the NVIDIA Container Toolkit is not installed: no form of GPU request works",
        ("PATH", HOOK, "absent"),
    );
    let cdi = if version < FIRST_CDI {
        format!("engine {version} does not know CDI, so the toolkit is the only way")
    } else {
        "the CDI form, the runtime and deploy reservations become available".to_owned()
    };
    finding.help =
        Some(format!("install the package `nvidia-container-toolkit`, then run {}; {cdi}", register_runtime(host)));
}
