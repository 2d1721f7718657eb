//! Numbers that repeat a text.
//!
//! Compose's validator compares a number with every earlier item as a number, also where that is
//! a text: `["044", 44]` are equal, `[44, "044"]` are not, and so it is inside of mappings
//! (santhosh-tekuri/jsonschema v6.0.1; recorded in fixtures/merge, `group-add-…` and `…-repeated`).
//! Other validators never take them for equal.

use std::collections::HashMap;

use super::path::Trail;
use crate::yaml::{Data, Map, Value};

/// The lists whose items are to differ and may be numbers or hold some.
const LISTS: [&str; 3] = ["expose", "group_add", "ports"];

/// The lists that hold a text and behind it the same number, with the later item's place in them.
pub(super) fn numbers(model: &Value) -> Vec<(Trail<'_>, usize)> {
    let services = model.get("services").and_then(Value::as_map).into_iter().flat_map(Map::keys);
    let mut found = Vec::new();
    for service in services {
        for list in LISTS {
            let trail = Trail::of_keys(model, &["services", service, list]);
            let repeated = trail.node().as_seq().and_then(repeated);
            found.extend(repeated.map(|at| (trail, at)));
        }
    }
    found
}

/// The first item in a list whose numbers are an earlier item's texts.
fn repeated(items: &[Value]) -> Option<usize> {
    if !items.iter().any(has_number) {
        return None;
    }
    let mut alike: HashMap<String, Vec<&Value>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        let earlier = alike.entry(blurred(item)).or_default();
        if has_number(item) && earlier.iter().any(|earlier| item != *earlier && is_equal(item, earlier)) {
            return Some(at);
        }
        earlier.push(item);
    }
    None
}

fn is_number(item: &Value) -> bool {
    matches!(item.data, Data::Int(_) | Data::UInt(_) | Data::Float(_))
}

fn has_number(item: &Value) -> bool {
    is_number(item) || item.as_map().is_some_and(|map| map.values().any(has_number))
}

/// A text that is the same for all items that may be equal.
fn blurred(item: &Value) -> String {
    match &item.data {
        Data::Map(map) => {
            let mut parts: Vec<String> = map.iter().map(|(key, value)| format!("{key}\0{}", blurred(value))).collect();
            parts.sort();
            parts.join("\0")
        }
        _ => {
            let text = item.scalar_text().unwrap_or_default();
            number(&text).map_or(text, |value| value.to_string())
        }
    }
}

/// Whether the later item is equal to the earlier one.
fn is_equal(later: &Value, earlier: &Value) -> bool {
    match (&later.data, &earlier.data) {
        (Data::Map(map), Data::Map(other)) => {
            map.len() == other.len()
                && map.iter().all(|(key, value)| other.get(key).is_some_and(|other| is_equal(value, other)))
        }
        _ if is_number(later) => {
            let value = |item: &Value| item.scalar_text().and_then(|text| number(&text));
            value(later).is_some_and(|number| value(earlier) == Some(number))
        }
        (data, other) => data == other,
    }
}

/// A text as Go reads a number of any kind: decimal with leading zeros, a fraction and an
/// exponent, or whole with a prefix (math/big, `Rat.SetString`).
fn number(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.replace('_', "");
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(prefix, radix)| {
        let whole = digits.to_ascii_lowercase();
        u32::from_str_radix(whole.strip_prefix(prefix)?, radix).ok()
    });
    let is_decimal = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let decimal = || digits.parse::<f64>().ok().filter(|_| is_decimal);
    prefixed.map(f64::from).or_else(decimal).map(|value| sign * value)
}
