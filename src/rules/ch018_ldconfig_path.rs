//! The `ldconfig` that the hook calls is not where config.toml says.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{HOOK, config},
    remedy::set_config,
};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH018"),
    name: "ldconfig-path",
    summary: "the toolkit is set to an `ldconfig` that the host does not have",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH018-ldconfig-path.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    if sink.known(&toolkit.config).is_none() || toolkit.binary(HOOK).is_none() {
        return;
    }
    let (ldconfig, config) = (&toolkit.ldconfig, config(toolkit));
    let path = config.map_or("/etc/nvidia-container-runtime/config.toml", |config| config.path.as_str());
    let allows = config.and_then(|config| config.allow_ldconfig_from_container) == Some(true);
    let (message, severity) = if ldconfig.is_host_path && !ldconfig.exists {
        (format!("the toolkit is set to `{}`, which this host does not have", ldconfig.path), Severity::Error)
    } else if !ldconfig.is_host_path && !allows {
        let text = "the toolkit is set to an `ldconfig` inside of containers, which it refuses from 1.17.3 on";
        (text.to_owned(), Severity::Warning)
    } else {
        return;
    };
    let finding = sink.report(message, (path, "nvidia-container-cli.ldconfig", &ldconfig.setting));
    finding.severity = severity;
    finding.help = Some(format!(
        "{}, without a restart (`@` means a path of the host); deploy reservations, `gpus` and the runtime in mode `legacy` \
         become available",
        set_config(host, "nvidia-container-cli.ldconfig", "@/sbin/ldconfig")
    ));
}
