//! A text that is no YAML to Compose.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG001"),
    name: "syntax-error",
    summary: "the text is no YAML that Compose reads",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG001-syntax-error.md"),
    check: Check::Reader,
};
