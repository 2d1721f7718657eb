//! `count`: beside `device_ids`, and in words that are no number.
//!
//! Source: compose-go validation/validation.go, `checkDeviceRequest`, which looks at the keys alone (an
//! empty `device_ids` counts), and types/device.go, `DeviceCount.DecodeMapstructure` (v2.9.1).

use super::{Cx, Found, fix};
use crate::{
    compose::suggest,
    diag::{Applicability, Code, Edit, Fix, Label},
    yaml::{Value, edit},
};

/// A request that says both how many devices and which.
pub(super) const COUNT_AND_DEVICE_IDS: Code = Code::new("CG102");
/// A `count` that is neither a number nor `all`.
const UNREADABLE_COUNT: Code = Code::new("CG114");

pub(super) fn check(cx: &Cx<'_>, item: &Value) -> Vec<Found> {
    count_and_ids(cx, item).or_else(|| unreadable(cx, item)).into_iter().collect()
}

fn count_and_ids(cx: &Cx<'_>, item: &Value) -> Option<Found> {
    let (count, ids) = (item.get("count")?, item.get("device_ids")?);
    let name = cx.name;
    let message = format!("a GPU request of service `{name}` has both `count` and `device_ids`, which Compose refuses");
    let help = "remove `count`: the list says how many";
    let mut found = cx.error_at(COUNT_AND_DEVICE_IDS, message, count.place()?, count, help)?;
    found.finding.related.extend(ids.place().map(|span| Label::new(span, "the devices are named here")));
    found.finding.fix = drop_count(cx, item);
    Some(found)
}

fn drop_count(cx: &Cx<'_>, item: &Value) -> Option<Fix> {
    item.get("device_ids")?.as_seq().filter(|ids| !ids.is_empty())?;
    let mut edits: Vec<Edit> = Vec::new();
    for origin in &item.get("count")?.sources {
        let stop = item.sources.iter().find(|item| item.node.file == origin.node.file)?;
        edits.extend(edit::remove(cx.own_file(origin)?, origin.node.node, stop.node.node)?);
    }
    fix("remove `count` and keep `device_ids`", Applicability::Unsafe, Some(edits))
}

fn unreadable(cx: &Cx<'_>, item: &Value) -> Option<Found> {
    let count = item.get("count").filter(|count| count.hole.is_none() && !count.is_null())?;
    let text = count.scalar_text();
    let is_text = count.as_str().is_some();
    let is_read = |text: &String| text.eq_ignore_ascii_case("all") || text.parse::<i64>().is_ok();
    if text.as_ref().is_some_and(is_read) {
        return None;
    }
    let (is, fixed) = match text {
        Some(text) if text.is_empty() => ("is empty".to_owned(), None),
        Some(text) => {
            let is_short = is_text && text.chars().count() <= 4;
            let fixed = if text == "al" { Some("all") } else { suggest::closest(&text, ["all"]) };
            let fixed = fixed.filter(|_| is_short);
            (format!("is `{text}`"), fixed)
        }
        None => (format!("is {}", count.kind()), None),
    };
    let message = format!("the `count` of a GPU request of service `{}` {is}, neither a number nor `all`", cx.name);
    let help = match fixed {
        Some(word) => format!("did you mean `count: {word}`?"),
        None => "write how many GPUs, or `all`".to_owned(),
    };
    let mut found = cx.error(UNREADABLE_COUNT, message, count, &help)?;
    if let Some(word) = fixed {
        let edits = cx.edit(count, |file, origin| edit::replace(file, origin.node.node, word));
        found.finding.fix = fix(format!("write `count: {word}`"), Applicability::Safe, edits);
    }
    Some(found)
}
