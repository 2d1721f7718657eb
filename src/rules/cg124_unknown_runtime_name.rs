//! A runtime that the NVIDIA toolkit registers under another name.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::suggest,
    diag::{Applicability, Code, Fix, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG124"),
    name: "unknown-runtime-name",
    summary: "`runtime` is meant for NVIDIA's, and names none that its toolkit registers",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG124-unknown-runtime-name.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(runtime) = cx.service.get("runtime").filter(|runtime| runtime.hole.is_none()) else { return };
    let Some(name) = runtime.as_str().filter(|name| is_mistaken(name)) else { return };
    let Some(place) = runtime.place() else { return };
    let finding =
        sink.report(format!("service `{}` has `runtime: {name}`, which no toolkit registers", cx.name), place);
    finding.help = Some("NVIDIA's runtime is called `nvidia`".into());
    finding.fix = fix::replace_text(cx, runtime, "nvidia").map(|edits| Fix {
        title: "write `runtime: nvidia`".into(),
        applicability: Applicability::Unsafe,
        edits,
    });
}

/// Whether a name is one that people write for `nvidia`. A daemon may register any name, so only what is close to
/// it, or names another of NVIDIA's programs that is no runtime, is taken for a mistake.
pub(super) fn is_mistaken(name: &str) -> bool {
    let plain = name.trim().to_ascii_lowercase();
    if name == "nvidia" || ["runc", "crun", "runsc", "amd"].contains(&plain.as_str()) {
        return false;
    }
    ["nvidia", "nvidia-docker", "nvidia-docker2", "nvidia-container-toolkit", "nvidia-runtime", "gpu", "cuda"]
        .contains(&plain.as_str())
        || suggest::closest(&plain, ["nvidia"]).is_some()
}
