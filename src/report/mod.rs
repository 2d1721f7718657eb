//! Findings as text, one format a file.
//!
//! A report knows findings and texts, nothing of Compose or GPUs. Every format makes the
//! whole output in memory, so that nothing is ever printed by halves.

mod concise;
mod excerpt;
mod github;
mod host_table;
mod human;
mod json;
mod printable;
mod secrets;

pub use concise::concise;
pub use github::github;
pub use host_table::host_table;
pub use human::{Look, human};
pub use json::json;

use std::collections::BTreeMap;

use crate::{
    diag::{Applicability, Code, Diagnostic, Place, Severity, Suppressed},
    source::{LineColumn, SourceMap},
};

/// What a run found, ready to be written down.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Texts that the findings point into.
    pub sources: &'a SourceMap,
    /// Findings in the order to show them in.
    pub findings: &'a [Diagnostic],
    /// Findings that comments ignore.
    pub suppressed: &'a [Suppressed],
    /// What could not be judged.
    pub skipped: &'a [Unjudged],
    /// The name that belongs to a code.
    pub name_of: fn(Code) -> &'static str,
    /// Add how often each code occurs.
    pub has_statistics: bool,
}

/// A rule that could not judge something, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unjudged {
    /// The rule.
    pub code: Code,
    /// Why, as one clause.
    pub reason: String,
}

/// Findings counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity info.
    pub infos: usize,
    /// Findings that `--fix` mends.
    pub fixable: usize,
    /// Findings that only `--unsafe-fixes` mends.
    pub unsafe_fixable: usize,
}

impl Counts {
    /// Counts a run's findings.
    pub fn of(findings: &[Diagnostic]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Info => counts.infos += 1,
            }
            match finding.fix.as_ref().map(|fix| fix.applicability) {
                Some(Applicability::Safe) => counts.fixable += 1,
                Some(Applicability::Unsafe) => counts.unsafe_fixable += 1,
                Some(Applicability::DisplayOnly) | None => {}
            }
        }
        counts
    }
}

/// Path, first and last place of a finding; no lines where it rests on no text.
fn location(report: &Report<'_>, place: &Place) -> Option<(String, Option<(LineColumn, LineColumn)>)> {
    match place {
        Place::Source(label) => {
            let path = report.sources.file(label.span.file).path().display().to_string();
            Some((path, Some((report.sources.start(label.span), report.sources.end(label.span)))))
        }
        Place::File(path) => Some((path.clone(), None)),
        Place::Evidence { .. } => None,
    }
}

/// How often each code occurs, most frequent first, then by code.
fn statistics(findings: &[Diagnostic]) -> Vec<(Code, usize)> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.code).or_insert(0) += 1;
    }
    let mut counts: Vec<(Code, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
    counts
}
