//! Two spec files of one folder define the same device.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::engine_lookup};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
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
        finding.help = Some(format!(
            "remove the older one (`ls -l {}` shows their ages); the CDI form becomes available, without a restart",
            files.join(" ")
        ));
    }
}
