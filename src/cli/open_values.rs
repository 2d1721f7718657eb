//! What Compose refuses only because a variable has no value here: where the project runs, it has one.

use crate::{
    compose::{INCONSISTENT, UNSET_VARIABLE},
    diag::Diagnostic,
    source::SourceMap,
};

/// Drops findings about what a text with such a variable stands for. That the variable has no value is a
/// finding of its own.
pub(super) fn drop_open(findings: &mut Vec<Diagnostic>, sources: &SourceMap) {
    let is_unset = |finding: &&Diagnostic| finding.code == UNSET_VARIABLE;
    let names = findings.iter().filter(is_unset).filter_map(|finding| finding.message.split('`').nth(1));
    let names: Vec<String> = names.map(str::to_owned).collect();
    if names.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let text = finding.place.span().filter(|_| finding.code == INCONSISTENT).map(|span| sources.slice(span));
        // A whole mapping has more than one value: the one that counts is the one that is empty.
        let text = text.filter(|text| !text.contains('\n') || finding.message.contains("``"));
        !text.is_some_and(|text| names.iter().any(|name| uses(text, name)))
    });
}

/// Whether a text has `$NAME` or `${NAME…`.
fn uses(text: &str, name: &str) -> bool {
    let is_end = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    text.split('$').skip(1).any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.strip_prefix(name).is_some_and(is_end)
    })
}
