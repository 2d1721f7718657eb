//! Writing JSON as Go's encoding/json writes it, byte for byte (encoding/json/encode.go).

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::{
    Serializer, Value as Json,
    ser::{Formatter, PrettyFormatter},
};

use super::value::{Data, Value};
use crate::source::Span;

/// The value as JSON, keys in its order. JSON has no infinity: that becomes null.
pub fn to_json(value: &Value) -> Json {
    match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Int(value) => Json::from(*value),
        Data::UInt(value) => Json::from(*value),
        Data::Float(value) if is_whole(*value) => Json::from(*value as i64),
        Data::Float(value) => Json::from(*value),
        Data::String(text) | Data::Timestamp(text) => Json::String(text.clone()),
        Data::Seq(items) => Json::Array(items.iter().map(to_json).collect()),
        Data::Map(map) => Json::Object(map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect()),
    }
}

/// Whether a number is told from a whole one by nothing that is written.
fn is_whole(value: f64) -> bool {
    value.fract() == 0.0 && value.abs() < 9e15 && (value != 0.0 || value.is_sign_positive())
}

/// What JSON has no word for.
#[derive(Debug)]
pub struct NotJson {
    /// `.inf`, `-.inf` or `.nan`.
    pub word: &'static str,
    /// Where it is written; `None` where no file says it.
    pub span: Option<Span>,
}

/// The value as text with two blanks a level and a line break at its end.
///
/// # Errors
/// When it holds a number that is not finite.
pub fn json_text(value: &Value) -> Result<String, NotJson> {
    if let Some(endless) = endless(value) {
        return Err(endless);
    }
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Go(PrettyFormatter::new()));
    to_json(value).serialize(&mut serializer).expect("memory takes all, and keys are text");
    out.push(b'\n');
    Ok(String::from_utf8(out).expect("the serializer writes UTF-8"))
}

fn endless(value: &Value) -> Option<NotJson> {
    match &value.data {
        Data::Float(number) if !number.is_finite() => {
            let word = if number.is_nan() {
                ".nan"
            } else if *number > 0.0 {
                ".inf"
            } else {
                "-.inf"
            };
            Some(NotJson { word, span: value.span() })
        }
        Data::Seq(items) => items.iter().find_map(endless),
        Data::Map(map) => map.values().find_map(endless),
        _ => None,
    }
}

/// Indented as `json.MarshalIndent` does it, with Go's numbers and escapes.
struct Go(PrettyFormatter<'static>);

impl Formatter for Go {
    /// As ECMAScript does it: an exponent below 1e-6 and from 1e21 on.
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        match value.abs() {
            1e-6..1e21 => write!(writer, "{value}"),
            0.0 => write!(writer, "{value}"),
            1e21.. => writer.write_all(format!("{value:e}").replace('e', "e+").as_bytes()),
            _ => write!(writer, "{value:e}"),
        }
    }

    /// What a browser could take for markup or a line's end is escaped.
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut from = 0;
        for (at, escaped) in fragment.match_indices(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            writer.write_all(&fragment.as_bytes()[from..at])?;
            let code = escaped.chars().next().map_or(0, u32::from);
            write!(writer, "\\u{code:04x}")?;
            from = at + escaped.len();
        }
        writer.write_all(&fragment.as_bytes()[from..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, is_first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, is_first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
