//! Where checks put what they find: one sink for places in files, one for what a host said.

use super::Rule;
use crate::{
    diag::{Code, Diagnostic, Label, Place},
    host::HostFacts,
    observed::Observed,
};

/// Where a check puts its findings; stamps them with the rule's code and severity.
#[derive(Debug)]
pub struct Sink<'a> {
    pub(super) rule: &'a Rule,
    pub(super) service: Option<&'a str>,
    pub(super) out: &'a mut Findings,
}

/// Where a host rule puts its findings, which rest on what a source said.
#[derive(Debug)]
pub struct HostSink<'a> {
    pub(super) rule: &'a Rule,
    pub(super) host: &'a HostFacts,
    pub(super) out: &'a mut Findings,
}

/// What a run of the rules gives.
#[derive(Debug, Default)]
pub struct Findings {
    /// The findings, in the order of the rules.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be judged, and why.
    pub skipped: Vec<Skipped>,
}

/// A rule that could not judge something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The rule.
    pub code: Code,
    /// Why, as one clause.
    pub reason: String,
}

impl Sink<'_> {
    /// Reports a finding at a span (or a label); what comes back can be completed.
    pub fn report(&mut self, message: impl Into<String>, place: impl Into<Label>) -> &mut Diagnostic {
        let mut finding = Diagnostic::new(self.rule.code, self.rule.severity, message, Place::Source(place.into()));
        finding.service = self.service.map(str::to_owned);
        self.out.push(finding)
    }

    /// Says what this rule could not judge.
    pub fn skipped(&mut self, reason: impl Into<String>) {
        self.out.skip(self.rule.code, reason.into());
    }
}

impl HostSink<'_> {
    /// Reports a finding; `says` is who said it, the field, and its value.
    pub fn report(&mut self, message: impl Into<String>, says: (&str, &str, &str)) -> &mut Diagnostic {
        let (source, field, value) = (says.0.to_owned(), says.1.to_owned(), says.2.to_owned());
        let line = self.host.toolkit.known().and_then(|toolkit| toolkit.line(&source, &field));
        let place = Place::Evidence { source, field, value, line };
        self.out.push(Diagnostic::new(self.rule.code, self.rule.severity, message, place))
    }

    /// The fact; where there is none, what this rule could not judge is said.
    pub fn known<'h, T>(&mut self, fact: &'h Observed<T>) -> Option<&'h T> {
        if let Observed::Unknown { source, reason } = fact {
            self.skipped(format!("{source}: {reason}"));
        }
        fact.known()
    }

    /// Says what this rule could not judge.
    pub fn skipped(&mut self, reason: impl Into<String>) {
        self.out.skip(self.rule.code, reason.into());
    }
}

impl Findings {
    fn push(&mut self, finding: Diagnostic) -> &mut Diagnostic {
        self.diagnostics.push(finding);
        self.diagnostics.last_mut().expect("a finding was just pushed")
    }

    pub(super) fn skip(&mut self, code: Code, reason: String) {
        let skipped = Skipped { code, reason };
        if !self.skipped.contains(&skipped) {
            self.skipped.push(skipped);
        }
    }
}
