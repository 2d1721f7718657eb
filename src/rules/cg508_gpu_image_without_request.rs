//! An image that is made for a GPU, in a service that asks for none.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink, together,
    used_image::{self, UsedImage},
};
use crate::{
    compose::{devices, variable},
    diag::{Code, Severity},
    image::Variant,
    yaml::{Map, Value},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG508"),
    name: "gpu-image-without-request",
    summary: "an image that does not work without a GPU, in a service that asks for none",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG508-gpu-image-without-request.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    if !cx.requests.is_empty() || asks_amiss(cx) || may_be_given(cx) || is_base(cx) {
        return;
    }
    let Some(image) = used_image::run(cx).filter(|_| used_image::is_pulled(cx)) else { return };
    if !needs_gpu(cx, &image) {
        return;
    }
    let finding = sink.report(
        format!("service `{}` runs `{}`, which does not work without a GPU, and asks for none", cx.name, image.text),
        image.place,
    );
    finding.is_lack = true;
    finding.help = Some("ask for one: `gpus: all`, or by CDI name under `devices`".into());
}

/// A server that does not start without a GPU, unless its command says that it may.
fn needs_gpu(cx: &ServiceCx<'_>, image: &UsedImage) -> bool {
    let command = super::command::text(cx.service);
    let is_for_cpu = command.to_ascii_lowercase().contains("cpu")
        || command.contains("--disable-custom-kernels")
        || has_own_entrypoint(cx);
    let is_smi = image.reference.is_nvidia_cuda() && command.split_whitespace().any(|word| word == "nvidia-smi");
    is_smi || (image.reference.variant() == Some(Variant::CudaOnly) && !is_for_cpu)
}

/// Another program than the image's own may do without.
fn has_own_entrypoint(cx: &ServiceCx<'_>) -> bool {
    cx.service.get("entrypoint").is_some_and(|entrypoint| !entrypoint.is_null())
}

/// Whether the service asks in a way that nobody understands, which other rules speak of.
fn asks_amiss(cx: &ServiceCx<'_>) -> bool {
    let is_set = |key: &str| cx.service.get(key).is_some_and(|value| !value.is_null());
    let names = |word: &str| devices(cx.service).iter().any(|device| device.source.contains(word));
    ["gpus", "resources", "reservations"].into_iter().any(is_set)
        || cx.service.get("deploy").is_some_and(holds_devices)
        || names("nvidia")
        || names("gpu")
}

/// Whether another service is made of this one and asks for its GPU itself.
fn is_base(cx: &ServiceCx<'_>) -> bool {
    let place = |service: &Value| service.get("image").and_then(|image| Some(image.origin()?.node));
    let own = place(cx.service);
    let asks = |name: &str| cx.project.requests.iter().any(|request| request.service == name);
    let mut others = cx.project.project.services().filter(|(name, _)| *name != cx.name && asks(name));
    own.is_some() && others.any(|(_, service)| place(service) == own)
}

/// Whether a part of `deploy` lists devices at whatever level.
fn holds_devices(value: &Value) -> bool {
    value.as_map().is_some_and(|map| map.iter().any(|(key, value)| key == "devices" || holds_devices(value)))
}

/// Whether a GPU may come from elsewhere: another runtime, a variable that the daemon's default runtime
/// reads (CG202 judges it), another file of the project, Swarm, or a service that says it is optional.
fn may_be_given(cx: &ServiceCx<'_>) -> bool {
    let is_set = |key: &str| cx.service.get(key).is_some_and(|value| !value.is_null());
    let is_elsewhere =
        ["runtime", "privileged", "x-composegpu", "extends", "env_file", "provider"].into_iter().any(is_set);
    let deploy = cx.service.get("deploy");
    let is_switched_off = deploy.and_then(Value::as_map).is_some_and(Map::is_empty);
    let has_resources = cx.service.at(&["deploy", "resources", "reservations"]).is_some();
    let is_named = variable(cx.service, "NVIDIA_VISIBLE_DEVICES").is_some();
    let is_for_cpu =
        together::is_for_cpu(cx.name) || together::profiles(cx.service).iter().any(|name| together::is_for_cpu(name));
    let replicas = cx.service.at(&["deploy", "replicas"]).or_else(|| cx.service.get("scale"));
    let is_idle = replicas.and_then(Value::as_int) == Some(0);
    is_elsewhere || is_switched_off || has_resources || is_named || is_for_cpu || is_idle
}
