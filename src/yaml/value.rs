//! A tree of values that knows where each part was written.
//!
//! Aliases are followed, merge keys are folded in and scalars are typed; what stays is the
//! data, and for each node every place that it came from. Merging files grows the list of
//! places; the last one is the one whose text won.

use indexmap::IndexMap;

use super::tree::NodeRef;
use crate::source::Span;

/// A mapping, in the order of the text.
pub type Map = IndexMap<String, Value>;

/// A value and where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it was written; empty for what no file says.
    pub sources: Vec<Origin>,
    /// Set where a variable had no value: the text is there, but it is not what was meant.
    pub hole: Option<Box<Hole>>,
}

/// The data itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Data {
    /// `null`, `~` or nothing at all.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above what an `i64` holds.
    UInt(u64),
    /// A number with a fraction or an exponent, or a whole one beyond 64 bits.
    Float(f64),
    /// Text.
    String(String),
    /// An unquoted date or time, kept as written.
    Timestamp(String),
    /// A list.
    Seq(Vec<Value>),
    /// A mapping with text keys.
    Map(Map),
}

/// One place that a value was written at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The node of the file's tree.
    pub node: NodeRef,
    /// The bytes of the value itself.
    pub span: Span,
    /// The bytes of its key, where it is a mapping's entry.
    pub key: Option<Span>,
    /// How it came from there.
    pub via: Via,
}

/// How a value came from its place into the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// It stands there.
    Text,
    /// An alias (the span) led to it, or to something above it.
    Alias(Span),
    /// A merge key (the span of its value) brought it in.
    MergeKey(Span),
    /// `extends` (the span of its value) brought it in.
    Extends(Span),
    /// `include` (the span of its entry) brought it in.
    Include(Span),
}

/// Variables without a value inside a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Their names, in order.
    pub variables: Vec<String>,
}

impl From<Data> for Value {
    fn from(data: Data) -> Self {
        Self { data, sources: Vec::new(), hole: None }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Data::String(text.to_owned()).into()
    }
}

impl Value {
    /// The same place with other data: how a short form becomes a long one.
    pub fn with_data(&self, data: Data) -> Self {
        Self { data, sources: self.sources.clone(), hole: self.hole.clone() }
    }

    /// Text of a string; `None` for all else.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// Text of any scalar but null, as Compose prints it into a string.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.data {
            Data::Bool(value) => Some(value.to_string()),
            Data::Int(value) => Some(value.to_string()),
            Data::UInt(value) => Some(value.to_string()),
            Data::Float(value) => Some(super::number::go_float(*value)),
            Data::String(text) | Data::Timestamp(text) => Some(text.clone()),
            Data::Null | Data::Seq(_) | Data::Map(_) => None,
        }
    }

    /// A boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number, also one written as text.
    pub fn as_int(&self) -> Option<i64> {
        match &self.data {
            Data::Int(value) => Some(*value),
            Data::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A mapping.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    /// A mapping to change.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match &mut self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    /// A list.
    pub fn as_seq(&self) -> Option<&[Value]> {
        match &self.data {
            Data::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// A list to change.
    pub fn as_seq_mut(&mut self) -> Option<&mut Vec<Value>> {
        match &mut self.data {
            Data::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// The entry of a mapping; `None` for anything that is no mapping.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The value below a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The value below a path of keys, to change.
    pub fn at_mut(&mut self, path: &[&str]) -> Option<&mut Value> {
        path.iter().try_fold(self, |value, key| value.as_map_mut()?.get_mut(*key))
    }

    /// The place whose text won.
    pub fn origin(&self) -> Option<&Origin> {
        self.sources.last()
    }

    /// Bytes of the value where its text won; `None` for what no file says.
    pub fn span(&self) -> Option<Span> {
        self.origin().map(|origin| origin.span)
    }

    /// Bytes of the key where its text won.
    pub fn key_span(&self) -> Option<Span> {
        self.origin().and_then(|origin| origin.key)
    }

    /// Bytes of the key, or of the value where it has none: what to point at.
    pub fn place(&self) -> Option<Span> {
        self.key_span().or(self.span())
    }

    /// Visits every origin of the value and of what it holds.
    pub fn for_each_origin(&mut self, visit: &mut dyn FnMut(&mut Origin)) {
        self.sources.iter_mut().for_each(&mut *visit);
        match &mut self.data {
            Data::Map(map) => map.values_mut().for_each(|value| value.for_each_origin(visit)),
            Data::Seq(items) => items.iter_mut().for_each(|value| value.for_each_origin(visit)),
            _ => {}
        }
    }

    /// Word for the kind of data, as messages say it.
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "null",
            Data::Bool(_) => "a boolean",
            Data::Int(_) | Data::UInt(_) | Data::Float(_) => "a number",
            Data::String(_) => "a string",
            Data::Timestamp(_) => "a date",
            Data::Seq(_) => "a list",
            Data::Map(_) => "a mapping",
        }
    }
}

/// Two values are equal when their data are; where they were written does not matter.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}
