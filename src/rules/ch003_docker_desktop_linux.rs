//! Docker Desktop on a machine that is not Windows: its virtual machine has no GPU.

use super::{Check, FixAvailability, HostSink, Rule, nvidia::INFO};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH003"),
    name: "docker-desktop-linux",
    summary: "Docker Desktop on Linux or macOS gives containers no GPU",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH003-docker-desktop-linux.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(docker) = sink.known(&host.docker) else { return };
    if !docker.is_desktop() || docker.is_on_wsl() {
        return;
    }
    let system = docker.operating_system.as_deref().unwrap_or_default();
    let finding = sink.report(
        "the engine is Docker Desktop's, in a virtual machine that has no GPU",
        (INFO, "OperatingSystem", system),
    );
    finding.help = Some(
        "on Linux install Docker Engine beside it and run `docker context use default`; every form becomes available there"
            .to_owned(),
    );
}
