//! The same key twice in one mapping.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG002"),
    name: "duplicate-key",
    summary: "a mapping has the same key twice",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG002-duplicate-key.md"),
    check: Check::Reader,
};
