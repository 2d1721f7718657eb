//! The model in the shape that `config` prints: each attribute cast to its type, in the order
//! of Compose's own structures, what is empty left out.
//!
//! `table` says which attribute has which [`Shape`]; `convert` does the casting, which is also
//! where Compose refuses a size, a duration or a command that it cannot read; `order` sorts.

mod convert;
mod order;
mod scalars;
mod table;
mod table_deploy;

use super::path::Path;
use crate::{source::Span, yaml::Value};

/// What is printed. The two differ in more than syntax: JSON has `null` commands and empty
/// structures and leaves out `x-` keys below the top, YAML sorts its keys in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `--format json`
    Json,
    /// `--format yaml`
    Yaml,
}

/// The type of an attribute.
enum Shape {
    /// A string.
    Text,
    /// A boolean, also written as `yes`, `on` and the like.
    Flag,
    /// A whole number, also one written as text.
    Whole,
    /// A whole number from zero on, also one written as text.
    Natural,
    /// A whole number up to this one, which is all bits; text cannot stand for it: Compose
    /// casts none into these sizes, and drops the bits above.
    Small(i64),
    /// A number of 32 bits with a fraction.
    Decimal,
    /// A size, printed as text of bytes.
    Bytes,
    /// A duration.
    Duration,
    /// Permissions of a file, in octal digits.
    Mode,
    /// `all`, or a number of devices.
    Count,
    /// A command.
    Words,
    /// A command with `CMD`, `CMD-SHELL` or `NONE` in front.
    HealthTest,
    /// A string or a whole number: what Go casts into a string without being told how.
    Strict,
    /// Strings; one string is a list of one.
    Texts,
    /// `K: v` or `[K=v]`, where a key without a value stays so.
    Variables,
    /// `K: v` or `[K=v]`, where a key without a value has an empty one.
    Labels,
    /// Keys with lists of values.
    MultiOptions,
    /// Host names with addresses, printed as a sorted list.
    Hosts,
    /// Keys of an ssh agent, printed as a list.
    Ssh,
    /// One limit, or a soft and a hard one.
    Ulimit,
    /// A list.
    List(&'static Shape),
    /// A mapping with the user's keys.
    Map(&'static Shape),
    /// A structure that takes `x-` keys.
    Struct(&'static [Field]),
    /// A structure that takes none.
    Closed(&'static [Field]),
}

/// An attribute of a structure.
struct Field {
    name: &'static str,
    shape: &'static Shape,
    shown: Shown,
}

/// Short form of a row.
const fn field(name: &'static str, shape: &'static Shape, shown: Shown) -> Field {
    Field { name, shape, shown }
}

/// When an attribute is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// If it is not zero, false or empty.
    Filled,
    /// If it was written.
    Set,
    /// In JSON always, in YAML if it is not empty.
    Hollow,
    /// In JSON always, `null` if it was not written; in YAML if it was.
    Nullable,
    /// Always.
    Always,
    /// Always, in JSON with a capital letter.
    Capital,
    /// In YAML if it is not empty; Compose forgets it in JSON.
    YamlOnly,
}

/// Something that Compose cannot cast.
pub(super) struct Unreadable {
    /// The value.
    pub(super) span: Option<Span>,
    /// The service that it belongs to.
    pub(super) service: Option<String>,
    /// Dotted path of the value.
    pub(super) path: String,
    /// The value as text.
    pub(super) text: String,
    /// What is wrong with it, as the end of a sentence.
    pub(super) reason: String,
}

/// The model as it is printed, with what could not be cast (and is left out).
pub(super) fn printed(model: &Value, form: Form) -> (Value, Vec<Unreadable>) {
    let mut converter = convert::Converter::new(form);
    let value = converter.project(model);
    (value, converter.unreadable)
}

/// The model with sorted keys and nothing cast: what is printed without interpolation.
pub(super) fn sorted(model: &Value, form: Form) -> Value {
    let mut value = convert::Converter::new(form).any(model);
    if form == Form::Json {
        convert::empty_lists_to_null(&mut value, &mut Path::default());
    }
    value
}
