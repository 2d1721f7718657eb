//! A runtime `nvidia` that is not registered, not read yet, or gone.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{HOOK, INFO, RUNTIME, list, local_engine},
    remedy::{register_runtime, restart},
};
use crate::{
    diag::{Code, Severity},
    host::{DaemonJson, Docker, HostFacts, Toolkit, Version},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH002"),
    name: "unknown-runtime",
    summary: "the runtime `nvidia` is not there for the engine, or cannot be run",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH002-unknown-runtime.md"),
    check: Check::Host(check),
};

/// From here on an entry whose binary ran has a status (seen on 26.1.5 and 28.5.2).
const HAS_STATUS: Version = Version::new(26, 1, 0);

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() {
        return;
    }
    let Some((docker, version)) = local_engine(host) else { return };
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    let daemon_json = sink.known(&toolkit.daemon_json).and_then(Option::as_ref);
    broken(host, docker, version, toolkit, sink);
    if let Some(file) = daemon_json {
        not_read(host, docker, file, sink);
    }
    let is_named = daemon_json.is_some_and(|file| file.runtimes.contains_key("nvidia"));
    if !is_named && !docker.runtimes.contains_key("nvidia") {
        not_registered(host, docker, toolkit, sink);
    }
}

/// Registered, and its program does not run.
fn broken(host: &HostFacts, docker: &Docker, version: Version, toolkit: &Toolkit, sink: &mut HostSink<'_>) {
    for (name, runtime) in &docker.runtimes {
        let Some(path) = runtime.path.as_deref().filter(|_| name.contains("nvidia")) else { continue };
        let is_gone = toolkit.named_binaries.get(path).is_some_and(|binary| !binary.is_executable);
        let did_not_run = version >= HAS_STATUS && runtime.status.is_none();
        if is_gone || did_not_run {
            let field = format!("Runtimes.{name}.path");
            let finding = sink.report(
                format!("the runtime `{name}` is registered, but its program cannot be run"),
                (INFO, &field, path),
            );
            finding.help = Some(format!(
                "install the package `nvidia-container-toolkit`, then run {}; `runtime: {name}` becomes available",
                register_runtime(host)
            ));
        }
    }
}

/// In daemon.json, and not in the running engine.
fn not_read(host: &HostFacts, docker: &Docker, file: &DaemonJson, sink: &mut HostSink<'_>) {
    for name in file.runtimes.keys().filter(|name| !docker.runtimes.contains_key(*name)) {
        let names: Vec<&String> = docker.runtimes.keys().collect();
        let finding = sink.report(
            format!("{} names the runtime `{name}`, and the running engine does not have it", file.path),
            (INFO, "Runtimes", &list(&names)),
        );
        finding.help = Some(format!(
            "the file was changed after the engine's start: `{}`; `runtime: {name}` becomes available",
            restart(host)
        ));
    }
}

/// The toolkit is there, and the engine was not told.
fn not_registered(host: &HostFacts, docker: &Docker, toolkit: &Toolkit, sink: &mut HostSink<'_>) {
    if toolkit.binary(RUNTIME).is_none() && toolkit.binary(HOOK).is_none() {
        return;
    }
    let names: Vec<&String> = docker.runtimes.keys().collect();
    let finding = sink
        .report("the toolkit is installed, and the engine has no runtime `nvidia`", (INFO, "Runtimes", &list(&names)));
    finding.severity = Severity::Warning;
    let has_all = [RUNTIME, "nvidia-ctk"].iter().all(|name| toolkit.binary(name).is_some());
    let install = if !has_all { "install the package `nvidia-container-toolkit`, then run" } else { "run" };
    finding.help = Some(format!("{install} {}; `runtime: nvidia` becomes available", register_runtime(host)));
}
