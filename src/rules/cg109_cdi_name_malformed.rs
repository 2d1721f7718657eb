//! CDI names that are none.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::{Device, devices},
    diag::{Applicability, Code, Diagnostic, Fix, Severity},
    gpu::{DeviceId, QualifiedName},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG109"),
    name: "cdi-name-malformed",
    summary: "a device is meant as a CDI name, and is none",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG109-cdi-name-malformed.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    for device in devices(cx.service) {
        if device.node.hole.is_some() {
            continue;
        }
        match device.source.strip_prefix("/dev/") {
            Some(name) => below_dev(cx, sink, device.node, name),
            None if device.source.starts_with(['/', '.', '~']) => {}
            None => listed(cx, sink, &device),
        }
    }
    for request in cx.requests.iter().filter(|request| request.driver.as_deref() == Some("cdi")) {
        for id in request.field("device_ids").and_then(Value::as_seq).unwrap_or_default() {
            let text = id.as_str().filter(|text| id.hole.is_none() && !text.is_empty());
            if let (Some(text), Some(place)) = (text.filter(|text| text.parse::<QualifiedName>().is_err()), id.span()) {
                let message = format!("service `{}` asks `driver: cdi` for `{text}`, which is no CDI name", cx.name);
                complete(cx, sink.report(message, place), id, meant(text));
            }
        }
    }
}

/// `/dev/nvidia.com/gpu=0`: the name of a device that is no node.
fn below_dev(cx: &ServiceCx<'_>, sink: &mut Sink<'_>, node: &Value, name: &str) {
    let is_gpu = name.starts_with("nvidia.com/") || name.starts_with("amd.com/");
    if let (true, Some(place)) = (is_gpu && name.parse::<QualifiedName>().is_ok(), node.span()) {
        let message = format!("service `{}` asks for `/dev/{name}`, a path, where it means a CDI name", cx.name);
        complete(cx, sink.report(message, place), node, Some(name.to_owned()));
    }
}

/// An item of `devices`. The short form is cut at its colons, and only where both sides are the same
/// name does Compose ask for a CDI device (compose-go transform/device.go, compose pkg/compose/create.go).
fn listed(cx: &ServiceCx<'_>, sink: &mut Sink<'_>, device: &Device<'_>) {
    let Some(place) = device.node.span() else { return };
    let (source, target) = (device.source, device.target);
    let name: Option<QualifiedName> = source.parse().ok();
    let is_gpu = source.starts_with("nvidia.com") || source.starts_with("amd.com/") || is_near(source);
    match name {
        Some(name) if target.is_empty() || target == source => {
            if let Some(meant) = misspelt(&name) {
                let message =
                    format!("service `{}` asks for `{source}`, a kind that NVIDIA's specs do not have", cx.name);
                complete(cx, sink.report(message, place), device.node, Some(meant));
            }
        }
        Some(name) => {
            let message = format!(
                "service `{}` asks for `{source}:{target}`: Compose takes it for a path, not for a CDI name",
                cx.name
            );
            let is_mig = is_number(name.name()) && is_number(target);
            let finding = sink.report(message, place);
            if is_mig {
                let long = format!("{source}:{target}");
                finding.help = Some(format!("write the long form: `{{source: \"{long}\", target: \"{long}\"}}`"));
                finding.fix =
                    fix::replace(cx, device.node, &format!("{{source: \"{long}\", target: \"{long}\"}}")).map(
                        |edits| Fix { title: "write the long form".into(), applicability: Applicability::Safe, edits },
                    );
            } else {
                complete(cx, finding, device.node, Some(source.to_owned()));
            }
        }
        None if is_gpu => {
            let shown =
                if target.is_empty() || target == source { source.to_owned() } else { format!("{source}:{target}") };
            let message = format!("service `{}` asks for `{shown}`, which is neither a path nor a CDI name", cx.name);
            complete(cx, sink.report(message, place), device.node, meant(&shown));
        }
        None => {}
    }
}

fn complete(cx: &ServiceCx<'_>, finding: &mut Diagnostic, node: &Value, meant: Option<String>) {
    let Some(meant) = meant else {
        finding.help =
            Some("a CDI name is `vendor/class=name`, such as `nvidia.com/gpu=0` or `nvidia.com/gpu=all`".into());
        return;
    };
    finding.help = Some(format!("write `{meant}`"));
    finding.fix = fix::replace(cx, node, &meant).map(|edits| Fix {
        title: format!("write `{meant}`"),
        applicability: Applicability::Unsafe,
        edits,
    });
}

/// The name of one of NVIDIA's GPUs behind a text that only just is none: `nvidia.com/gpu:0`, `gpu=0`, `0`.
fn meant(text: &str) -> Option<String> {
    let rest = ["nvidia.com/gpu", "nvidia/gpu", "nvidia.com", "nvidia", "gpu"]
        .iter()
        .find_map(|front| text.strip_prefix(front));
    let name = rest.unwrap_or(text).trim_matches([':', '=', '-', '/', ' ', '\t']);
    match DeviceId::parse(name) {
        _ if name.is_empty() => Some("nvidia.com/gpu=all".to_owned()),
        DeviceId::Index(_) | DeviceId::Uuid(_) | DeviceId::MigUuid(_) => Some(format!("nvidia.com/gpu={name}")),
        _ if name == "all" => Some("nvidia.com/gpu=all".to_owned()),
        _ => None,
    }
}

/// Names of a kind that is NVIDIA's but for a slip.
fn misspelt(name: &QualifiedName) -> Option<String> {
    let kind = name.kind();
    let is_slip =
        ["nvidia/gpu", "nvidia.com/gpus", "nvidia.com/GPU", "nvidia.con/gpu", "nvida.com/gpu"].contains(&kind.as_str());
    is_slip.then(|| format!("nvidia.com/gpu={}", name.name()))
}

/// `gpu=0`, `nvidia=all`: no path looks like that.
fn is_near(source: &str) -> bool {
    ["gpu=", "nvidia=", "nvidia/gpu"].iter().any(|front| source.starts_with(front))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
