//! Aliases or nesting beyond what is read.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG007"),
    name: "alias-expansion",
    summary: "aliases or nesting grow beyond what is read",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG007-alias-expansion.md"),
    check: Check::Reader,
};
