//! A device reservation without `capabilities`.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG101"),
    name: "missing-capabilities",
    summary: "a device reservation has no `capabilities`",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG101-missing-capabilities.md"),
    check: Check::Reader,
};
