//! Capabilities that no driver has.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, fix};
use crate::{
    compose::suggest,
    diag::{Applicability, Code, Fix, Severity},
    gpu::RequestForm,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG117"),
    name: "unsatisfiable-capabilities",
    summary: "a GPU request wants a capability that no driver has",
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG117-unsatisfiable-capabilities.md"),
    check: Check::Request(check),
};

/// What the driver `nvidia` offers (moby daemon/devices_nvidia_linux.go, `allNvidiaCaps`, v29.7.2).
const KNOWN: [&str; 8] = ["gpu", "nvidia", "compute", "utility", "graphics", "video", "display", "compat32"];

fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let request = cx.request;
    let is_served = matches!(request.form, RequestForm::DeployReservation | RequestForm::Gpus);
    let is_nvidia = request.driver.as_deref().is_none_or(|driver| driver == "nvidia");
    let is_meant = request.driver.is_some()
        || request.form == RequestForm::Gpus
        || request.capabilities.iter().any(|word| {
            let word = word.to_ascii_lowercase();
            KNOWN.contains(&word.as_str()) || word.starts_with("nvidia")
        });
    let items = request.field("capabilities").and_then(Value::as_seq).unwrap_or_default();
    let is_unknown = |item: &&Value| {
        item.hole.is_none() && item.as_str().is_some_and(|word| !KNOWN.contains(&word) && word != "amd")
    };
    let Some(first) = items.iter().find(is_unknown).filter(|_| is_served && is_nvidia && is_meant) else { return };
    let word = first.as_str().unwrap_or_default();
    let finding = sink.report(
        format!("service `{}` wants the capability `{word}`, which no GPU driver has", cx.service.name),
        first.span().unwrap_or_else(|| request.span()),
    );
    if request.driver.is_none() {
        finding.severity = Severity::Error;
    }
    let meant = meant(word).filter(|meant| items.iter().all(|item| item.as_str() != Some(meant)));
    finding.help = Some(match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`[gpu]` is enough; the others are `compute`, `utility`, `video`, `graphics`, `display` and `compat32`"
            .into(),
    });
    let fix = match meant {
        Some(meant) => fix::replace_text(cx.service, first, meant).map(|edits| (format!("write `{meant}`"), edits)),
        None if items.len() > 1 => fix::remove(cx.service, first).map(|edits| (format!("remove `{word}`"), edits)),
        None => None,
    };
    finding.fix = fix.map(|(title, edits)| Fix { title, applicability: Applicability::Unsafe, edits });
}

/// `nvidia-compute` stands in the specification's text, and matches nothing in an engine.
fn meant(word: &str) -> Option<&'static str> {
    let plain = word.to_ascii_lowercase();
    match plain.strip_prefix("nvidia-") {
        Some(rest) => KNOWN.into_iter().find(|known| *known == rest),
        None => suggest::closest(&plain, KNOWN),
    }
}
