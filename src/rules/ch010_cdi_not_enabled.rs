//! An engine that knows CDI and has it switched off.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{FIRST_CDI, INFO, local_engine},
    remedy::{enable_cdi, restart},
};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, Version},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH010"),
    name: "cdi-not-enabled",
    summary: "the engine has CDI switched off",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH010-cdi-not-enabled.md"),
    check: Check::Host(check),
};

/// CDI is on by default from here on (moby 4cecce03f6).
const ON_BY_DEFAULT: Version = Version::new(28, 2, 0);

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() || host.has_nvidia_driver() == Some(false) {
        return;
    }
    let Some((docker, version)) = local_engine(host) else { return };
    if version < FIRST_CDI || !docker.cdi_dirs().is_empty() {
        return;
    }
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    let file = sink.known(&toolkit.daemon_json).and_then(Option::as_ref);
    let path = file.map_or("/etc/docker/daemon.json", |file| file.path.as_str());
    let dirs = "cdi-spec-dirs";
    let says_no_dirs = file.and_then(|file| file.cdi_spec_dirs.as_ref());
    let message = match file.and_then(|file| file.cdi) {
        Some(true) => format!("{path} switches CDI on, and the running engine has not read that"),
        Some(false) => format!("{path} switches CDI off: CDI names cannot be used"),
        None if says_no_dirs.is_some_and(|dirs| dirs.iter().all(String::is_empty)) => {
            format!("`{dirs}` in {path} names no folder, which switches CDI off")
        }
        None if version < ON_BY_DEFAULT => format!("engine {version} has CDI off unless it is told otherwise"),
        None => "the engine has CDI switched off: CDI names cannot be used".to_owned(),
    };
    let help = match file.and_then(|file| file.cdi) {
        Some(true) => format!("`{}`; the CDI form becomes available", restart(host)),
        _ => format!("{}; the CDI form becomes available", enable_cdi(host, path)),
    };
    // Where the file says so itself, its line is the place to go to.
    let says = match file.and_then(|file| file.cdi) {
        Some(false) => (path, "features.cdi", "false"),
        None if says_no_dirs.is_some_and(|dirs| dirs.iter().all(String::is_empty)) => (path, dirs, "[]"),
        _ => (INFO, "CDISpecDirs", "[]"),
    };
    sink.report(message, says).help = Some(help);
}
