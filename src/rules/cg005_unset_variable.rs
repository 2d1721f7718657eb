//! A variable without a value or a default.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG005"),
    name: "unset-variable",
    summary: "a variable has no value and no default",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG005-unset-variable.md"),
    check: Check::Reader,
};
