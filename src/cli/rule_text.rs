//! What the verbs say of rules: their texts, the addresses of their pages, and counts in words.

use crate::{
    diag::{Code, Diagnostic, Severity},
    report::{Report, RuleText},
    rules,
    source::SourceMap,
};

/// Version of all JSON forms of `explain` and `rules`.
pub(super) const EXPLAIN_VERSION: u32 = 1;

/// The folder of the pages in the released source; nowhere as long as the package names no repository.
const PAGES: &str = if env!("CARGO_PKG_REPOSITORY").is_empty() {
    ""
} else {
    concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/v", env!("CARGO_PKG_VERSION"), "/rules/")
};

/// A report of findings, with what the rules say of themselves.
pub(super) fn report_of<'a>(sources: &'a SourceMap, findings: &'a [Diagnostic]) -> Report<'a> {
    Report { pages: PAGES, ..Report::of(sources, findings, rule_of) }
}

/// `1 finding`, `2 findings`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What the rule of a code says of itself; nothing for a code without one.
pub(super) fn rule_of(code: Code) -> RuleText {
    let none = RuleText { name: "", summary: "", severity: Severity::Info, page: "" };
    rules::by_code(code).map_or(none, |rule| RuleText {
        name: rule.name,
        summary: rule.summary,
        severity: rule.severity,
        page: rule.page,
    })
}
