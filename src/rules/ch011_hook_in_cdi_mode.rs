//! The hook refuses to be called in the mode that config.toml sets.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{CDI_FIRST, CDI_HOOK, HOOK, config, engine_lookup, local_engine},
    remedy::set_config,
};
use crate::{
    diag::{Code, Severity},
    host::{DeviceProblem, Docker, HostFacts, Toolkit, Version},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH011"),
    name: "hook-in-cdi-mode",
    summary: "the toolkit's hook refuses to work in mode `cdi`",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH011-hook-in-cdi-mode.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() {
        return;
    }
    let Some((docker, version)) = local_engine(host) else { return };
    let Some(toolkit) = sink.known(&host.toolkit).filter(|toolkit| toolkit.binary(HOOK).is_some()) else { return };
    let Some(config) = sink.known(&toolkit.config).and(config(toolkit)) else { return };
    let mode = match config.mode.as_deref() {
        Some(mode @ ("cdi" | "jit-cdi" | "csv")) => mode,
        _ => return,
    };
    // Under `nvidia` as default runtime, that runtime takes the hook out again.
    let is_default = docker.default_runtime.as_deref() == Some("nvidia");
    if is_default || config.skip_mode_detection == Some(true) || is_by_cdi(host, docker, version, toolkit) {
        return;
    }
    let finding = sink.report(
        format!("in mode `{mode}` the toolkit's hook refuses `driver: nvidia` and `gpus`"),
        (&config.path, "nvidia-container-runtime.mode", mode),
    );
    finding.help = Some(format!(
        "{}, without a restart: deploy reservations and `gpus` become available; or ask by CDI name, or with `runtime: nvidia`",
        set_config(host, "nvidia-container-runtime.mode", "auto")
    ));
}

/// Whether the engine tries CDI first and has what that needs.
fn is_by_cdi(host: &HostFacts, docker: &Docker, version: Version, toolkit: &Toolkit) -> bool {
    let Some(cdi) = host.cdi.known() else { return false };
    let is_missing = |problem: &DeviceProblem| matches!(problem, DeviceProblem::MissingNode { .. });
    let mut names = engine_lookup(cdi, docker).devices.into_iter();
    version >= CDI_FIRST
        && toolkit.binary(CDI_HOOK).is_some()
        && !docker.cdi_dirs().is_empty()
        && names.any(|(name, device)| name.starts_with("nvidia.com/gpu=") && !device.problems().any(is_missing))
}
