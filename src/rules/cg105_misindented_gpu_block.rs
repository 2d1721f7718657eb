//! A GPU request whose indentation or dashes are wrong.

use super::{Check, FixAvailability, Rule};
use crate::diag::{Code, Severity};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG105"),
    name: "misindented-gpu-block",
    summary: "a GPU request stands at the wrong level, or its list is cut or missing",
    severity: Severity::Error,
    fix: FixAvailability::Sometimes,
    since: "0.1.0",
    page: include_str!("../../rules/CG105-misindented-gpu-block.md"),
    check: Check::Reader,
};
