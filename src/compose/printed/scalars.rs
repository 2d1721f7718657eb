//! The casts of single attributes: what Compose's own types make of a YAML value.

use super::{Form, order::sort};
use crate::{
    compose::{durations, words},
    yaml::{Data, Map, Value},
};

/// The data as it is printed, or what is wrong with the value as the end of a sentence.
pub(super) type Cast = Result<Data, String>;

fn expected(what: &str, value: &Value) -> Cast {
    Err(format!("{what} was expected, and this is {}", value.kind()))
}

/// Any value as Go prints it into a text.
fn go_text(value: &Value) -> String {
    match &value.data {
        Data::Map(map) => {
            let mut entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", go_text(value))).collect();
            entries.sort();
            format!("map[{}]", entries.join(" "))
        }
        Data::Seq(items) => format!("[{}]", items.iter().map(go_text).collect::<Vec<_>>().join(" ")),
        _ => value.scalar_text().unwrap_or_else(|| "<nil>".to_owned()),
    }
}

pub(super) fn text(value: &Value) -> Cast {
    value.scalar_text().map_or_else(|| expected("a string", value), |text| Ok(Data::String(text)))
}

/// YAML 1.1's booleans, which Compose takes in these places (compose-go loader/interpolate.go).
pub(super) fn flag(value: &Value) -> Cast {
    let word = match &value.data {
        Data::Bool(flag) => return Ok(Data::Bool(*flag)),
        Data::String(text) => text.to_lowercase(),
        _ => return expected("a boolean", value),
    };
    match word.as_str() {
        "true" | "y" | "yes" | "on" => Ok(Data::Bool(true)),
        "false" | "n" | "no" | "off" => Ok(Data::Bool(false)),
        _ => Err("it is no boolean".to_owned()),
    }
}

/// One more than a whole number of 64 bits with a sign holds.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

pub(super) fn whole(value: &Value) -> Cast {
    match &value.data {
        Data::Int(_) => Ok(value.data.clone()),
        // Go wraps a number that its 64 bits cannot hold, and has one word for a float beyond them.
        Data::UInt(number) => Ok(Data::Int(*number as i64)),
        Data::Float(number) if (-TWO_63..TWO_63).contains(number) => Ok(Data::Int(*number as i64)),
        Data::Float(_) => Ok(Data::Int(i64::MIN)),
        Data::String(text) => text.parse().map(Data::Int).map_err(|_| "it is no whole number".to_owned()),
        _ => expected("a whole number", value),
    }
}

pub(super) fn natural(value: &Value) -> Cast {
    match value.data {
        Data::UInt(_) => return Ok(value.data.clone()),
        Data::Float(number) if (TWO_63..2.0 * TWO_63).contains(&number) => return Ok(Data::UInt(number as u64)),
        Data::Float(number) if number >= TWO_63 => return Ok(Data::UInt(1 << 63)),
        _ => {}
    }
    match whole(value)? {
        Data::Int(..0) => Err("it is below zero".to_owned()),
        data => Ok(data),
    }
}

pub(super) fn small(value: &Value, mask: i64) -> Cast {
    match natural(value)? {
        _ if value.as_str().is_some() => expected("a number", value),
        Data::Int(number) => Ok(Data::Int(number & mask)),
        Data::UInt(number) => Ok(Data::Int(number as i64 & mask)),
        data => Ok(data),
    }
}

pub(super) fn strict(value: &Value) -> Cast {
    match &value.data {
        Data::Int(_) | Data::String(_) => text(value),
        _ => expected("a string", value),
    }
}

/// Compose keeps these in 32 bits: `0.30000001` is printed as `0.3`.
pub(super) fn decimal(value: &Value) -> Cast {
    let number = match &value.data {
        Data::Int(number) => *number as f32,
        Data::UInt(number) => *number as f32,
        Data::Float(number) => *number as f32,
        Data::String(text) => durations::parse_float(text).ok_or("it is no number")? as f32,
        _ => return expected("a number", value),
    };
    let shortest: f64 = number.to_string().parse().expect("a printed number can be read");
    let is_whole = shortest.fract() == 0.0 && shortest.abs() < 9e15;
    Ok(if is_whole { Data::Int(shortest as i64) } else { Data::Float(shortest) })
}

