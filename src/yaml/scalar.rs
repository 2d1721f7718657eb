//! What a scalar means: the types that Go's YAML library gives to plain text.
//!
//! Source: go.yaml.in/yaml/v3 resolve.go, which Compose 2.40.3 links.

use std::borrow::Cow;

use super::{
    number,
    tree::{Node, NodeKind, ScalarStyle},
    value::{Data, Value},
};

/// The data of a scalar; an error where its tag asks for what the text is not.
pub(super) fn data(kind: &NodeKind, tag: Option<&str>) -> Result<Data, String> {
    let NodeKind::Scalar { text, style } = kind else { return Ok(Data::Null) };
    let tag = tag.and_then(short);
    match tag.as_deref() {
        None if *style == ScalarStyle::Plain => Ok(plain(text, true)),
        None => Ok(Data::String(text.clone())),
        Some("!!str") => Ok(Data::String(text.clone())),
        Some("!!null") if text.is_empty() || plain(text, false) == Data::Null => Ok(Data::Null),
        Some("!!bool") => expect(text, "!!bool", |data| matches!(data, Data::Bool(_))),
        Some("!!int") => expect(text, "!!int", |data| matches!(data, Data::Int(_) | Data::UInt(_))),
        Some("!!float") => match plain(text, false) {
            Data::Int(value) => Ok(Data::Float(value as f64)),
            Data::Float(value) => Ok(Data::Float(value)),
            _ => Err(format!("`{text}` is no `!!float`")),
        },
        Some("!!binary") => binary(text).map(Data::String).ok_or_else(|| format!("`{text}` is no `!!binary`")),
        Some("!!timestamp") if is_timestamp(text) => Ok(Data::Timestamp(text.clone())),
        Some("!!timestamp") => Err(format!("`{text}` is no `!!timestamp`")),
        Some("!!null") => Err(format!("`{text}` is no `!!null`")),
        // A tag that it does not know: the library leaves the text alone.
        Some(_) => Ok(Data::String(text.clone())),
    }
}

/// A tag as the library's tables have it; `!` alone is none.
fn short(tag: &str) -> Option<Cow<'_, str>> {
    match tag.strip_prefix("!<tag:yaml.org,2002:").and_then(|rest| rest.strip_suffix('>')) {
        Some(name) => Some(Cow::Owned(format!("!!{name}"))),
        None => (tag != "!").then_some(Cow::Borrowed(tag)),
    }
}

fn expect(text: &str, tag: &str, is_good: fn(&Data) -> bool) -> Result<Data, String> {
    Some(plain(text, false)).filter(is_good).ok_or_else(|| format!("`{text}` is no `{tag}`"))
}

/// Base64 of a text; line breaks between the digits do not count.
fn binary(text: &str) -> Option<String> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let kept: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let digits = kept.strip_suffix(b"==").or_else(|| kept.strip_suffix(b"=")).unwrap_or(&kept);
    if !kept.len().is_multiple_of(4) || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len());
    let (mut held, mut bits) = (0_u32, 0);
    for digit in digits {
        held = held << 6 | DIGITS.iter().position(|known| known == digit)? as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn plain(text: &str, with_dates: bool) -> Data {
    let string = || Data::String(text.to_owned());
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Data::Null,
        "true" | "True" | "TRUE" => return Data::Bool(true),
        "false" | "False" | "FALSE" => return Data::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Data::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Data::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Data::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes()[0] {
        b'.' => number::float(text).unwrap_or_else(string),
        b'0'..=b'9' | b'+' | b'-' if with_dates && is_timestamp(text) => Data::Timestamp(text.to_owned()),
        b'0'..=b'9' | b'+' | b'-' => number::parse(text).unwrap_or_else(string),
        _ => string(),
    }
}

/// Whether the text is a date, or a date and a time, in one of the library's four layouts
/// (`2006-1-2`, with ` 15:4:5`, or with `T15:4:5` and a zone).
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return false;
    }
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    is_date(date) && time.is_none_or(is_time)
}

fn is_date(date: &str) -> bool {
    let mut parts = date.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4, 4), digits(month, 1, 2), digits(day, 1, 2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let has_zone = !text.starts_with(' ');
    let (clock, zone) = match text[1..].find(['Z', '+', '-']) {
        Some(at) => (&text[1..=at], Some(&text[1 + at..])),
        None => (&text[1..], None),
    };
    let (clock, is_fraction_good) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())),
        None => (clock, true),
    };
    let parts: Vec<Option<u32>> = clock.split(':').map(|part| digits(part, 1, 2)).collect();
    let is_clock = matches!(parts.as_slice(), [Some(0..=23), Some(0..=59), Some(0..=59)]);
    let is_zone = |zone: &str| {
        zone == "Z"
            || matches!(zone[1..].split_once(':'), Some((h, m)) if digits(h, 2, 2).is_some() && digits(m, 2, 2).is_some())
    };
    is_clock && is_fraction_good && zone.is_some() == has_zone && zone.is_none_or(is_zone)
}

fn digits(text: &str, least: usize, most: usize) -> Option<u32> {
    let is_good = (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_good.then(|| text.parse().ok()).flatten()
}

/// What Compose makes of plain text without a tag that it takes for a number; `None` for all else.
pub fn number_text(node: &Node) -> Option<String> {
    let NodeKind::Scalar { text, style: ScalarStyle::Plain } = &node.kind else { return None };
    let data = node.tag.is_none().then(|| plain(text, true))?;
    matches!(data, Data::Int(_) | Data::UInt(_) | Data::Float(_)).then(|| Value::from(data).scalar_text())?
}
