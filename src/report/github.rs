//! Annotations for GitHub Actions: workflow commands on standard output.
//!
//! Source: GitHub's "Workflow commands for GitHub Actions", and the escapes of
//! actions/toolkit packages/core/src/command.ts.

use std::fmt::Write as _;

use super::{Report, from_root, location};
use crate::diag::{Diagnostic, Severity};

/// The findings as `::error …::…` lines.
pub fn github(report: &Report<'_>) -> String {
    let mut out = String::new();
    for finding in report.findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let properties = properties(report, finding);
        writeln!(out, "::{command} {properties}::{}", data(&text(finding))).expect("writing to a String cannot fail");
    }
    out
}

/// The message first, as GitHub shows its first line alone; the help behind it.
fn text(finding: &Diagnostic) -> String {
    match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.clone(),
    }
}

fn properties(report: &Report<'_>, finding: &Diagnostic) -> String {
    let title = format!("title={}", property(&format!("{} {}", finding.code, report.name_of(finding.code))));
    match location(report, &finding.place) {
        Some((path, Some((start, end)))) => {
            // GitHub refuses columns for a span of several lines.
            let columns = if start.line == end.line {
                format!(",col={},endColumn={}", start.column, end.column)
            } else {
                String::new()
            };
            format!(
                "file={},line={},endLine={}{columns},{title}",
                property(&from_root(report, &path)),
                start.line,
                end.line
            )
        }
        Some((path, None)) => format!("file={},{title}", property(&from_root(report, &path))),
        None => title,
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