pub(super) fn bytes(value: &Value) -> Cast {
    let bytes = match &value.data {
        Data::Int(number) => *number,
        Data::UInt(number) => *number as i64,
        Data::String(text) => durations::parse_size(text)?,
        // Compose has no case for a float here and leaves the zero that it began with.
        Data::Float(_) => 0,
        _ => return expected("a size", value),
    };
    Ok(Data::String(bytes.to_string()))
}

pub(super) fn duration(value: &Value) -> Cast {
    let text = value.scalar_text().unwrap_or_default();
    durations::parse_duration(&text).map(|duration| Data::String(durations::print_duration(duration)))
}

pub(super) fn mode(value: &Value) -> Cast {
    let mode = match &value.data {
        Data::Int(mode) => *mode,
        Data::String(text) => i64::from_str_radix(text, 8).map_err(|_| "its digits are not octal".to_owned())?,
        _ => return expected("an octal mode", value),
    };
    Ok(Data::String(format!("0{mode:o}")))
}

/// A count of devices; all of them are -1.
pub(super) fn count(value: &Value) -> Cast {
    match &value.data {
        Data::Int(_) | Data::UInt(_) => Ok(value.data.clone()),
        Data::String(text) if text.eq_ignore_ascii_case("all") => Ok(Data::Int(-1)),
        Data::String(text) => {
            text.parse().map(Data::Int).map_err(|_| "only `all` or a number may stand here".to_owned())
        }
        _ => expected("`all` or a number", value),
    }
}

fn strings(items: impl IntoIterator<Item = String>) -> Data {
    Data::Seq(items.into_iter().map(|item| Value::from(Data::String(item))).collect())
}

pub(super) fn texts(value: &Value) -> Cast {
    match value.as_seq() {
        Some(items) => Ok(strings(items.iter().filter_map(Value::scalar_text))),
        None => text(value).map(|text| Data::Seq(vec![text.into()])),
    }
}

pub(super) fn words(value: &Value) -> Cast {
    match value.as_str() {
        Some(line) => words::split(line).map(strings).map_err(ToOwned::to_owned),
        None => texts(value),
    }
}

pub(super) fn health_test(value: &Value) -> Cast {
    match value.as_str() {
        Some(line) => Ok(strings(["CMD-SHELL".to_owned(), line.to_owned()])),
        None => texts(value),
    }
}

/// Keys with values, from either spelling. A key without a value has null, or an empty one.
pub(super) fn pairs(value: &Value, keeps_null: bool, form: Form) -> Cast {
    let empty = || if keeps_null { Data::Null } else { Data::String(String::new()) };
    let mut map = Map::new();
    match &value.data {
        Data::Map(entries) => {
            for (key, entry) in entries {
                let data = if entry.is_null() { empty() } else { Data::String(go_text(entry)) };
                map.insert(key.clone(), entry.with_data(data));
            }
        }
        Data::Seq(items) => {
            for item in items {
                let pair = item.scalar_text().unwrap_or_default();
                let (key, data) = match pair.split_once('=') {
                    Some((key, text)) => (key, Data::String(text.to_owned())),
                    None => (pair.as_str(), empty()),
                };
                if keeps_null && key.ends_with(char::is_whitespace) {
                    return Err(format!("the variable `{}` is written with a blank behind it", key.trim_end()));
                }
                map.insert(key.to_owned(), item.with_data(data));
            }
        }
        _ => return expected("a mapping", value),
    }
    Ok(Data::Map(sort(map.into_iter().collect(), form).into_iter().collect()))
}

