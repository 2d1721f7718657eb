//! A driver capability that does not exist.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::{suggest, variable},
    diag::{Applicability, Code, Fix, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG403"),
    name: "invalid-driver-capability",
    summary: "`NVIDIA_DRIVER_CAPABILITIES` holds a word that is no driver capability",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG403-invalid-driver-capability.md"),
    check: Check::Service(check),
};

const DRIVER_CAPABILITIES: &str = "NVIDIA_DRIVER_CAPABILITIES";

/// What the toolkit knows (NVIDIA Container Toolkit internal/config/image/capabilities.go, v1.20.0).
const KNOWN: [&str; 8] = ["compute", "compat32", "graphics", "utility", "video", "display", "ngx", "all"];

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(entry) = variable(cx.service, DRIVER_CAPABILITIES).filter(|entry| entry.node.hole.is_none()) else {
        return;
    };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    let words: Vec<&str> = value.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    let Some(unknown) = words.iter().find(|word| !KNOWN.contains(word)) else { return };
    let finding = sink.report(
        format!("`{DRIVER_CAPABILITIES}` of service `{}` holds `{unknown}`, which is no driver capability", cx.name),
        place,
    );
    let meant = meant(value);
    finding.help = Some(match &meant {
        Some(meant) => format!("write `{DRIVER_CAPABILITIES}={meant}`"),
        None => format!("the words are `{}`, with commas between", KNOWN.join("`, `")),
    });
    finding.fix = meant.and_then(|meant| {
        let edits = fix::set_variable(cx, &entry, &meant)?;
        let title = format!("write `{DRIVER_CAPABILITIES}={meant}`");
        Some(Fix { title, applicability: Applicability::Safe, edits })
    });
}

/// Whether the toolkit knows a word.
pub(super) fn is_known(word: &str) -> bool {
    KNOWN.contains(&word)
}

/// The list without quotes, with commas for blanks, and each word as it is spelt; `None` where one of
/// them may mean anything.
fn meant(value: &str) -> Option<String> {
    let words = value
        .split([',', ' ', ';', '|'])
        .map(|word| word.trim_matches(['"', '\'', ' ', '[', ']']))
        .filter(|word| !word.is_empty());
    let known = |word: &str| KNOWN.into_iter().find(|known| *known == word).or_else(|| suggest::closest(word, KNOWN));
    let mut out: Vec<&str> = Vec::new();
    for word in words {
        let word = known(&word.to_ascii_lowercase())?;
        if !out.contains(&word) {
            out.push(word);
        }
    }
    (!out.is_empty()).then(|| out.join(","))
}
