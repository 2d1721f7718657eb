//! Checks across a whole model.

use crate::{diag::Diagnostic, yaml::Value};

/// What Compose refuses once all files are merged.
pub(super) fn check(model: &Value) -> Vec<Diagnostic> {
    let _ = model;
    Vec::new()
}
