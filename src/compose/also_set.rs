//! The other places of what a finding is about: who changes the overlay's line has to know
//! that the base says it too.

use std::collections::BTreeMap;

use super::Project;
use crate::{
    diag::{Diagnostic, Label},
    source::Span,
    yaml::{Data, Value},
};

/// Gives each finding that points at a value (or its key) whose text came from one of several files
/// a label for each place in another file.
pub fn also_set(project: &Project, findings: &mut [Diagnostic]) {
    if project.trees.len() < 2 {
        return;
    }
    let mut wanted: BTreeMap<Span, Vec<&mut Diagnostic>> = BTreeMap::new();
    for finding in findings {
        if let Some(span) = finding.place.span() {
            wanted.entry(span).or_default().push(finding);
        }
    }
    if !wanted.is_empty() {
        visit(&project.model, &mut wanted);
    }
}

fn visit(value: &Value, wanted: &mut BTreeMap<Span, Vec<&mut Diagnostic>>) {
    if let [earlier @ .., last] = value.sources.as_slice() {
        let others = || earlier.iter().filter(|origin| origin.span.file != last.span.file);
        for span in [Some(last.span), last.key].into_iter().flatten() {
            for finding in wanted.get_mut(&span).into_iter().flatten() {
                others().for_each(|origin| add(finding, origin.key.unwrap_or(origin.span)));
            }
        }
    }
    match &value.data {
        Data::Map(map) => map.values().for_each(|value| visit(value, wanted)),
        Data::Seq(items) => items.iter().for_each(|value| visit(value, wanted)),
        _ => {}
    }
}

fn add(finding: &mut Diagnostic, span: Span) {
    if finding.related.iter().all(|label| label.span != span) {
        finding.related.push(Label::new(span, "also set here"));
    }
}
