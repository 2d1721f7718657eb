//! Writing YAML: block style, two spaces, and quotes around every string that Compose could
//! read as anything else.

use super::{
    number::go_float,
    scalar,
    tree::{NodeKind, ScalarStyle},
    value::{Data, Map, Value},
};

/// The value as a YAML document, with a line break at its end.
pub fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    match &value.data {
        Data::Map(map) if !map.is_empty() => write_map(&mut out, map, 0, false),
        Data::Seq(items) if !items.is_empty() => write_seq(&mut out, items, 0),
        data => {
            write_scalar(&mut out, data, 0);
            out.push('\n');
        }
    }
    out
}

/// A string as a YAML scalar of one line: plain where every reader gives the same string
/// back, in double quotes else.
pub fn scalar(text: &str) -> String {
    if is_plain_safe(text) { text.to_owned() } else { quoted(text) }
}

/// The same in a block collection, where commas need no quotes.
pub fn block_scalar(text: &str) -> String {
    let is_plain = !text.starts_with(',') && is_plain_safe(&text.replace(',', ""));
    if is_plain { text.to_owned() } else { quoted(text) }
}

fn write_map(out: &mut String, map: &Map, depth: usize, is_first_inline: bool) {
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 || !is_first_inline {
            indent(out, depth);
        }
        write_key(out, key);
        write_behind(out, value, depth);
    }
}

/// A key with its colon.
pub(super) fn write_key(out: &mut String, key: &str) {
    out.push_str(&scalar(key));
    out.push(':');
}

/// What comes behind a key that stands at `depth`, to the end of its last line.
pub(super) fn write_behind(out: &mut String, value: &Value, depth: usize) {
    match &value.data {
        Data::Map(map) if !map.is_empty() => {
            out.push('\n');
            write_map(out, map, depth + 1, false);
        }
        Data::Seq(items) if !items.is_empty() => {
            out.push('\n');
            write_seq(out, items, depth + 1);
        }
        data => {
            out.push(' ');
            write_scalar(out, data, depth + 1);
            out.push('\n');
        }
    }
}

fn write_seq(out: &mut String, items: &[Value], depth: usize) {
    for item in items {
        indent(out, depth);
        out.push_str("- ");
        match &item.data {
            Data::Map(map) if !map.is_empty() => write_map(out, map, depth + 1, true),
            // A list in a list begins on a line of its own, under an empty dash.
            Data::Seq(items) if !items.is_empty() => {
                out.pop();
                out.push('\n');
                write_seq(out, items, depth + 1);
            }
            data => {
                write_scalar(out, data, depth + 1);
                out.push('\n');
            }
        }
    }
}

pub(super) fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn write_scalar(out: &mut String, data: &Data, depth: usize) {
    match data {
        Data::Null => out.push_str("null"),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Data::Int(value) => out.push_str(&value.to_string()),
        Data::UInt(value) => out.push_str(&value.to_string()),
        Data::Float(value) => out.push_str(&float(*value)),
        Data::String(text) if is_literal_safe(text) => write_literal(out, text, depth),
        Data::String(text) => out.push_str(&scalar(text)),
        Data::Timestamp(text) => out.push_str(text),
        Data::Seq(_) => out.push_str("[]"),
        Data::Map(_) => out.push_str("{}"),
    }
}

fn float(value: f64) -> String {
    match value {
        value if value.is_nan() => ".nan".to_owned(),
        f64::INFINITY => ".inf".to_owned(),
        f64::NEG_INFINITY => "-.inf".to_owned(),
        value => go_float(value),
    }
}

/// Several lines that a literal block gives back as they are.
fn is_literal_safe(text: &str) -> bool {
    let is_printable = |c: char| c == '\n' || c == '\t' || !c.is_control() && !is_odd_break(c) && c != '\u{feff}';
    text.trim_end_matches('\n').contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text.chars().all(is_printable)
        && text.lines().all(|line| !line.ends_with([' ', '\t']) && !line.starts_with('\t'))
}

fn write_literal(out: &mut String, text: &str, depth: usize) {
    let body = text.trim_end_matches('\n');
    let breaks = text.len() - body.len();
    out.push_str(match breaks {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            indent(out, depth);
            out.push_str(line);
        }
    }
    out.extend(std::iter::repeat_n('\n', breaks.saturating_sub(1)));
}

/// Breaks of YAML 1.1 that 1.2 takes for text.
fn is_odd_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_plain_safe(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let node = NodeKind::Scalar { text: text.to_owned(), style: ScalarStyle::Plain };
    let is_text = matches!(scalar::data(&node, None), Ok(Data::String(_)));
    // Words that readers of YAML 1.1 take for booleans, and bare spellings that look like
    // numbers or times to one reader or another.
    let lower = text.to_ascii_lowercase();
    let is_word =
        matches!(lower.as_str(), "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "<<" | "=");
    let looks_numeric =
        first.is_ascii_digit() && text.chars().all(|c| c.is_ascii_digit() || "_.:-+eExXoObB".contains(c));
    let is_first_good = !"!&*-?:,[]{}#|>@`\"'%~=<+. \t".contains(first);
    let is_char_good =
        |c: char| !c.is_control() && !is_odd_break(c) && !",[]{}\"'#&*!|>%@`\\".contains(c) && c != '\u{feff}';
    is_text
        && !is_word
        && !looks_numeric
        && is_first_good
        && !text.ends_with([' ', '\t', ':'])
        && !text.contains(": ")
        && text.chars().all(is_char_good)
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => out.push_str(&format!("\\x{:02X}", c as u32)),
            c if c.is_control() || is_odd_break(c) || c == '\u{feff}' => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
