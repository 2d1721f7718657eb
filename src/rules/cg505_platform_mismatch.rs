//! An image for another machine architecture than the host's.

use super::{
    Check, FixAvailability, Rule, ServiceCx, Sink,
    used_image::{self, UsedImage},
};
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
/// Source: dusty-nv/jetson-containers `README.md` (0050f37) and its page of `l4t-ml`, which lists the
/// architecture of each tag.
const SINGLE: &[(&str, &str)] = &[("dustynv/", "arm64")];

/// Images for Jetson boards. That there is none of them for amd64 was not verified: a finding that rests on
/// it is an `info`.
const PRESUMED: &[(&str, &str)] = &[("nvcr.io/nvidia/l4t-", "arm64")];

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    // The engine's machine is what counts, and a remote one is not what was looked at.
    let is_here = host.docker.known().is_none_or(|docker| !docker.is_remote && !docker.is_desktop());
    let Some(machine) = host.system.known().filter(|_| is_here).and_then(|system| docker_name(&system.architecture))
    else {
        return;
    };
    let sure = platform(cx).or_else(|| of_base(cx)).or_else(|| by_name(cx));
    let is_sure = sure.is_some();
    let Some((wanted, place, said)) = sure.or_else(|| presumed(cx)) else { return };
    if wanted == machine {
        return;
    }
    let finding = sink.report(
        format!(
            "service `{}` runs an image for {wanted} on a host that is {machine}: it ends with `exec format error`",
            cx.name
        ),
        Label::new(place, said),
    );
    if !is_sure {
        finding.severity = Severity::Info;
    }
    finding.help = Some(format!("take an image for {machine}; under emulation no GPU is reached"));
}

/// What `platform` says.
fn platform(cx: &ServiceCx<'_>) -> Option<(&'static str, Span, &'static str)> {
    let value = cx.service.get("platform").filter(|value| value.hole.is_none())?;
    let architecture = value.as_str()?.strip_prefix("linux/")?.split('/').next()?;
    Some((docker_name(architecture)?, value.span()?, "another architecture"))
}

/// What the Dockerfile asks for in the FROM that the image is built on.
fn of_base(cx: &ServiceCx<'_>) -> Option<(&'static str, Span, &'static str)> {
    let recipe = cx.project.images.get(cx.name)?.recipe.as_ref()?;
    let (platform, place) = recipe.root()?.platform.as_ref()?;
    let architecture = platform.strip_prefix("linux/")?.split('/').next()?;
    Some((docker_name(architecture)?, *place, "another architecture, whatever the build is for"))
}

/// What the image's name or tag says.
fn by_name(cx: &ServiceCx<'_>) -> Option<(&'static str, Span, &'static str)> {
    let image = used_image::run(cx)?;
    let single = listed(SINGLE, &image);
    let words = || image.reference.tag.as_deref()?.split(['-', '_']).find_map(docker_name);
    Some((single.or_else(words)?, image.place, "made for one architecture"))
}

/// What the image's name makes likely.
fn presumed(cx: &ServiceCx<'_>) -> Option<(&'static str, Span, &'static str)> {
    let image = used_image::run(cx)?;
    Some((listed(PRESUMED, &image)?, image.place, "made for Jetson boards"))
}

fn listed(table: &[(&str, &'static str)], image: &UsedImage) -> Option<&'static str> {
    let name = image.reference.name();
    table.iter().find(|(start, _)| name.starts_with(start)).map(|(_, architecture)| *architecture)
}

/// An architecture as Docker names it; `None` for others than these two.
fn docker_name(architecture: &str) -> Option<&'static str> {
    match architecture {
        "x86_64" | "amd64" => Some("amd64"),
        "aarch64" | "arm64" => Some("arm64"),
        _ => None,
    }
}
