//! A CDI spec that names what is no longer on the disk.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{USUAL_DIRS, config},
    remedy::generate,
};
use crate::{
    diag::{Code, Severity},
    host::{Cdi, CdiLookup, DeviceProblem, HostFacts, SpecFile, SpecOutcome, SpecText},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH008"),
    name: "stale-cdi-spec",
    summary: "a CDI spec names files or nodes that are gone",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH008-stale-cdi-spec.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(cdi) = sink.known(&host.cdi) else { return };
    let lookups = lookups(host, cdi);
    for file in cdi.dirs.iter().flat_map(|dir| &dir.files) {
        let SpecOutcome::Read(spec) = &file.outcome else { continue };
        let problems = problems(spec);
        let Some(worst) = problems.first() else { continue };
        let devices = || lookups.iter().flat_map(|lookup| lookup.devices.values());
        let is_taken = devices().any(|device| device.file == file.path);
        let winner = devices().find(|device| device.shadowed.contains(&file.path.as_str()));
        match (is_taken, winner) {
            (true, _) => report(host, file, spec, worst, problems.len(), sink),
            (false, Some(winner)) => outranked(file, winner.file, worst, sink),
            (false, None) => {}
        }
    }
}

/// What the engine and the runtime resolve; they may look into other folders.
fn lookups<'a>(host: &HostFacts, cdi: &'a Cdi) -> Vec<CdiLookup<'a>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    all.extend(host.docker.known().map(|docker| docker.cdi_dirs()).filter(|dirs| !dirs.is_empty()));
    all.extend(host.toolkit.known().and_then(config).and_then(|config| config.cdi_spec_dirs.clone()));
    if all.is_empty() {
        all.push(USUAL_DIRS.map(str::to_owned).to_vec());
    }
    all.iter().map(|dirs| cdi.lookup(dirs)).collect()
}

/// What is certainly wrong with the file and its devices, each thing once.
fn problems(spec: &SpecText) -> Vec<&DeviceProblem> {
    let mut all: Vec<&DeviceProblem> = Vec::new();
    let listed = spec.problems.iter().chain(spec.devices.iter().flat_map(|device| &device.problems));
    for problem in listed.filter(|problem| problem.is_certain()) {
        if !all.contains(&problem) {
            all.push(problem);
        }
    }
    all
}

fn report(
    host: &HostFacts,
    file: &SpecFile,
    spec: &SpecText,
    worst: &DeviceProblem,
    count: usize,
    sink: &mut HostSink<'_>,
) {
    let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
    let (field, value) = place(worst);
    let finding = sink.report(format!("{} is out of date: {worst}{more}", file.path), (&file.path, field, value));
    let is_nvidia = spec.kind.starts_with("nvidia.com/");
    finding.help = Some(match (is_nvidia, host.has_nvidia_driver()) {
        (true, Some(false)) => {
            format!("the driver it was made for is not there: install the driver, or `sudo rm {}`", file.path)
        }
        (true, _) => format!("{}; the CDI form becomes available, without a restart", generate(host, &file.path)),
        (false, _) => format!("have the tool of `{}` write it again; the CDI form becomes available", spec.kind),
    });
}

/// A stale file that a good one of higher rank hides.
fn outranked(file: &SpecFile, winner: &str, worst: &DeviceProblem, sink: &mut HostSink<'_>) {
    let (field, value) = place(worst);
    let finding = sink.report(
        format!("{} is out of date and only works because {winner} outranks it: {worst}", file.path),
        (&file.path, field, value),
    );
    finding.severity = Severity::Warning;
    finding.help = Some(format!("`sudo rm {}`; names that it alone defines would fail", file.path));
}

/// The field of the spec and its value.
fn place(problem: &DeviceProblem) -> (&'static str, &str) {
    match problem {
        DeviceProblem::MissingMount { path } => ("mounts.hostPath", path),
        DeviceProblem::MissingNode { path }
        | DeviceProblem::OtherNode { path, .. }
        | DeviceProblem::Unchecked { path, .. } => ("deviceNodes.path", path),
        DeviceProblem::MissingHook { path } | DeviceProblem::HookNotExecutable { path } => ("hooks.path", path),
    }
}
