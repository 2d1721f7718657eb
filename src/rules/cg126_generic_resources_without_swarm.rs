//! Swarm's generic resources in a service that Compose starts.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink, cg111_swarm_unsupported,
    devices::{as_cdi, asks},
    together::file_is_for,
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::{GpuRequest, RequestForm},
    source::Span,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG126"),
    name: "generic-resources-without-swarm",
    summary: "a service that Compose starts asks for its GPU as Swarm's services do",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG126-generic-resources-without-swarm.md"),
    check: Check::Service(check),
};

/// Keys that `docker stack deploy` passes over (docker/cli `cli/compose/types/types.go`, `UnsupportedProperties` and
/// `DeprecatedProperties`) or refuses.
const FOR_COMPOSE: [&str; 10] = [
    "build",
    "container_name",
    "restart",
    "network_mode",
    "privileged",
    "shm_size",
    "ipc",
    "devices",
    "profiles",
    "mem_limit",
];

/// Keys of `deploy` that Compose passes over.
const FOR_SWARM: [&str; 3] = ["update_config", "rollback_config", "endpoint_mode"];

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let is_resource = |request: &&GpuRequest| request.form == RequestForm::GenericResource;
    let Some(request) = cx.requests.iter().find(is_resource).filter(|request| asks(request)) else { return };
    let is_asked_otherwise = cx.requests.iter().any(|request| !is_resource(&request));
    let file = request.span().file;
    let is_stack = ["stack", "swarm"].iter().any(|word| file_is_for(cx.project, file, word));
    if is_asked_otherwise || is_stack || is_for_swarm(cx) {
        return;
    }
    let sign = sign(cx);
    if sign.is_none() && !file_is_for(cx.project, file, "override") {
        return;
    }
    let finding = sink.report(
        format!("service `{}` asks for a GPU by `generic_resources`, which `docker compose up` passes over", cx.name),
        request.span(),
    );
    finding.is_lack = true;
    finding.related.extend(sign.map(|sign| Label::new(sign, "Swarm does not read this")));
    finding.help =
        Some(format!("only `docker stack deploy` reads it; for Compose write {}", as_cdi(&request.selector)));
}

fn is_for_swarm(cx: &ServiceCx<'_>) -> bool {
    let deploy = cx.service.get("deploy");
    let has = |key: &&str| deploy.is_some_and(|deploy| deploy.get(key).is_some());
    cg111_swarm_unsupported::sign(cx).is_some() || FOR_SWARM.iter().any(has)
}

/// A key that means Compose.
fn sign(cx: &ServiceCx<'_>) -> Option<Span> {
    let is_said = |value: &&Value| !value.is_null();
    FOR_COMPOSE.iter().find_map(|key| cx.service.get(key).filter(is_said).and_then(Value::place))
}
