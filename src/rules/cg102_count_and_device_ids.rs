//! A device request that says both how many GPUs and which.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG102"),
    name: "count-and-device-ids",
    summary: "a device request has both `count` and `device_ids`",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG102-count-and-device-ids.md"),
    check: Check::Reader,
};
