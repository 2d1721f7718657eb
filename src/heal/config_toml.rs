//! Changes of config.toml in place: comments, order and blanks stay.

use ::toml_edit::{DocumentMut, Item, Table, value};
use serde_json::Value;

use super::Change;

/// The text with the changes in it.
///
/// # Errors
/// When the text is no TOML, or something else is where a change needs a table.
pub(super) fn edited(text: &str, changes: &[Change]) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| format!("it is no TOML: {}", error.message()))?;
    for change in changes {
        let Some((last, tables)) = change.key.split_last() else { continue };
        let mut table = document.as_table_mut() as &mut dyn toml_edit::TableLike;
        for name in tables {
            let inner = table.entry(name).or_insert_with(|| Item::Table(Table::new()));
            table = inner.as_table_like_mut().ok_or_else(|| format!("`{name}` is no table"))?;
        }
        match change.to.as_ref() {
            None => drop(table.remove(last)),
            Some(to) => put(table, last, item(to)?),
        }
    }
    Ok(document.to_string())
}

/// A value in the place of another keeps the comment behind it.
fn put(table: &mut dyn toml_edit::TableLike, key: &str, mut new: Item) {
    let old = table.get(key).and_then(Item::as_value).map(|old| old.decor().clone());
    if let (Some(decor), Some(new)) = (old, new.as_value_mut()) {
        *new.decor_mut() = decor;
    }
    match table.get_mut(key) {
        Some(place) => *place = new,
        None => drop(table.insert(key, new)),
    }
}

fn item(of: &Value) -> Result<Item, String> {
    match of {
        Value::Bool(flag) => Ok(value(*flag)),
        Value::String(text) => Ok(value(text.as_str())),
        other => Err(format!("`{other}` is no value for config.toml")),
    }
}
