//! A version of an AMD GPU that ROCm cannot read.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, fix};
use crate::{
    compose::variable,
    diag::{Applicability, Code, Fix, Severity},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG408"),
    name: "gfx-version-invalid",
    summary: "`HSA_OVERRIDE_GFX_VERSION` holds no version that ROCm reads",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG408-gfx-version-invalid.md"),
    check: Check::Service(check),
};

const GFX_VERSION: &str = "HSA_OVERRIDE_GFX_VERSION";

/// The largest major, minor and stepping (ROCm/ROCR-Runtime libhsakmt `src/topology.c`).
const MOST: [u32; 3] = [63, 255, 255];

fn check(cx: &ServiceCx<'_>, sink: &mut Sink<'_>) {
    let Some(entry) = variable(cx.service, GFX_VERSION).filter(|entry| entry.node.hole.is_none()) else { return };
    let (Some(value), Some(place)) = (entry.value.as_deref(), entry.node.place()) else { return };
    if is_version(value) {
        return;
    }
    if value.is_empty() {
        let finding = sink.report(
            format!(
                "`{GFX_VERSION}` of service `{}` is empty: ROCm takes that for a version, and finds no GPU",
                cx.name
            ),
            place,
        );
        finding.severity = Severity::Warning;
        finding.help = Some(format!("pass it on only where it is set: `- {GFX_VERSION}`, without `=`"));
        return;
    }
    let finding = sink
        .report(format!("`{GFX_VERSION}={value}` of service `{}` is no version: ROCm finds no GPU", cx.name), place);
    let meant = meant(value);
    finding.help = Some(match &meant {
        Some(meant) => format!("write `{meant}`"),
        None => "write it as MAJOR.MINOR.STEPPING: `10.3.0` for gfx1030".into(),
    });
    finding.fix = meant.and_then(|meant| {
        let edits = fix::set_variable(cx, &entry, &meant)?;
        Some(Fix { title: format!("write `{GFX_VERSION}={meant}`"), applicability: Applicability::Unsafe, edits })
    });
}

/// Three numbers with dots between. Blanks before a number are read over.
fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |(part, most): (&&str, u32)| part.trim_start().parse().is_ok_and(|number: u32| number <= most);
    parts.len() == MOST.len() && parts.iter().zip(MOST).all(is_number)
}

/// `gfx1030` is 10.3.0, and `gfx90a` is 9.0.10: the last two digits are hexadecimal. Quotes of a list's item are part
/// of the value.
fn meant(text: &str) -> Option<String> {
    let plain = text.trim().trim_matches(['"', '\'']);
    if is_version(plain) {
        return Some(plain.to_owned());
    }
    let name = plain.to_ascii_lowercase();
    let name = name.strip_prefix("gfx").unwrap_or(&name);
    if !(3..=4).contains(&name.len()) || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let (major, rest) = name.split_at(name.len() - 2);
    let major: u32 = major.parse().ok()?;
    let digit = |at: usize| rest.get(at..=at).and_then(|digit| u32::from_str_radix(digit, 16).ok());
    Some(format!("{major}.{}.{}", digit(0)?, digit(1)?))
}
