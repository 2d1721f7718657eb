//! The toolkit's OCI hook, from before CDI, that Podman still calls.

use super::{Check, FixAvailability, HostSink, Rule};
use crate::{
    diag::{Code, Severity},
    host::HostFacts,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH033"),
    name: "leftover-oci-hook",
    summary: "Podman calls the toolkit's old hook for every container, beside CDI",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH033-leftover-oci-hook.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    let Some(docker) = sink.known(&host.docker) else { return };
    if !docker.is_podman() || docker.is_remote {
        return;
    }
    let Some(toolkit) = sink.known(&host.toolkit) else { return };
    let Some(hook) = toolkit.oci_hooks.as_ref().and_then(|hooks| hooks.first()) else { return };
    let finding = sink.report(
        format!("Podman calls the toolkit's hook of {hook} for every container, also where CDI brings the GPU"),
        (hook, "stages", "the toolkit's hook"),
    );
    finding.help = Some(format!("`sudo rm {hook}`; requests by CDI name need no hook of their own"));
}
