//! One line a finding: `compose.yaml:5:7: warning[CG106] message`, for editors and grep.

use std::fmt::Write as _;

use super::{Report, location, printable::one_line};

/// The findings, one line each.
pub fn concise(report: &Report<'_>) -> String {
    let mut out = String::new();
    for finding in report.findings {
        let place = match location(report, &finding.place) {
            Some((path, Some((start, _)))) => format!("{}:{}:{}: ", one_line(&path), start.line, start.column),
            Some((path, None)) => format!("{}: ", one_line(&path)),
            None => String::new(),
        };
        let (severity, message) = (finding.severity.as_str(), one_line(&finding.message));
        writeln!(out, "{place}{severity}[{}] {message}", finding.code).expect("writing to a String cannot fail");
    }
    out
}
