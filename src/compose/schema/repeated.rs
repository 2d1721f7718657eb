//! Numbers that repeat a text.
//!
//! Compose's validator compares a number with every earlier item as a number, also where that is
//! a text: `["044", 44]` are equal, `[44, "044"]` are not (santhosh-tekuri/jsonschema v6.0.1,
//! recorded in fixtures/schema/joins.txt). A general validator never takes them for equal.

use super::path::Trail;
use crate::yaml::{Data, Map, Value};

/// The lists whose items are to differ and may be numbers or texts.
const LISTS: [&str; 3] = ["expose", "group_add", "ports"];

/// The lists that hold a text and behind it the same number, with the numbers' places in them.
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

/// The first number in a list that an earlier text is too.
fn repeated(items: &[Value]) -> Option<usize> {
    let is_number = |item: &Value| matches!(item.data, Data::Int(_) | Data::UInt(_) | Data::Float(_));
    if !items.iter().any(is_number) {
        return None;
    }
    let mut texts: Vec<f64> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match item.as_str() {
            Some(text) => texts.extend(number(text)),
            None if is_number(item)
                && item.scalar_text().and_then(|text| number(&text)).is_some_and(|value| texts.contains(&value)) =>
            {
                return Some(at);
            }
            None => {}
        }
    }
    None
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
