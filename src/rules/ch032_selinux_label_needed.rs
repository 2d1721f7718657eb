//! SELinux between containers and the GPU's nodes.

use super::{Check, FixAvailability, HostSink, Rule};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, SeLinux},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH032"),
    name: "selinux-label-needed",
    summary: "SELinux keeps containers from the GPU",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH032-selinux-label-needed.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(docker) = sink.known(&host.docker) else { return };
    let Some(system) = sink.known(&host.system) else { return };
    let Some(SeLinux::Enforcing) = sink.known(&system.selinux) else { return };
    // An engine that labels no containers leaves them unconfined.
    let is_labelling = docker.is_podman()
        || docker.security_options.iter().any(|option| option.split(',').any(|part| part == "name=selinux"));
    if docker.is_remote || host.has_nvidia_driver() == Some(false) || !is_labelling {
        return;
    }
    let finding = sink.report(
        "SELinux keeps containers from the GPU's device nodes unless a service is let through",
        ("/sys/fs/selinux/enforce", "enforce", "1"),
    );
    finding.help = Some(
        "add `security_opt: [label=disable]` to services with a GPU (`composegpu render` does); \
         or `sudo setsebool -P container_use_devices 1` for all containers"
            .to_owned(),
    );
}
