//! The schema of Compose.

use crate::{diag::Diagnostic, yaml::Value};

/// What the schema refuses in a merged model, in the order of the text.
pub(super) fn validate(model: &Value) -> Vec<Diagnostic> {
    let _ = model;
    Vec::new()
}
