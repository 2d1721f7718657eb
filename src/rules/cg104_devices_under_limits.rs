//! Devices below `limits`.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG104"),
    name: "devices-under-limits",
    summary: "a GPU is asked for under `limits`, where Compose knows no devices",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG104-devices-under-limits.md"),
    check: Check::Reader,
};
