//! An image for another machine architecture than the host's.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, used_image};
use crate::{
    diag::{Code, Label, Severity},
    host::HostFacts,
    source::Span,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG505"),
    name: "platform-mismatch",
    summary: "the image is for another machine architecture than the host's",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG505-platform-mismatch.md"),
    check: Check::Placement(check),
};

/// Images that are published for one architecture alone.
/// Source: the registries' lists of platforms, read 2026-11.
const SINGLE: &[(&str, &str)] = &[
    ("nvcr.io/nvidia/l4t-", "arm64"),
    ("dustynv/", "arm64"),
    ("ghcr.io/huggingface/text-generation-inference", "amd64"),
];

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    // The engine's machine is what counts, and a remote one is not what was looked at.
    let is_here = host.docker.known().is_none_or(|docker| !docker.is_remote && !docker.is_desktop());
    let Some(machine) = host.system.known().filter(|_| is_here).and_then(|system| docker_name(&system.architecture))
    else {
        return;
    };
    let Some((wanted, place, said)) = platform(cx).or_else(|| by_name(cx)) else { return };
    if wanted == machine {
        return;
    }
    let finding = sink.report(
        format!("service `{}` runs an image for {wanted}, and the host is {machine}: `exec format error`", cx.name),
        Label::new(place, said),
    );
    finding.help = Some(format!("take an image for {machine}; under emulation no GPU is reached"));
}

/// What `platform` says.
fn platform(cx: &ServiceCx<'_>) -> Option<(&'static str, Span, &'static str)> {
    let value = cx.service.get("platform").filter(|value| value.hole.is_none())?;
    let architecture = value.as_str()?.strip_prefix("linux/")?.split('/').next()?;
    Some((docker_name(architecture)?, value.span()?, "another architecture"))
}

/// What the image's name or tag says.
fn by_name(cx: &ServiceCx<'_>) -> Option<(&'static str, Span, &'static str)> {
    let image = used_image::run(cx)?;
    let name = image.reference.name();
    let single = SINGLE.iter().find(|(start, _)| name.starts_with(start)).map(|(_, architecture)| *architecture);
    let words = || image.reference.tag.as_deref()?.split(['-', '_']).find_map(docker_name);
    Some((single.or_else(words)?, image.place, "made for one architecture"))
}

/// An architecture as Docker names it; `None` for others than these two.
fn docker_name(architecture: &str) -> Option<&'static str> {
    match architecture {
        "x86_64" | "amd64" => Some("amd64"),
        "aarch64" | "arm64" => Some("arm64"),
        _ => None,
    }
}
