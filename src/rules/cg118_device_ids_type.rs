//! Ids of a wrong type, several in one text, or paths.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG118"),
    name: "device-ids-type",
    summary: "`device_ids` is no list of texts, or holds a text that is no id",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG118-device-ids-type.md"),
    check: Check::Reader,
};
