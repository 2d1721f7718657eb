//! `!reset` and `!override`: what an overlay takes away from the files before it.
//!
//! Source: compose-go loader/reset.go, `ResetProcessor.Apply` (v2.9.1): entries of mappings
//! go; items of lists stay, whatever the tag says.

use crate::yaml::{Cleared, Data, Value};

/// Takes the cleared paths out of what was merged so far.
pub(super) fn clear(model: &mut Value, cleared: &[Cleared]) {
    for cleared in cleared {
        remove(model, &cleared.path);
    }
}

/// The same for one service on its own, as a base that `extends` brings in.
pub(super) fn clear_service(service: &mut Value, name: &str, cleared: &[Cleared]) {
    for cleared in cleared {
        if let [services, service_name, rest @ ..] = cleared.path.as_slice()
            && services == "services"
            && service_name == name
        {
            remove(service, rest);
        }
    }
}

/// Takes one path out.
pub(super) fn remove(value: &mut Value, path: &[String]) {
    let Some((step, rest)) = path.split_first() else { return };
    match &mut value.data {
        Data::Map(map) if rest.is_empty() => {
            map.shift_remove(step);
        }
        Data::Map(map) => {
            if let Some(value) = map.get_mut(step) {
                remove(value, rest);
            }
        }
        _ => {}
    }
}
