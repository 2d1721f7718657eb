//! A spec file that every CDI reader refuses whole.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::engine_lookup, remedy::generate};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH029"),
    name: "malformed-cdi-spec",
    summary: "a CDI spec is refused whole",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH029-malformed-cdi-spec.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let (Some(docker), Some(cdi)) = (sink.known(&host.docker), sink.known(&host.cdi)) else { return };
    for (file, reason) in engine_lookup(cdi, docker).rejected {
        let finding = sink.report(format!("{file} is refused whole, with all its devices"), (file, "content", reason));
        finding.help = Some(if file.contains("nvidia") {
            format!("{}; the CDI form becomes available, without a restart", generate(host, file))
        } else {
            format!("have the tool that wrote it write it again, or `sudo rm {file}`")
        });
    }
}
