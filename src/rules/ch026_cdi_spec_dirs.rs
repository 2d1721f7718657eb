//! The engine's CDI folders hold no spec that it reads.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{CDI_HOOK, HOOK, INFO, RUNTIME, list, local_engine},
    remedy::generate,
};
use crate::{
    diag::{Code, Severity},
    host::{Cdi, Docker, HostFacts, SpecOutcome, Toolkit},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH026"),
    name: "cdi-spec-dirs",
    summary: "the engine finds no NVIDIA spec in its CDI folders",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH026-cdi-spec-dirs.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() {
        return;
    }
    let Some((docker, _)) = local_engine(host).filter(|(docker, _)| !docker.cdi_dirs().is_empty()) else { return };
    let Some(cdi) = sink.known(&host.cdi) else { return };
    if other_endings(cdi, docker, sink) || host.has_nvidia_driver() == Some(false) {
        return;
    }
    if let Some(toolkit) = sink.known(&host.toolkit) {
        empty(host, cdi, docker, toolkit, sink);
    }
}

/// `.yml`: no CDI reader takes it.
fn other_endings(cdi: &Cdi, docker: &Docker, sink: &mut HostSink<'_>) -> bool {
    let mut is_found = false;
    for dir in docker.cdi_dirs().iter().filter_map(|dir| cdi.dir(dir)) {
        for name in dir.ignored.iter().filter(|name| name.ends_with(".yml")) {
            let name = name.rsplit('/').next().unwrap_or(name);
            let (path, to) = (format!("{}/{name}", dir.path), name.trim_end_matches(".yml"));
            let finding = sink.report(
                format!("{path} is not read: a CDI spec ends in `.yaml` or `.json`"),
                (&dir.path, "file", name),
            );
            finding.help = Some(format!(
                "`sudo mv {path} {}/{to}.yaml`; the CDI form becomes available, without a restart",
                dir.path
            ));
            is_found = true;
        }
    }
    is_found
}

/// No spec file anywhere; it matters where somebody set out to have CDI.
fn empty(host: &HostFacts, cdi: &Cdi, docker: &Docker, toolkit: &Toolkit, sink: &mut HostSink<'_>) {
    let is_nvidia =
        |outcome: &SpecOutcome| !matches!(outcome, SpecOutcome::Read(spec) if !spec.kind.starts_with("nvidia.com/"));
    let mut files = cdi.dirs.iter().flat_map(|dir| &dir.files);
    let file = toolkit.daemon_json.known().and_then(Option::as_ref);
    let is_asked = file.is_some_and(|file| file.cdi == Some(true) || file.cdi_spec_dirs.is_some());
    let has_toolkit = [HOOK, CDI_HOOK, RUNTIME].iter().any(|name| toolkit.binary(name).is_some());
    if files.any(|file| is_nvidia(&file.outcome)) || !is_asked && !has_toolkit {
        return;
    }
    let dirs = docker.cdi_dirs();
    let finding =
        sink.report("no folder that the engine reads has a CDI spec for NVIDIA", (INFO, "CDISpecDirs", &list(&dirs)));
    if !is_asked {
        finding.severity = Severity::Info;
    }
    let path = format!("{}/nvidia.yaml", dirs[0]);
    finding.help = Some(format!("{}; the CDI form becomes available, without a restart", generate(host, &path)));
}
