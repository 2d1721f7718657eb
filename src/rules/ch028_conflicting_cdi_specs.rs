//! Two spec files of one folder define the same device.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::engine_lookup};
use crate::{
    diag::{Code, Severity},
    host::{Cdi, HostFacts, SpecOutcome, SpecText},
};

use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH028"),
    name: "conflicting-cdi-specs",
    summary: "two CDI specs of one folder define the same device",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH028-conflicting-cdi-specs.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let (Some(docker), Some(cdi)) = (sink.known(&host.docker), sink.known(&host.cdi)) else { return };
    let mut by_files: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
    for (name, files) in engine_lookup(cdi, docker).conflicts {
        by_files.entry(files).or_default().push(name);
    }
    for (files, names) in by_files {
        let more = if names.len() > 1 { format!(" and {} more names", names.len() - 1) } else { String::new() };
        let finding = sink.report(
            format!("{} both define `{}`{more}, so no reader takes either", files.join(" and "), names[0]),
            (files[0], "devices.name", &names[0]),
        );
        finding.help = Some(match superfluous(cdi, &files, host) {
            Some(file) => format!(
                "`sudo mv {file} {file}.old`, an ending that no reader takes; the CDI form becomes available, without a restart"
            ),
            None => format!(
                "keep one (`ls -l {}` shows their ages) and give the other the ending `.old`; \
                 the CDI form becomes available, without a restart",
                files.join(" ")
            ),
        });
    }
}

/// The file that can go: one that is out of date beside one that is not, or else the one that the toolkit
/// would not write again, beside `nvidia.yaml`.
fn superfluous<'a>(cdi: &Cdi, files: &[&'a str], host: &HostFacts) -> Option<&'a str> {
    let [one, other] = files else { return None };
    let is_stale = |path: &str| {
        let mut files = cdi.dirs.iter().flat_map(|dir| &dir.files);
        let outcome = files.find(|file| file.path == path).map(|file| &file.outcome);
        matches!(outcome, Some(SpecOutcome::Read(spec)) if is_out_of_date(spec, host))
    };
    let is_usual = |path: &str| path.ends_with("/nvidia.yaml");
    match (is_stale(one), is_stale(other)) {
        (true, false) => Some(one),
        (false, true) => Some(other),
        _ if is_usual(other) => Some(one),
        _ => is_usual(one).then_some(*other),
    }
}

fn is_out_of_date(spec: &SpecText, host: &HostFacts) -> bool {
    let kernel = host.system.known().and_then(|system| system.kernel_driver.known()?.as_ref()?.version.as_deref());
    let is_other = matches!((spec.driver_version.as_deref(), kernel), (Some(spec), Some(kernel)) if spec != kernel);
    let own = spec.devices.iter().flat_map(|device| &device.problems);
    is_other || spec.problems.iter().chain(own).any(|problem| problem.is_certain())
}
