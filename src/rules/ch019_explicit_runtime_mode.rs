//! A mode in config.toml that does not fit the host.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{RUNTIME, config, toolkit_lookup},
    remedy::{generate, set_config},
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH019"),
    name: "explicit-runtime-mode",
    summary: "the mode set in config.toml does not fit this host",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH019-explicit-runtime-mode.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    let Some(config) = sink.known(&toolkit.config).and(config(toolkit)) else { return };
    let Some(mode) = config.mode.as_deref() else { return };
    let is_tegra = host.system.known().map(|system| system.is_tegra);
    let auto = set_config(host, "nvidia-container-runtime.mode", "auto");
    let (message, help) = match mode {
        "cdi" if toolkit.binary(RUNTIME).is_some() => {
            let Some(cdi) = sink.known(&host.cdi) else { return };
            if toolkit_lookup(cdi, toolkit).devices.keys().any(|name| name.starts_with("nvidia.com/")) {
                return;
            }
            let message = "in mode `cdi` the runtime `nvidia` needs a CDI spec, and there is none".to_owned();
            (
                message,
                format!("{}; or {auto}; `runtime: nvidia` becomes available", generate(host, "/etc/cdi/nvidia.yaml")),
            )
        }
        "csv" if is_tegra == Some(false) => (
            "mode `csv` is for Tegra boards, which this host is not".to_owned(),
            format!("{auto}; every form becomes available"),
        ),
        "legacy" if is_tegra == Some(true) => (
            "mode `legacy` does not work on a Tegra board".to_owned(),
            format!("{auto}; `runtime: nvidia` becomes available"),
        ),
        "auto" | "legacy" | "cdi" | "csv" | "jit-cdi" => return,
        _ => (format!("config.toml sets the mode `{mode}`, which the toolkit does not know"), auto),
    };
    sink.report(message, (&config.path, "nvidia-container-runtime.mode", mode)).help = Some(help);
}
