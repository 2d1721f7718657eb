//! Lists of requests that are written as something else: one request without its dash, one request cut
//! into several items, `gpus` as `docker run` has it.

use super::{Cx, Found, fix};
use crate::{
    diag::{Applicability, Code, Label},
    yaml::{Data, Value, edit, reshape},
};

/// A request whose indentation or dashes are wrong.
const MISINDENTED: Code = Code::new("CG105");
/// `gpus` with a value that only `docker run` takes.
const GPUS_SCALAR: Code = Code::new("CG113");

pub(super) fn check(cx: &Cx<'_>, list: &Value) -> Option<Found> {
    let is_gpus = list.key_span().is_some() && cx.service.get("gpus").is_some_and(|gpus| std::ptr::eq(gpus, list));
    match &list.data {
        Data::Map(map) if map.is_empty() => None,
        Data::Map(_) => without_dash(cx, list, if is_gpus { "gpus" } else { "devices" }),
        Data::Seq(items) if is_gpus && items.iter().any(|item| item.as_map().is_none()) => words(cx, list, items),
        Data::Seq(items) => cut(cx, list, items, is_gpus),
        Data::Null => None,
        _ if is_gpus => scalar(cx, list),
        _ => None,
    }
}

fn without_dash(cx: &Cx<'_>, map: &Value, key: &str) -> Option<Found> {
    let message = format!("the GPU request of service `{}` is a mapping where `{key}` has to be a list", cx.name);
    let place = map.place()?;
    let mut found = cx.error_at(MISINDENTED, message, place, map, "put a `- ` before its first key")?;
    let edits = cx.edit(map, |file, origin| reshape::as_only_item(file, origin.node.node));
    found.finding.fix = fix("make it the item of a list", Applicability::Safe, edits);
    Some(found)
}

/// Items that have no key in common, of which one says nothing that a request can do without.
fn cut(cx: &Cx<'_>, list: &Value, items: &[Value], is_gpus: bool) -> Option<Found> {
    let keys: Vec<&String> = items.iter().filter_map(Value::as_map).flat_map(|item| item.keys()).collect();
    let is_once = |key: &&String| keys.iter().filter(|other| other == &key).count() == 1;
    let is_part = |item: &Value| match is_gpus {
        true => item.get("count").is_none() && item.get("device_ids").is_none(),
        false => item.get("capabilities").is_none(),
    };
    let is_whole = |item: &Value| item.as_map().is_none_or(|item| item.len() > 2);
    if items.len() < 2 || !keys.iter().all(is_once) || !items.iter().any(is_part) || items.iter().any(is_whole) {
        return None;
    }
    let second = items.get(1)?;
    let effect = if is_gpus { "each of which Compose takes for one" } else { "which Compose refuses" };
    let message = format!("the GPU request of service `{}` is cut into {} list items, {effect}", cx.name, items.len());
    let help = "keep one `- `, before the first key, and put the other keys below it";
    let mut found = cx.error(MISINDENTED, message, second, help)?;
    found.covers = items.iter().filter_map(Value::span).collect();
    found.finding.related.extend(items[0].span().map(|span| Label::new(span, "the request begins here")));
    let edits = cx.edit(list, |file, origin| reshape::join_items(file, origin.node.node));
    let applicability = if is_gpus { Applicability::Unsafe } else { Applicability::Safe };
    found.finding.fix = fix("make one item of them", applicability, edits);
    Some(found)
}

/// `gpus: 1`, `gpus: device=0`.
fn scalar(cx: &Cx<'_>, gpus: &Value) -> Option<Found> {
    if gpus.hole.is_some() {
        return None;
    }
    let text = gpus.scalar_text()?;
    if text == "all" {
        return None;
    }
    let meant = from_flag(gpus, &text);
    let effect = match meant {
        Some(_) => "which only `docker run --gpus` takes",
        None => "and Compose takes `all` or a list of requests",
    };
    let message = format!("`gpus` of service `{}` is `{text}`, {effect}", cx.name);
    let help = match &meant {
        Some((yaml, _)) => format!("write `gpus: {yaml}`"),
        None => "write `gpus: all`, or a list of requests such as `- count: 1`".to_owned(),
    };
    let mut found = cx.error(GPUS_SCALAR, message, gpus, &help)?;
    if let Some((yaml, applicability)) = meant {
        let edits = cx.edit(gpus, |file, origin| edit::replace(file, origin.node.node, &yaml));
        found.finding.fix = fix(format!("write `gpus: {yaml}`"), applicability, edits);
    }
    Some(found)
}

/// What a value of `docker run --gpus` is in a Compose file (docker/cli opts/gpus.go: `all`, a count, or
/// `device=` with ids).
fn from_flag(gpus: &Value, text: &str) -> Option<(String, Applicability)> {
    let text = text.trim().trim_matches(['"', '\'']);
    if let Some(ids) = text.strip_prefix("device=") {
        let ids: Vec<String> = ids.split(',').map(|id| format!("\"{}\"", id.trim())).collect();
        let is_plain = ids.iter().all(|id| id.len() > 2 && !id.contains('='));
        return is_plain.then(|| (format!("[{{device_ids: [{}]}}]", ids.join(", ")), Applicability::Safe));
    }
    match text.parse::<u32>() {
        Ok(0) => None,
        Ok(count) => Some((format!("[{{count: {count}}}]"), Applicability::Safe)),
        Err(_) if text.eq_ignore_ascii_case("all") => Some(("all".to_owned(), Applicability::Safe)),
        Err(_) if gpus.as_bool() == Some(true) => Some(("all".to_owned(), Applicability::Unsafe)),
        Err(_) => None,
    }
}

/// `gpus: [all]`, `gpus: ["0"]`: words where requests have to stand.
fn words(cx: &Cx<'_>, gpus: &Value, items: &[Value]) -> Option<Found> {
    let texts: Vec<String> = items.iter().map(Value::scalar_text).collect::<Option<_>>()?;
    if texts.is_empty() || items.iter().any(|item| item.hole.is_some()) {
        return None;
    }
    let message = format!("`gpus` of service `{}` lists words, and Compose takes requests alone", cx.name);
    let is_ids = texts.iter().all(|text| text.parse::<u32>().is_ok() || text.starts_with("GPU-"));
    let ids: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    let yaml = match texts.as_slice() {
        [one] if one == "all" => Some("all".to_owned()),
        _ if is_ids => Some(format!("[{{device_ids: [{}]}}]", ids.join(", "))),
        _ => None,
    };
    let help = match &yaml {
        Some(yaml) => format!("write `gpus: {yaml}`"),
        None => "write `gpus: all`, or a list of requests such as `- count: 1`".to_owned(),
    };
    let mut found = cx.error_at(GPUS_SCALAR, message, gpus.place()?, gpus, &help)?;
    let applicability = if is_ids { Applicability::Unsafe } else { Applicability::Safe };
    if let Some(yaml) = yaml {
        let edits = cx.edit(gpus, |file, origin| edit::replace(file, origin.node.node, &yaml));
        found.finding.fix = fix(format!("write `gpus: {yaml}`"), applicability, edits);
    }
    Some(found)
}
