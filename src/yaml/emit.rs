//! Writing YAML: block style, two spaces, and quotes around every string that Compose could
//! read as anything else.

use super::Value;

/// The value as a YAML document, with a line break at its end.
pub fn to_yaml(value: &Value) -> String {
    let _ = value;
    String::new()
}

/// The value as JSON, keys in its order.
pub fn to_json(value: &Value) -> serde_json::Value {
    let _ = value;
    serde_json::Value::Null
}

/// A string as a YAML scalar of one line: plain where that reads back as the same string,
/// quoted else.
pub fn scalar(text: &str) -> String {
    text.to_owned()
}
