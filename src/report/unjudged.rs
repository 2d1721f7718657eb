//! What could not be judged, for people: each reason once, with the rules that it keeps from judging.

use super::{
    Look, Report,
    wrapped::{WIDTH, line, wrapped},
};

/// The lines; none where all was judged.
pub(super) fn unjudged(report: &Report<'_>, look: Look) -> String {
    let mut out = String::new();
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for one in report.skipped {
        let rule = format!("{} {}", one.code, report.name_of(one.code));
        match reasons.iter_mut().find(|(reason, _)| *reason == one.reason) {
            Some((_, rules)) => rules.push(rule),
            None => reasons.push((&one.reason, vec![rule])),
        }
    }
    for (reason, rules) in reasons {
        match rules.as_slice() {
            [only] => line(&mut out, &format!("not judged: {only}: {reason}")),
            many => {
                line(&mut out, &format!("not judged: {reason}"));
                wrapped(&mut out, "  ", &many.join(", "), look.width.unwrap_or(WIDTH));
            }
        }
    }
    out
}