pub(super) fn multi_options(value: &Value, form: Form) -> Cast {
    let Some(map) = value.as_map() else { return expected("a mapping", value) };
    let values = |entry: &Value| match entry.as_seq() {
        Some(items) => strings(items.iter().filter_map(Value::scalar_text)),
        None => strings([go_text(entry)]),
    };
    let is_filled = |(_, entry): &(&String, &Value)| entry.as_seq().is_none_or(|items| !items.is_empty());
    let entries = map.iter().filter(is_filled);
    let entries = entries.map(|(key, entry)| (key.clone(), entry.with_data(values(entry)))).collect();
    Ok(Data::Map(sort(entries, form).into_iter().collect()))
}

/// One number for both, or a soft and a hard one. Zero is no number to Compose: it prints the
/// pair, and JSON leaves zeros out of that. On a half that is any other number it crashes (compose-go
/// types/types.go, `UlimitsConfig.DecodeMapstructure`, v2.9.1).
pub(super) fn ulimit(value: &Value, form: Form) -> Cast {
    let number = |value: Option<&Value>| value.and_then(Value::as_int).unwrap_or(0);
    let single = number(Some(value));
    if single != 0 {
        return Ok(Data::Int(single));
    }
    if value.as_map().is_none() && value.as_int().is_none() {
        return expected("a number", value);
    }
    let is_odd = |half: &Value| matches!(half.data, Data::UInt(_) | Data::Float(_));
    if let Some(half) = ["soft", "hard"].into_iter().find(|half| value.get(half).is_some_and(is_odd)) {
        return Err(format!("its `{half}` is not written as a whole number below 2^63, on which Compose crashes"));
    }
    let pair = ["soft", "hard"].map(|key| (key, number(value.get(key))));
    let shown = pair.into_iter().filter(|(_, number)| form == Form::Yaml || *number != 0);
    Ok(Data::Map(shown.map(|(key, number)| (key.to_owned(), Data::Int(number).into())).collect()))
}

/// Keys of an agent in the order of their names: `default`, `id: path`.
pub(super) fn ssh(value: &Value) -> Cast {
    let Some(map) = value.as_map() else { return expected("a mapping", value) };
    let mut keys: Vec<_> = map.iter().collect();
    keys.sort_by_key(|(id, _)| id.as_str());
    Ok(strings(keys.into_iter().map(|(id, path)| match path.as_str() {
        None if path.as_map().is_some() => format!("{id}: {}", go_text(path)),
        None | Some("") => id.clone(),
        Some(path) => format!("{id}: {path}"),
    })))
}

/// Host names with addresses, `name=address`, sorted.
pub(super) fn hosts(value: &Value) -> Cast {
    let mut pairs = Vec::new();
    match &value.data {
        Data::Map(map) => {
            for (host, address) in map {
                if address.as_map().is_some() {
                    return expected("an address", address);
                }
                let addresses = address.as_seq().unwrap_or(std::slice::from_ref(address));
                let texts = addresses.iter().map(|address| address.scalar_text().unwrap_or_default());
                pairs.extend(texts.map(|address| (host.clone(), address)));
            }
        }
        Data::Seq(items) => {
            for item in items {
                let item = item.scalar_text().unwrap_or_default();
                let Some((host, addresses)) = item.split_once('=').or_else(|| item.split_once(':')) else {
                    return Err(format!("`{item}` names no address"));
                };
                pairs.extend(addresses.split(',').map(|address| (host.to_owned(), address.to_owned())));
            }
        }
        _ => return expected("a mapping", value),
    }
    if let Some((host, _)) = pairs.iter().find(|(host, _)| host.is_empty() || host.contains([':', '='])) {
        return Err(format!("`{host}` is no host name"));
    }
    let bare = |address: &str| match address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) if !inner.is_empty() => inner.to_owned(),
        _ => address.to_owned(),
    };
    let mut list: Vec<String> = pairs.iter().map(|(host, address)| format!("{host}={}", bare(address))).collect();
    list.sort();
    Ok(strings(list))
}
