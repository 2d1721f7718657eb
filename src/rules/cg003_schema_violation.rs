//! A value that the specification does not allow.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG003"),
    name: "schema-violation",
    summary: "a value has a type or shape that the specification does not allow",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG003-schema-violation.md"),
    check: Check::Reader,
};
