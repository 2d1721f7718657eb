//! A key that the specification does not know.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG004"),
    name: "unknown-key",
    summary: "a key that the specification does not know",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG004-unknown-key.md"),
    check: Check::Reader,
};
