//! Replicas that all count from the first GPU.

use super::{
    Check, FixAvailability, RequestCx, Rule, Sink, cg111_swarm_unsupported,
    devices::{is_device_request, is_nvidia, wanted},
    images::is_gpu_monitor,
};
use crate::{
    diag::{Code, Label, Severity},
    gpu::DeviceSelector,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG212"),
    name: "replicas-share-gpus",
    summary: "a service asks for GPUs by `count` and runs several times, each time on the same ones",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG212-replicas-share-gpus.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let (request, service) = (cx.request, cx.service.service);
    let is_counted = matches!(request.selector, DeviceSelector::Count(_));
    if !is_counted || !is_device_request(request.form) || !is_nvidia(request) || is_gpu_monitor(service) {
        return;
    }
    if cg111_swarm_unsupported::sign(cx.service).is_some() {
        return;
    }
    let replicas = [service.at(&["deploy", "replicas"]), service.get("scale")].into_iter().flatten();
    let Some((replicas, times)) =
        replicas.filter_map(|value| Some((value, value.as_int()?))).find(|(_, times)| *times > 1)
    else {
        return;
    };
    let finding = sink.report(
        format!(
            "the {times} replicas of service `{}` all get {}, the same for each: `count` takes the first GPUs",
            cx.service.name,
            wanted(&request.selector)
        ),
        request.field("count").and_then(Value::place).unwrap_or_else(|| request.span()),
    );
    finding.related.extend(replicas.place().map(|span| Label::new(span, "runs so many times")));
    finding.help = Some("write a service for each GPU, with `device_ids` or a CDI name; replicas cannot differ".into());
}
