//! An `env_file` that is not there.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG006"),
    name: "missing-env-file",
    summary: "an `env_file` is not there",
    severity: Severity::Warning,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG006-missing-env-file.md"),
    check: Check::Reader,
};
