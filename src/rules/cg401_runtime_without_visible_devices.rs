//! `runtime: nvidia` that is told of no GPU.

use super::{
    Check, FixAvailability, RequestCx, Rule, Sink, cg111_swarm_unsupported,
    cg124_unknown_runtime_name::is_mistaken,
    cg407_misspelt_variable,
    devices::{NVIDIA_VISIBLE_DEVICES, device_requests},
    fix, images,
};
use crate::{
    compose::{self, EnvironmentEntry, variable},
    diag::{Applicability, Code, Fix, Severity},
    gpu::{RequestForm, Vendor},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG401"),
    name: "runtime-without-visible-devices",
    summary: "`runtime: nvidia` without `NVIDIA_VISIBLE_DEVICES` gives no GPU",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG401-runtime-without-visible-devices.md"),
    check: Check::Request(check),
};

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let (request, service) = (cx.request, cx.service);
    let name = request.value.as_str().unwrap_or("nvidia");
    let is_runtime = request.form == RequestForm::RuntimeEnv && request.vendor == Vendor::Nvidia;
    if !is_runtime || is_mistaken(name) {
        return;
    }
    if let Some(entry) = variable(service.service, NVIDIA_VISIBLE_DEVICES) {
        return empty(cx, &entry, sink);
    }
    let environment = service.service.get("environment");
    let is_meant = environment.is_some_and(|environment| fix::mentions(environment, NVIDIA_VISIBLE_DEVICES))
        || compose::environment(service.service)
            .iter()
            .any(|entry| cg407_misspelt_variable::meant(&entry.name) == Some(NVIDIA_VISIBLE_DEVICES));
    // Swarm, for which CG111 speaks, sets a variable of its own.
    let is_for_swarm = cg111_swarm_unsupported::sign(service).is_some();
    if is_for_swarm || device_requests(service).next().is_some() || sets_it(service.service) || is_meant {
        return;
    }
    if let Some(reason) = unknown(service.service) {
        sink.skipped(format!("service `{}` {reason}, which may set `{NVIDIA_VISIBLE_DEVICES}`", service.name));
        return;
    }
    let finding = sink.report(
        format!(
            "service `{}` has `runtime: {name}` but no `{NVIDIA_VISIBLE_DEVICES}`: without it in the image, it gets no GPU",
            service.name
        ),
        request.value.place().unwrap_or_else(|| request.span()),
    );
    if !is_general(service.service) {
        finding.severity = Severity::Info;
    }
    finding.help = Some(format!("add `{NVIDIA_VISIBLE_DEVICES}=all` to `environment`, or ask by CDI name instead"));
    finding.fix = fix::add_variable(service, NVIDIA_VISIBLE_DEVICES, "all", &request.value).map(|edits| Fix {
        title: format!("add `{NVIDIA_VISIBLE_DEVICES}=all`"),
        applicability: Applicability::Unsafe,
        edits,
    });
}

/// A variable that is set to nothing takes the place of the image's: the runtime then brings no GPU.
fn empty(cx: &RequestCx<'_>, entry: &EnvironmentEntry<'_>, sink: &mut Sink<'_>) {
    let is_empty = entry.node.hole.is_none() && entry.value.as_deref().is_some_and(|value| value.trim().is_empty());
    let (true, None, Some(place)) = (is_empty, device_requests(cx.service).next(), entry.node.place()) else { return };
    let finding = sink.report(
        format!("`{NVIDIA_VISIBLE_DEVICES}` of service `{}` is empty, so `runtime` brings it no GPU", cx.service.name),
        place,
    );
    finding.help = Some("name the GPUs, as in `all`; `void` where none is meant".into());
}

/// Images that set the variable to `all`, as their Dockerfiles say: pytorch/pytorch `Dockerfile` (01343dc),
/// ollama/ollama `Dockerfile` (000ce02, but for ROCm), jellyfin/jellyfin-packaging `docker/Dockerfile` (0198983),
/// vllm-project/vllm `docker/Dockerfile` (0000977, on top of nvidia/cuda; its ROCm image has another name).
const SETTING: [&str; 4] = ["pytorch/pytorch", "ollama/ollama", "jellyfin/jellyfin", "vllm/vllm-openai"];

/// Whether the image is known to set the variable: NVIDIA's CUDA images do.
fn sets_it(service: &Value) -> bool {
    if images::is_one_of(service, &SETTING) && !images::tag(service).unwrap_or_default().contains("rocm") {
        return true;
    }
    let image = service.get("image").and_then(Value::as_str).unwrap_or("");
    let image = ["docker.io/", "nvcr.io/"].iter().find_map(|host| image.strip_prefix(host)).unwrap_or(image);
    image.strip_prefix("nvidia/cuda").is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
}

/// Whether the image is one of Docker's official ones, which are for all hosts and name no GPU. Others may set the
/// variable, as many that are made for GPUs do.
fn is_general(service: &Value) -> bool {
    images::repository(service).is_some_and(|name| !name.contains('/') || name.starts_with("library/"))
}

/// Why nobody can tell whether the variable is set elsewhere.
fn unknown(service: &Value) -> Option<&'static str> {
    if service.get("env_file").is_some() {
        return Some("has an `env_file`");
    }
    if service.get("build").is_some() {
        return Some("builds its image");
    }
    let Some(image) = service.get("image") else { return Some("has its image in another file") };
    let is_ngc = image.as_str().is_some_and(|image| image.starts_with("nvcr.io/"));
    (is_ngc || image.hole.is_some()).then_some("has an image that is not known")
}
