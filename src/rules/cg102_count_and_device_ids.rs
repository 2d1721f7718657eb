//! A device request that says both how many GPUs and which.

use super::{Check, FixAvailability, RequestCx, Rule, Sink, fix};
use crate::{
    diag::{Applicability, Code, Fix, Label, Severity},
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG102"),
    name: "count-and-device-ids",
    summary: "a device request has both `count` and `device_ids`",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG102-count-and-device-ids.md"),
    check: Check::Request(check),
};

/// Compose looks at the keys alone: an empty `device_ids` counts (compose-go
/// validation/validation.go, v2.3.0; tried on Compose 2.40.3).
fn check(cx: &RequestCx<'_>, sink: &mut Sink<'_>) {
    let (Some(count), Some(ids)) = (cx.request.field("count"), cx.request.field("device_ids")) else { return };
    let Some(place) = count.place() else { return };
    let finding = sink.report(
        format!(
            "a GPU request of service `{}` has both `count` and `device_ids`, which Compose refuses",
            cx.service.name
        ),
        place,
    );
    finding.related.extend(ids.place().map(|span| Label::new(span, "the devices are named here")));
    finding.help = Some("remove `count`: the list says how many".into());
    if ids.as_seq().is_some_and(|ids: &[Value]| !ids.is_empty()) {
        finding.fix = fix::remove(cx.service, count).map(|edits| Fix {
            title: "remove `count` and keep `device_ids`".into(),
            applicability: Applicability::Unsafe,
            edits,
        });
    }
}
