//! Keys of daemon.json that the engine does not know, or has not read.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{FIRST_CDI, INFO, list, local_engine},
    remedy::restart,
};
use crate::{
    diag::{Code, Severity},
    host::{DaemonJson, Docker, HostFacts, NO_JSON, Version},
    observed::Observed,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH020"),
    name: "daemon-json-keys",
    summary: "daemon.json says what the engine does not do",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH020-daemon-json-keys.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    if let Observed::Unknown { source, reason } = &toolkit.daemon_json
        && reason.starts_with(NO_JSON)
    {
        return unreadable(host, (source, reason), sink);
    }
    let Some(Some(file)) = sink.known(&toolkit.daemon_json) else { return };
    for odd in &file.odd {
        let (key, value) = odd.split_once(": ").unwrap_or(("key", odd));
        let finding = sink.report(
            format!("{} has a key of a type that the engine does not read", file.path),
            (&file.path, key, value),
        );
        finding.severity = Severity::Error;
        finding.help =
            Some("the engine refuses to start with it; `sudo dockerd --validate` shows what it wants".to_owned());
    }
    for key in &file.ignored {
        let finding = sink.report(
            format!("the engine does not read `{key}` in {}", file.path),
            (&file.path, key, "a list of arguments"),
        );
        finding.help = Some(format!("name the key `runtimeArgs`, then `{}`", restart(host)));
    }
    let Some((docker, version)) = local_engine(host) else { return };
    if version < FIRST_CDI {
        unknown_to_it(file, version, sink);
    } else {
        not_read(host, file, docker, sink);
    }
}

/// An engine that runs read it before somebody edited it.
fn unreadable(host: &HostFacts, (path, reason): (&str, &str), sink: &mut HostSink<'_>) {
    let wrong = reason.strip_prefix("it is ").unwrap_or(reason);
    let finding = sink.report(format!("the engine does not start with {path} as it is"), (path, "its text", wrong));
    finding.severity = Severity::Error;
    finding.help = Some(format!("mend it there; then `{}`", restart(host)));
}

fn unknown_to_it(file: &DaemonJson, version: Version, sink: &mut HostSink<'_>) {
    let says = [
        file.cdi.map(|cdi| ("features.cdi", cdi.to_string(), "ignores it")),
        file.cdi_spec_dirs.as_ref().map(|dirs| ("cdi-spec-dirs", list(dirs), "will not start with it again")),
    ];
    for (field, value, outcome) in says.into_iter().flatten() {
        let finding = sink.report(
            format!("{} sets `{field}`, and engine {version}, which does not know CDI, {outcome}", file.path),
            (&file.path, field, &value),
        );
        finding.help =
            Some("take the key out, or install engine 25 or newer; the CDI form becomes available there".to_owned());
    }
}

/// Edited, and not restarted. Runtimes and a CDI that is off have rules of their own.
fn not_read(host: &HostFacts, file: &DaemonJson, docker: &Docker, sink: &mut HostSink<'_>) {
    let mut stale = |field: &str, wanted: String, runs: (&str, &str)| {
        let finding = sink.report(
            format!("{} sets `{field}` to {wanted}, and the running engine has not read that", file.path),
            (INFO, runs.0, runs.1),
        );
        finding.help = Some(format!("the file was changed after the engine's start: `{}`", restart(host)));
    };
    let runs = docker.default_runtime.as_deref();
    if let (Some(wanted), Some(runs)) = (file.default_runtime.as_deref(), runs)
        && wanted != runs
    {
        stale("default-runtime", format!("`{wanted}`"), ("DefaultRuntime", runs));
    }
    let dirs = docker.cdi_dirs();
    if let Some(wanted) = file.cdi_spec_dirs.as_ref()
        && !dirs.is_empty()
        && wanted.iter().any(|dir| !dir.is_empty() && !dirs.contains(dir))
    {
        stale("cdi-spec-dirs", list(wanted), ("CDISpecDirs", &list(&dirs)));
    }
    if file.cdi == Some(false) && !dirs.is_empty() {
        stale("features.cdi", "false".to_owned(), ("CDISpecDirs", &list(&dirs)));
    }
}
