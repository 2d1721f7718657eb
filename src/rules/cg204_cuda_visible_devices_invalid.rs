//! CUDA_VISIBLE_DEVICES that CUDA cannot read to its end.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, devices::CUDA_VISIBLE_DEVICES, fix};
use crate::{
    compose::variable,
    diag::{Applicability, Code, Fix, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG204"),
    name: "cuda-visible-devices-invalid",
    summary: "`CUDA_VISIBLE_DEVICES` holds something that CUDA stops reading at",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG204-cuda-visible-devices-invalid.md"),
    check: Check::Service(check),
};

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(entry) = variable(cx.service, CUDA_VISIBLE_DEVICES).filter(|entry| entry.node.hole.is_none()) else {
        return;
    };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    let Some(mistake) = mistake(value) else { return };
    let finding = sink.report(format!("`{CUDA_VISIBLE_DEVICES}={value}` {}", mistake.effect), place);
    finding.help = Some(match &mistake.instead {
        Instead::Nothing => "remove the variable: without it every GPU of the container is visible".into(),
        Instead::Value(value) => format!("write `{CUDA_VISIBLE_DEVICES}={value}`"),
        Instead::Unknown => "list numbers from 0 or UUIDs with commas between, as in `0,1`".into(),
    });
    let fix = match &mistake.instead {
        Instead::Nothing if fix::holds_variable(cx, entry.node) => None,
        Instead::Nothing => {
            fix::remove(cx, entry.node).map(|edits| (format!("remove `{CUDA_VISIBLE_DEVICES}`"), edits))
        }
        Instead::Value(value) => {
            fix::set_variable(cx, &entry, value).map(|edits| (format!("write `{CUDA_VISIBLE_DEVICES}={value}`"), edits))
        }
        Instead::Unknown => None,
    };
    finding.fix = fix.map(|(title, edits)| Fix { title, applicability: Applicability::Unsafe, edits });
}

struct Mistake {
    /// What the value does, as the end of a sentence.
    effect: String,
    instead: Instead,
}

enum Instead {
    Nothing,
    Value(String),
    Unknown,
}

/// Items are read as C's `strtoul` would: leading digits count, blanks around an item do not,
/// the first item without digits or below 0 ends the list, and a number twice empties it
/// (pytorch/pytorch#84879 and #92315, held against the driver there).
fn mistake(value: &str) -> Option<Mistake> {
    let value = value.trim();
    // Words that hide every GPU are meant to.
    if ["", "none", "void", "nodevfiles"].contains(&value.to_ascii_lowercase().as_str()) {
        return None;
    }
    if value.eq_ignore_ascii_case("all") {
        return Some(Mistake { effect: "hides every GPU: CUDA knows no `all`".into(), instead: Instead::Nothing });
    }
    let mut seen = Vec::new();
    for item in value.split(',').map(str::trim) {
        let digits = &item[..item.find(|c: char| !c.is_ascii_digit()).unwrap_or(item.len())];
        if item.starts_with('-') {
            return None;
        }
        if item.starts_with("GPU-") || item.starts_with("MIG-") {
            continue;
        }
        if digits.len() != item.len() || digits.is_empty() {
            return Some(unread(value, item, digits, &seen));
        }
        if seen.contains(&digits) {
            let effect = format!("hides every GPU: {digits} stands in it twice");
            return Some(Mistake { effect, instead: Instead::Unknown });
        }
        seen.push(digits);
    }
    None
}

/// The mistake of an item that is no number as a whole.
fn unread(value: &str, item: &str, digits: &str, seen: &[&str]) -> Mistake {
    let mut seen = seen.to_vec();
    seen.extend((!digits.is_empty()).then_some(digits));
    let effect = match seen.as_slice() {
        [] => format!("hides every GPU: CUDA stops reading at `{item}`"),
        [one] => format!("shows GPU {one} alone: CUDA stops reading inside `{item}`"),
        some => format!("shows GPUs {} alone: CUDA stops reading at `{item}`", some.join(", ")),
    };
    Mistake { effect, instead: list(value).map_or(Instead::Unknown, Instead::Value) }
}

/// The value with quotes off, ranges written out and blanks turned into commas, where that
/// leaves numbers alone.
pub(super) fn list(value: &str) -> Option<String> {
    let mut numbers = Vec::new();
    let value = value.trim_matches(['"', '\'']);
    for item in value.split([',', ' ']).filter(|item| !item.is_empty()) {
        let (first, last) = item.split_once('-').unwrap_or((item, item));
        let (first, last) = (first.parse::<u8>().ok()?, last.parse::<u8>().ok()?);
        numbers.extend((first..=last).map(|number| number.to_string()));
    }
    let is_good = !numbers.is_empty() && numbers.iter().enumerate().all(|(at, number)| !numbers[..at].contains(number));
    is_good.then(|| numbers.join(","))
}
