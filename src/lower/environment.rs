//! Variables of a service's `environment`, set and taken out in whichever spelling it has.

use crate::yaml::{Data, Map, Value};

/// Takes a variable out; an environment that is empty then goes too.
pub(super) fn remove(service: &mut Value, name: &str) {
    let Some(map) = service.as_map_mut() else { return };
    let Some(environment) = map.get_mut("environment") else { return };
    let is_empty = match &mut environment.data {
        Data::Map(entries) => {
            let had = entries.shift_remove(name).is_some();
            had && entries.is_empty()
        }
        Data::Seq(items) => {
            let before = items.len();
            items.retain(|item| !is_named(item, name));
            items.len() < before && items.is_empty()
        }
        _ => false,
    };
    if is_empty {
        map.shift_remove("environment");
    }
}

/// Sets a variable, in place of the value it has.
pub(super) fn set(service: &mut Value, name: &str, value: &str) {
    let Some(map) = service.as_map_mut() else { return };
    let environment = map.entry("environment".to_owned()).or_insert_with(|| Value::from(Data::Map(Map::new())));
    match &mut environment.data {
        Data::Seq(items) => {
            let item = Value::from(format!("{name}={value}").as_str());
            match items.iter_mut().find(|item| is_named(item, name)) {
                Some(old) => *old = item,
                None => items.push(item),
            }
        }
        Data::Map(entries) => {
            entries.insert(name.to_owned(), Value::from(value));
        }
        data => *data = Data::Map(Map::from([(name.to_owned(), Value::from(value))])),
    }
}

fn is_named(item: &Value, name: &str) -> bool {
    item.as_str().is_some_and(|text| text.split_once('=').map_or(text, |(name, _)| name) == name)
}
