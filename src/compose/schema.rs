//! Compose's schema: what Compose refuses before it makes anything of a project.
//!
//! The validator is made from `schemas/compose.schema.json` when this crate is compiled; this
//! is the only file that names its crate. What it finds becomes a `Violation` with the way
//! to its node, and `words` says it.

mod path;
mod repeated;
mod shape;
mod words;

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::{Map as JsonMap, Number, Value as Json};

use self::path::Trail;
use crate::{
    diag::{Code, Diagnostic},
    yaml::{Data, Origin, Value},
};

/// A key that Compose does not know.
pub const UNKNOWN_KEY: Code = Code::new("CG004");
/// A reserved device without `capabilities`.
pub const MISSING_CAPABILITIES: Code = Code::new("CG101");

#[jsonschema::validator(
    path = "schemas/compose.schema.json",
    methods = { is_valid = false, validate = false, iter_errors = true }
)]
struct ComposeFile;

/// What is wrong at a place.
enum Violation {
    /// Another type is expected; also for a number that is not whole.
    Type,
    /// Another value is expected: one of a few, or one of a pattern.
    Value,
    /// The number is below this one.
    TooSmall(String),
    /// The number is above this one.
    TooLarge(String),
    /// A list holds two items that are equal.
    Repeated,
    /// A key that has to be there is not.
    Missing(String),
    /// A key that Compose does not know here.
    UnknownKey(String),
}

/// Everything in the model that Compose's schema refuses, in the order of the schema. Compose
/// checks after each file that it merges, before short forms become long ones; so does the
/// caller. Nothing is said of a variable without a value, nor of what lies below one.
pub fn validate(model: &Value) -> Vec<Diagnostic> {
    judge(model).findings
}

/// What the schema says to a model.
pub(super) struct Judged {
    pub(super) findings: Vec<Diagnostic>,
    /// Values that the schema would take as texts, in quotes.
    pub(super) bare: Vec<Origin>,
    /// Whether Compose takes the model: it refuses a wrong value also where a variable without a
    /// value is what made it wrong.
    pub(super) is_accepted: bool,
}

/// The same, with what follows from it.
pub(super) fn judge(model: &Value) -> Judged {
    let json = to_json(model);
    let (mut found, mut bare) = (Vec::new(), Vec::new());
    // A value of the wrong type often breaks what is said of its number or its text too.
    let mut told: Option<String> = None;
    let mut is_accepted = true;
    for error in ComposeFile::iter_errors(&json) {
        is_accepted = false;
        let pointer = error.instance_path().as_str();
        let trail = Trail::follow(model, pointer);
        if trail.has_hole() || told.as_deref() == Some(pointer) {
            continue;
        }
        for violation in violations(error.kind()) {
            if matches!(violation, Violation::Type | Violation::Value) {
                told = Some(pointer.to_owned());
            }
            if matches!(violation, Violation::Type) {
                bare.extend(words::bare(&trail));
            }
            found.extend(words::diagnostic(&trail, &violation));
        }
    }
    for (trail, number) in repeated::numbers(model) {
        is_accepted = false;
        found.extend(words::repeated_number(&trail, number));
    }
    Judged { findings: found, bare, is_accepted }
}

fn violations(kind: &Kind) -> Vec<Violation> {
    match kind {
        Kind::AdditionalProperties { unexpected } => unexpected.iter().cloned().map(Violation::UnknownKey).collect(),
        Kind::Required { property } => vec![Violation::Missing(property.as_str().unwrap_or_default().to_owned())],
        Kind::Enum { .. } | Kind::Pattern { .. } => vec![Violation::Value],
        Kind::Minimum { limit } => vec![Violation::TooSmall(limit.to_string())],
        Kind::Maximum { limit } => vec![Violation::TooLarge(limit.to_string())],
        Kind::UniqueItems => vec![Violation::Repeated],
        // The schema has no other keywords; one that comes to it later is at least not missed.
        _ => vec![Violation::Type],
    }
}

/// The model as the validator reads it.
fn to_json(value: &Value) -> Json {
    match &value.data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Int(value) => Json::from(*value),
        Data::UInt(value) => Json::from(*value),
        // JSON has no infinity; to the schema it is a number that is not whole.
        Data::Float(value) => {
            Json::Number(Number::from_f64(*value).or_else(|| Number::from_f64(0.5)).expect("0.5 is finite"))
        }
        Data::String(text) => Json::String(text.clone()),
        // Compose 2.40.3 refuses a date wherever its schema says anything; so does ours for a
        // list in a list.
        Data::Timestamp(_) => Json::Array(vec![Json::Array(Vec::new())]),
        Data::Seq(items) => Json::Array(items.iter().map(to_json).collect()),
        Data::Map(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect::<JsonMap<_, _>>())
        }
    }
}
