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

fn remove(value: &mut Value, path: &[String]) {
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
