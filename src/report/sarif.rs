//! SARIF 2.1.0, for code scanning: one run with its rules, places, fixes and ignored findings.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", whose
//! sections the comments name. Wire types of our own, since the crates that have them bring
//! some sixty types and a code generator for the dozen that are needed.

mod place;

use std::collections::BTreeMap;

use serde::Serialize;

use self::place::{WireChange, WireLocation, changes, location_of, related_of};
use super::{Matrix, Report, RuleText, Unjudged, fingerprint::Fingerprints, page};
use crate::diag::{Applicability, Code, Diagnostic, Severity, Suppressed};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report as one SARIF log with a line break at its end.
pub fn sarif(report: &Report<'_>) -> String {
    let rules = Rules::of(report);
    let mut fingerprints = Fingerprints::default();
    let open = report.findings.iter().map(|finding| (finding, None));
    let ignored = report.suppressed.iter().map(|one| (&one.finding, Some(one)));
    let results =
        open.chain(ignored).map(|(finding, ignored)| result(report, finding, ignored, &rules, &mut fingerprints));
    let log = WireLog {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [WireRun {
            results: results.collect(),
            properties: report.matrix.iter().map(|matrix| ("fleet", *matrix)).collect(),
            tool: WireTool {
                driver: WireDriver {
                    name: "composegpu",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.all.iter().map(|rule| wire_rule(report, rule)).collect(),
                },
            },
            // Section 3.14.17: columns count code points here, UTF-16 units where nothing is said.
            column_kind: "unicodeCodePoints",
            invocations: [WireInvocation {
                execution_successful: true,
                notifications: report.skipped.iter().map(|one| notification(one, &rules)).collect(),
            }],
        }],
    };
    let mut text = serde_json::to_string_pretty(&log).expect("a log has text keys and finite numbers alone");
    text.push('\n');
    text
}

/// The rules that a log speaks of, in code order, and where each stands.
struct Rules {
    all: Vec<(Code, RuleText)>,
    index: BTreeMap<Code, usize>,
}

impl Rules {
    fn of(report: &Report<'_>) -> Self {
        let findings = report.findings.iter().chain(report.suppressed.iter().map(|one| &one.finding));
        let codes = findings.map(|finding| finding.code).chain(report.skipped.iter().map(|one| one.code));
        let index: BTreeMap<Code, RuleText> = codes.map(|code| (code, (report.rule_of)(code))).collect();
        let all: Vec<(Code, RuleText)> = index.into_iter().collect();
        let index = all.iter().enumerate().map(|(at, (code, _))| (*code, at)).collect();
        Self { all, index }
    }
}

#[derive(Serialize)]
struct WireLog<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [WireRun<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRun<'a> {
    tool: WireTool<'a>,
    column_kind: &'a str,
    invocations: [WireInvocation<'a>; 1],
    results: Vec<WireResult<'a>>,
    /// What the standard has no key for (section 3.8): services on several hosts, as in the JSON report.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<&'a str, &'a Matrix>,
}

#[derive(Serialize)]
struct WireTool<'a> {
    driver: WireDriver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireDriver<'a> {
    name: &'a str,
    semantic_version: &'a str,
    rules: Vec<WireRule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRule<'a> {
    id: &'a str,
    name: &'a str,
    short_description: WireText<'a>,
    help: WireText<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: WireConfiguration<'a>,
}

#[derive(Serialize)]
struct WireConfiguration<'a> {
    level: &'a str,
}

#[derive(Serialize)]
struct WireText<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

impl<'a> WireText<'a> {
    fn plain(text: &'a str) -> Self {
        Self { text, markdown: None }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireInvocation<'a> {
    execution_successful: bool,
    #[serde(rename = "toolExecutionNotifications", skip_serializing_if = "Vec::is_empty")]
    notifications: Vec<WireNotification<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireNotification<'a> {
    level: &'a str,
    message: WireText<'a>,
    associated_rule: WireReference<'a>,
}

#[derive(Serialize)]
struct WireReference<'a> {
    id: &'a str,
    index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'a str,
    message: WireMessage,
    locations: Vec<WireLocation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<WireLocation<'a>>,
    partial_fingerprints: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<WireFix<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<WireSuppression<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct WireMessage {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireFix<'a> {
    description: WireText<'a>,
    artifact_changes: Vec<WireChange<'a>>,
}

#[derive(Serialize)]
struct WireSuppression<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    justification: &'a str,
}

fn result<'a>(
    report: &Report<'a>,
    finding: &'a Diagnostic,
    ignored: Option<&'a Suppressed>,
    rules: &Rules,
    fingerprints: &mut Fingerprints,
) -> WireResult<'a> {
    let fix = finding.fix.as_ref().filter(|fix| fix.applicability != Applicability::DisplayOnly);
    let fixes = fix
        .map(|fix| WireFix { description: WireText::plain(&fix.title), artifact_changes: changes(report, &fix.edits) });
    WireResult {
        rule_id: finding.code.as_str(),
        rule_index: rules.index[&finding.code],
        level: level(finding.severity),
        message: WireMessage { text: message(finding) },
        locations: location_of(report, finding).into_iter().collect(),
        related_locations: related_of(report, finding),
        partial_fingerprints: BTreeMap::from([("composegpu/v1", fingerprints.next(report, finding))]),
        fixes: fixes.into_iter().collect(),
        suppressions: ignored
            .map(|one| WireSuppression { kind: "inSource", justification: &one.reason })
            .into_iter()
            .collect(),
        properties: finding.service.iter().map(|service| ("service", service.as_str())).collect(),
    }
}

/// The message as a sentence, and what to do behind it: viewers show no other text beside a line.
fn message(finding: &Diagnostic) -> String {
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        text.push_str(". Help: ");
        text.push_str(help);
    }
    text
}

/// Section 3.27.10.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn wire_rule<'a>(report: &Report<'_>, (code, rule): &'a (Code, RuleText)) -> WireRule<'a> {
    WireRule {
        id: code.as_str(),
        name: rule.name,
        short_description: WireText::plain(rule.summary),
        help: WireText { text: rule.summary, markdown: Some(page(rule.page)) },
        help_uri: report.page_address(*code),
        default_configuration: WireConfiguration { level: level(rule.severity) },
    }
}

fn notification<'a>(one: &'a Unjudged, rules: &Rules) -> WireNotification<'a> {
    WireNotification {
        level: "note",
        message: WireText::plain(&one.reason),
        associated_rule: WireReference { id: one.code.as_str(), index: rules.index[&one.code] },
    }
}
