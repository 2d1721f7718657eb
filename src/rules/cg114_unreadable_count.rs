//! A `count` that is no number.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG114"),
    name: "unreadable-count",
    summary: "the `count` of a GPU request is neither a number nor `all`",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG114-unreadable-count.md"),
    check: Check::Reader,
};
