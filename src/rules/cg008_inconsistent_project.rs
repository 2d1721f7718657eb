//! Parts of the project that do not fit together.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG008"),
    name: "inconsistent-project",
    summary: "a part of the project refers to one that is not there, or to itself",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG008-inconsistent-project.md"),
    check: Check::Reader,
};
