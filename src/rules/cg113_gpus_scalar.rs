//! `gpus` as `docker run` has it.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG113"),
    name: "gpus-scalar",
    summary: "`gpus` has a value that only `docker run --gpus` takes",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG113-gpus-scalar.md"),
    check: Check::Reader,
};
