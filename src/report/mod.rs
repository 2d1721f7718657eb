//! Findings as text, one format a file.
//!
//! A report knows findings and texts, nothing of Compose or GPUs. Every format makes the
//! whole output in memory, so that nothing is ever printed by halves.

mod concise;
mod excerpt;
mod fingerprint;
mod github;
mod host_difference;
mod host_table;
mod human;
mod json;
mod markdown;
mod matrix;
mod printable;
mod sarif;
mod secrets;
mod unjudged;
mod wrapped;

pub use concise::concise;
pub use fingerprint::fingerprints;
pub use github::github;
pub use host_difference::{host_difference, host_difference_json};
pub use host_table::host_table;
pub use human::{Look, human};
pub use json::json;
pub use markdown::markdown;
pub use matrix::{Matrix, MatrixCell, MatrixOutcome, MatrixRow, matrix};
pub use sarif::sarif;

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
    /// What the rule of a code says of itself.
    pub rule_of: fn(Code) -> RuleText,
    /// Path from the folder that readers of a log take paths from (the repository's root) to the one that
    /// the findings' paths start in; empty where they are the same.
    pub path_prefix: &'a str,
    /// Address of the folder that holds the rules' pages, with its last slash; empty where they have none.
    pub pages: &'a str,
    /// Add how often each code occurs.
    pub has_statistics: bool,
    /// What becomes of the services on several hosts.
    pub matrix: Option<&'a Matrix>,
}

impl<'a> Report<'a> {
    /// A report of findings and nothing else.
    pub fn of(sources: &'a SourceMap, findings: &'a [Diagnostic], rule_of: fn(Code) -> RuleText) -> Self {
        Self {
            sources,
            findings,
            suppressed: &[],
            skipped: &[],
            rule_of,
            path_prefix: "",
            pages: "",
            has_statistics: false,
            matrix: None,
        }
    }

    fn name_of(&self, code: Code) -> &'static str {
        (self.rule_of)(code).name
    }

    /// Where the page of a rule can be read, where pages have an address.
    fn page_address(&self, code: Code) -> Option<String> {
        (!self.pages.is_empty()).then(|| format!("{}{code}-{}.md", self.pages, self.name_of(code)))
    }
}

/// What a rule says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// Its name.
    pub name: &'static str,
    /// One clause.
    pub summary: &'static str,
    /// How bad its findings are, where one does not say otherwise.
    pub severity: Severity,
    /// Its page, with the marks of its tests.
    pub page: &'static str,
}

/// A rule's page as people read it: Markdown, without the marks that its tests need.
pub fn page(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once("#~ ") {
        Some((front, _)) => front.trim_end(),
        None => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
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

/// A finding's path, taken from the folder that the readers of a log take paths from.
pub fn from_root(report: &Report<'_>, path: &str) -> String {
    let path = path.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    if path.starts_with('/') {
        return path;
    }
    let mut parts: Vec<&str> = report.path_prefix.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
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
