//! `--explain=json`: what was decided for each service, for programs.
//! `schemas/decisions-v1.schema.json` says what every field means.

use serde::Serialize;

use crate::{
    cli::rule_text::rule_of,
    diag::Diagnostic,
    lower::{Form, Lowered, Reason, StackFile, Unlowerable},
    report::{Report, concise},
    source::SourceMap,
};

#[derive(Serialize)]
struct WireDecisions<'a> {
    version: u32,
    warnings: Vec<String>,
    services: Vec<WireService<'a>>,
}

#[derive(Serialize)]
struct WireService<'a> {
    service: &'a str,
    file: String,
    line: u32,
    form: Option<&'a str>,
    devices: &'a [String],
    reasons: &'a [Reason],
    rejected: Vec<WireRejected<'a>>,
    problem: Option<String>,
    is_refused: bool,
    notes: &'a [String],
}

#[derive(Serialize)]
struct WireRejected<'a> {
    form: &'a str,
    reason: &'a str,
}

/// The decisions as one JSON document with a line break at its end; `findings` are what the
/// reader warns of, `stack` is the stack file that was asked for.
pub(super) fn json(
    services: &[Lowered],
    findings: &[Diagnostic],
    stack: Option<&StackFile>,
    sources: &SourceMap,
) -> String {
    let report = Report::of(sources, findings, rule_of);
    let of_stack = stack.into_iter().flat_map(|stack| stack.notes.iter().chain(&stack.refused)).cloned();
    let wire = WireDecisions {
        version: 1,
        warnings: concise(&report).lines().map(str::to_owned).chain(of_stack).collect(),
        services: services.iter().map(|service| wire_service(service, sources)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&wire).expect("decisions have text keys and whole numbers alone");
    text.push('\n');
    text
}

fn wire_service<'a>(service: &'a Lowered, sources: &SourceMap) -> WireService<'a> {
    let decision = service.outcome.as_ref().ok();
    let rejected: &[(Form, Reason)] = match &service.outcome {
        Ok(decision) => &decision.rejected,
        Err(Unlowerable::NoWorkingForm(rejected)) => rejected,
        Err(_) => &[],
    };
    WireService {
        service: &service.service,
        file: sources.file(service.span.file).path().display().to_string(),
        line: sources.start(service.span).line,
        form: decision.map(|decision| decision.form.as_str()),
        devices: decision.map(|decision| decision.devices.as_slice()).unwrap_or_default(),
        reasons: decision.map(|decision| decision.reasons.as_slice()).unwrap_or_default(),
        rejected: rejected.iter().map(|(form, reason)| WireRejected { form: form.as_str(), reason }).collect(),
        problem: service.outcome.as_ref().err().map(ToString::to_string),
        is_refused: service.is_refused,
        notes: &service.notes,
    }
}
