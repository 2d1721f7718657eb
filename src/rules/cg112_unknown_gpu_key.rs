//! A key that no GPU request has.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG112"),
    name: "unknown-gpu-key",
    summary: "a GPU request has a key that nobody reads",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG112-unknown-gpu-key.md"),
    check: Check::Reader,
};
