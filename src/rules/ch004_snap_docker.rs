//! The engine of the snap, which sees neither the driver nor the toolkit.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::INFO};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH004"),
    name: "snap-docker",
    summary: "the engine is a snap, which is kept from the driver",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH004-snap-docker.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(docker) = sink.known(&host.docker) else { return };
    let Some(root) = docker.root_dir.as_deref().filter(|root| root.starts_with("/var/snap/")) else { return };
    let finding = sink.report(
        "the engine runs as a snap, which does not see the host's driver and toolkit",
        (INFO, "DockerRootDir", root),
    );
    finding.help = Some(
        "`sudo snap remove docker` (its images and volumes go with it) and install the package `docker-ce` or `docker.io`; \
         every form becomes available"
            .to_owned(),
    );
}
