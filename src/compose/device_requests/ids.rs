//! `device_ids` that are no list of texts, and lists that one text stands for.

use super::{Cx, Found, fix};
use crate::{
    diag::{Applicability, Code, Edit, Severity},
    yaml::{Data, Value, edit, emit, reshape},
};

/// Ids of a wrong type, or several in one text.
const DEVICE_IDS_TYPE: Code = Code::new("CG118");

pub(super) fn check(cx: &Cx<'_>, item: &Value) -> Vec<Found> {
    let Some(ids) = item.get("device_ids").filter(|ids| ids.hole.is_none()) else { return Vec::new() };
    match &ids.data {
        Data::Seq(items) => {
            let each = |id| joined(cx, id).or_else(|| path(cx, id)).or_else(|| bare_uuid(cx, id));
            numbers(cx, ids, items).into_iter().chain(items.iter().filter_map(each)).collect()
        }
        Data::Map(_) | Data::Null => Vec::new(),
        _ => alone(cx, ids).into_iter().collect(),
    }
}

/// Ids without quotes: all of a list are one mistake.
fn numbers(cx: &Cx<'_>, ids: &Value, items: &[Value]) -> Option<Found> {
    let is_bare = |id: &&Value| id.hole.is_none() && matches!(id.data, Data::Int(_) | Data::UInt(_));
    let bare: Vec<&Value> = items.iter().filter(is_bare).collect();
    let first = bare.first()?;
    let message = format!("`device_ids` of service `{}` holds numbers, and Compose takes texts alone", cx.name);
    let mut found = cx.error(DEVICE_IDS_TYPE, message, first, "put each id in quotes")?;
    found.covers = ids.span().into_iter().collect();
    let quote = |id: &&Value| {
        let text = format!("\"{}\"", id.scalar_text()?);
        cx.edit(id, |file, origin| edit::replace(file, origin.node.node, &text))
    };
    let edits: Option<Vec<Vec<Edit>>> = bare.iter().map(quote).collect();
    found.finding.fix = fix("put the ids in quotes", Applicability::Safe, edits.map(|edits| edits.concat()));
    Some(found)
}

/// `device_ids: "0"`: the list is missing.
fn alone(cx: &Cx<'_>, ids: &Value) -> Option<Found> {
    let texts = split(&ids.scalar_text()?);
    let message = format!("`device_ids` of service `{}` is {} where Compose takes a list", cx.name, ids.kind());
    let list = format!("[{}]", texts.join(", "));
    let mut found = cx.error(DEVICE_IDS_TYPE, message, ids, &format!("write `device_ids: {list}`"))?;
    let edits = cx.edit(ids, |file, origin| edit::replace(file, origin.node.node, &list));
    found.finding.fix = fix(format!("write `{list}`"), Applicability::Safe, edits.filter(|_| !texts.is_empty()));
    Some(found)
}

/// `"0,1"`: the hook reads the ids joined by commas, so it works there; as a CDI name it is one device
/// that no host has. A variable can hand over a list in no other way.
fn joined(cx: &Cx<'_>, id: &Value) -> Option<Found> {
    let text = id.as_str().filter(|text| id.hole.is_none() && text.contains(','))?;
    if cx.project.holds_variable(id) {
        return None;
    }
    let texts = split(text);
    let message = format!(
        "`{text}` in `device_ids` of service `{}` is one id to the engine, and works only by accident",
        cx.name
    );
    let mut found = cx.error(DEVICE_IDS_TYPE, message, id, &format!("write an item for each: {}", texts.join(", ")))?;
    found.finding.severity = Severity::Warning;
    let edits =
        cx.edit(id, |file, origin| (texts.len() > 1).then(|| reshape::replace_item(file, origin.node.node, &texts))?);
    found.finding.fix = fix("write an item for each id", Applicability::Safe, edits);
    Some(found)
}

/// What other programs put before an index: PyTorch, TensorFlow, and `docker run --gpus`.
const FOREIGN: [&str; 3] = ["cuda:", "gpu:", "device="];

/// `/dev/nvidia1`: a node is no id, nor is `cuda:0`.
fn path(cx: &Cx<'_>, id: &Value) -> Option<Found> {
    let text = id.as_str().filter(|_| id.hole.is_none())?;
    let lower = text.to_ascii_lowercase();
    let foreign = FOREIGN.iter().find_map(|begin| lower.strip_prefix(begin));
    if foreign.is_none() && !text.starts_with('/') {
        return None;
    }
    let index = foreign.or(text.strip_prefix("/dev/nvidia")).filter(|index| index.parse::<u8>().is_ok());
    let what = if foreign.is_some() { "is another program's name for a GPU" } else { "is a path" };
    let message = format!("`{text}` in `device_ids` of service `{}` {what}, and no GPU has such an id", cx.name);
    let help = match index {
        Some(index) => format!("write the GPU's index: \"{index}\""),
        None => "name the GPU by its index or UUID, as `nvidia-smi -L` shows them".to_owned(),
    };
    let mut found = cx.error(DEVICE_IDS_TYPE, message, id, &help)?;
    let edits = index
        .filter(|_| !cx.project.holds_variable(id))
        .and_then(|index| cx.edit(id, |file, origin| edit::replace(file, origin.node.node, &format!("\"{index}\""))));
    found.finding.fix = fix("write the GPU's index", Applicability::Unsafe, edits);
    Some(found)
}

/// A UUID as `nvidia-smi -L` shows it, without the `GPU-` before it.
fn bare_uuid(cx: &Cx<'_>, id: &Value) -> Option<Found> {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let text = id.as_str().filter(|_| id.hole.is_none())?;
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = parts.iter().map(|part| part.len()).eq(LENGTHS) && parts.iter().all(|part| is_hex(part));
    if !is_uuid {
        return None;
    }
    let meant = format!("GPU-{text}");
    let message = format!("`{text}` in `device_ids` of service `{}` lacks the `GPU-` of a GPU's id", cx.name);
    let mut found = cx.error(DEVICE_IDS_TYPE, message, id, &format!("write `{meant}`"))?;
    let edits = Some(())
        .filter(|()| !cx.project.holds_variable(id))
        .and_then(|()| cx.edit(id, |file, origin| edit::replace(file, origin.node.node, &format!("\"{meant}\""))));
    found.finding.fix = fix(format!("write `{meant}`"), Applicability::Unsafe, edits);
    Some(found)
}

/// The ids of a text with commas, as YAML in quotes.
fn split(text: &str) -> Vec<String> {
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
    ids.map(|id| if id.contains(['"', '\\']) { emit::scalar(id) } else { format!("\"{id}\"") }).collect()
}
