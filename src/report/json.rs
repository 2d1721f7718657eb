//! JSON for programs: `schemas/report-v1.schema.json` says what every field means.
//!
//! The wire types stand apart from the inner ones, so that those can change and this cannot.

use serde::Serialize;

use super::{Counts, Matrix, Report, location, statistics};
use crate::{
    diag::{Diagnostic, Fix, Label, Place, Suppressed},
    source::LineColumn,
};

/// The report as one JSON document with a line break at its end.
pub fn json(report: &Report<'_>) -> String {
    let counts = Counts::of(report.findings);
    let wire = WireReport {
        version: 1,
        findings: report.findings.iter().map(|finding| wire_finding(report, finding)).collect(),
        suppressed: report.suppressed.iter().map(|one| wire_suppressed(report, one)).collect(),
        skipped: report
            .skipped
            .iter()
            .map(|one| WireSkipped { code: one.code.as_str(), reason: &one.reason })
            .collect(),
        statistics: report.has_statistics.then(|| wire_statistics(report)),
        fleet: report.matrix,
        summary: WireSummary {
            errors: counts.errors,
            warnings: counts.warnings,
            infos: counts.infos,
            fixable: counts.fixable,
            unsafe_fixable: counts.unsafe_fixable,
        },
    };
    let mut text = serde_json::to_string_pretty(&wire).expect("a report has text keys and finite numbers alone");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct WireReport<'a> {
    version: u32,
    findings: Vec<WireFinding<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressed: Vec<WireSuppressed<'a>>,
    skipped: Vec<WireSkipped<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Vec<WireCount>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fleet: Option<&'a Matrix>,
    summary: WireSummary,
}

#[derive(Serialize)]
struct WireFinding<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    service: Option<&'a str>,
    file: Option<String>,
    start: Option<WirePlace>,
    end: Option<WirePlace>,
    evidence: Option<WireEvidence<'a>>,
    related: Vec<WireRelated<'a>>,
    fix: Option<WireFix<'a>>,
}

#[derive(Serialize)]
struct WirePlace {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct WireEvidence<'a> {
    source: &'a str,
    field: &'a str,
    value: &'a str,
    line: Option<u32>,
}

#[derive(Serialize)]
struct WireRelated<'a> {
    message: &'a str,
    file: String,
    start: WirePlace,
    end: WirePlace,
}

#[derive(Serialize)]
struct WireFix<'a> {
    title: &'a str,
    applicability: &'a str,
    edits: Vec<WireEdit<'a>>,
}

#[derive(Serialize)]
struct WireEdit<'a> {
    file: String,
    start_byte: u32,
    end_byte: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct WireSuppressed<'a> {
    reason: &'a str,
    finding: WireFinding<'a>,
}

#[derive(Serialize)]
struct WireSkipped<'a> {
    code: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct WireCount {
    code: &'static str,
    name: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct WireSummary {
    errors: usize,
    warnings: usize,
    infos: usize,
    fixable: usize,
    unsafe_fixable: usize,
}

impl From<LineColumn> for WirePlace {
    fn from(place: LineColumn) -> Self {
        Self { line: place.line, column: place.column }
    }
}

fn wire_suppressed<'a>(report: &Report<'a>, one: &'a Suppressed) -> WireSuppressed<'a> {
    WireSuppressed { reason: &one.reason, finding: wire_finding(report, &one.finding) }
}

fn wire_finding<'a>(report: &Report<'a>, finding: &'a Diagnostic) -> WireFinding<'a> {
    let (file, lines) = location(report, &finding.place).unzip();
    let (start, end) = lines.flatten().unzip();
    WireFinding {
        code: finding.code.as_str(),
        name: report.name_of(finding.code),
        severity: finding.severity.as_str(),
        message: &finding.message,
        help: finding.help.as_deref(),
        service: finding.service.as_deref(),
        file,
        start: start.map(WirePlace::from),
        end: end.map(WirePlace::from),
        evidence: wire_evidence(&finding.place),
        related: finding.related.iter().map(|label| wire_related(report, label)).collect(),
        fix: finding.fix.as_ref().map(|fix| wire_fix(report, fix)),
    }
}

fn wire_evidence(place: &Place) -> Option<WireEvidence<'_>> {
    match place {
        Place::Evidence { source, field, value, line } => Some(WireEvidence { source, field, value, line: *line }),
        Place::Source(_) | Place::File(_) => None,
    }
}

fn wire_related<'a>(report: &Report<'a>, label: &'a Label) -> WireRelated<'a> {
    WireRelated {
        message: &label.message,
        file: report.sources.file(label.span.file).path().display().to_string(),
        start: report.sources.start(label.span).into(),
        end: report.sources.end(label.span).into(),
    }
}

fn wire_fix<'a>(report: &Report<'a>, fix: &'a Fix) -> WireFix<'a> {
    let edits = fix.edits.iter().map(|edit| WireEdit {
        file: report.sources.file(edit.span.file).path().display().to_string(),
        start_byte: edit.span.start,
        end_byte: edit.span.end,
        text: &edit.text,
    });
    WireFix { title: &fix.title, applicability: fix.applicability.as_str(), edits: edits.collect() }
}

fn wire_statistics(report: &Report<'_>) -> Vec<WireCount> {
    let counts = statistics(report.findings).into_iter();
    counts.map(|(code, count)| WireCount { code: code.as_str(), name: report.name_of(code), count }).collect()
}
