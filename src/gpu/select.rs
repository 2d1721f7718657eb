//! Which devices the values of a request mean.

use std::num::NonZeroU32;

use super::{DeviceId, DeviceSelector};
use crate::{
    compose::EnvironmentEntry,
    yaml::{Data, Value},
};

/// `device_ids` and `count` of a reservation or a `gpus` item. With neither, Compose from
/// 2.30 on asks for all (compose-go transform/devices.go, 173c5d6).
pub(super) fn from_item(item: &Value) -> DeviceSelector {
    match item.get("device_ids") {
        Some(ids) if ids.as_seq().is_some_and(|ids| !ids.is_empty()) => from_ids(ids.as_seq().unwrap_or_default()),
        _ => from_count(item.get("count")),
    }
}

fn from_ids(items: &[Value]) -> DeviceSelector {
    if let Some(text) = items.iter().find_map(unresolved) {
        return DeviceSelector::Unresolved(text);
    }
    let texts: Vec<String> = items.iter().filter_map(Value::scalar_text).collect();
    // One item may hold several ids: the engine joins the list with commas anyway.
    let ids: Vec<&str> =
        texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.contains(&"all") {
        return DeviceSelector::All;
    }
    DeviceSelector::Ids(ids.into_iter().map(DeviceId::parse).collect())
}

/// A `count`: a number, a number as text, or `all` in any case.
pub(super) fn from_count(count: Option<&Value>) -> DeviceSelector {
    let Some(count) = count.filter(|count| !count.is_null()) else { return DeviceSelector::All };
    if let Some(text) = unresolved(count) {
        return DeviceSelector::Unresolved(text);
    }
    let text = count.scalar_text().unwrap_or_default();
    if text.eq_ignore_ascii_case("all") {
        return DeviceSelector::All;
    }
    match text.parse::<i64>() {
        Ok(-1) => DeviceSelector::All,
        Ok(0) => DeviceSelector::None,
        Ok(number) => match u32::try_from(number).ok().and_then(NonZeroU32::new) {
            Some(number) => DeviceSelector::Count(number),
            None => DeviceSelector::Unreadable(text),
        },
        Err(_) => DeviceSelector::Unreadable(text),
    }
}

/// NVIDIA_VISIBLE_DEVICES. Any `all`, `none` or `void` in the list decides the whole of it
/// (NVIDIA Container Toolkit internal/config/image, v1.20.0).
pub(super) fn from_visible_devices(entry: Option<&EnvironmentEntry<'_>>) -> DeviceSelector {
    let Some(entry) = entry else { return DeviceSelector::Void };
    let Some(value) = &entry.value else {
        return DeviceSelector::Unresolved(format!("${{{}}}", entry.name));
    };
    if let Some(hole) = &entry.node.hole {
        return DeviceSelector::Unresolved(format!("${{{}}}", hole.variables.join(", ")));
    }
    let ids: Vec<&str> = value.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    match () {
        () if ids.is_empty() || ids.contains(&"void") => DeviceSelector::Void,
        () if ids.contains(&"all") => DeviceSelector::All,
        () if ids.contains(&"none") => DeviceSelector::None,
        () => DeviceSelector::Ids(ids.into_iter().map(DeviceId::parse).collect()),
    }
}

/// Whether a value is text with a variable that has no value.
fn unresolved(value: &Value) -> Option<String> {
    value.hole.as_ref()?;
    match &value.data {
        Data::String(text) if text.is_empty() => {
            let names = value.hole.as_ref().map(|hole| hole.variables.join(", ")).unwrap_or_default();
            Some(format!("${{{names}}}"))
        }
        _ => value.scalar_text(),
    }
}
