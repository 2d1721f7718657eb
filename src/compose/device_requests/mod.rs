//! Device requests that Compose refuses, or reads as nobody means them, with the edits that mend them.
//!
//! The schema speaks of types and keys; here the same mistake is named for what it is, once, and what
//! the schema said of the same bytes is taken back.

mod capabilities;
mod counts;
mod foreign;
mod ids;
mod keys;
mod misplaced;
mod shapes;

use super::{
    Project,
    codes::{INCONSISTENT, SCHEMA_VIOLATION},
    own_file,
    schema::{MISSING_CAPABILITIES, UNKNOWN_KEY},
};
use crate::{
    diag::{Applicability, Code, Diagnostic, Edit, Fix, Label, Place, Severity},
    source::{SourceMap, Span},
    yaml::{Origin, Value, edit::File},
};

/// What the schema and the consistency checks call these mistakes.
const PLAIN: [Code; 4] = [SCHEMA_VIOLATION, UNKNOWN_KEY, MISSING_CAPABILITIES, INCONSISTENT];

/// Reports what is wrong, takes back what was said less well, and gives the findings of the schema
/// their fixes. Tells whether there is something that Compose refuses and no earlier check has seen.
pub(super) fn check(project: &Project, sources: &SourceMap, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let mut found = misplaced::at_the_top(project);
    found.extend(misplaced::among_services(project));
    for (name, service) in project.services() {
        let cx = Cx { project, sources, name, service };
        if !misplaced::is_no_service(name, service) {
            found.extend(misplaced::check(&cx));
            found.extend(foreign::check(&cx));
        }
        for list in [cx.reserved(), service.get("gpus")].into_iter().flatten() {
            found.extend(shapes::check(&cx, list));
        }
        for (item, form) in cx.items() {
            found.extend(keys::check(&cx, item, form));
            found.extend(counts::check(&cx, item));
            found.extend(ids::check(&cx, item));
        }
    }
    let covers: Vec<Span> = found.iter().flat_map(|found| found.covers.iter().copied()).collect();
    diagnostics.retain(|finding| !PLAIN.contains(&finding.code) || !is_covered(finding, &covers));
    let is_refused = found.iter().any(|found| found.finding.code == counts::COUNT_AND_DEVICE_IDS);
    diagnostics.extend(joined(found, project));
    for (name, service) in project.services() {
        capabilities::mend(&Cx { project, sources, name, service }, diagnostics);
    }
    is_refused
}

/// One text is one defect: services that share it through an anchor or `extends` are named by labels.
fn joined(found: Vec<Found>, project: &Project) -> Vec<Diagnostic> {
    let mut joined: Vec<Diagnostic> = Vec::with_capacity(found.len());
    for Found { finding, .. } in found {
        match joined.iter_mut().find(|first| first.code == finding.code && first.place == finding.place) {
            None => joined.push(finding),
            Some(first) => {
                let place = finding.service.and_then(|name| project.service_place(&name));
                first.related.extend(place.map(|span| Label::new(span, "this service shares it")));
            }
        }
    }
    joined
}

fn is_covered(finding: &Diagnostic, covers: &[Span]) -> bool {
    let Some(place) = finding.place.span() else { return false };
    covers.iter().any(|cover| cover.file == place.file && cover.start <= place.start && place.end <= cover.end)
}

/// A finding, and the bytes of which nothing else is to be said.
struct Found {
    finding: Diagnostic,
    covers: Vec<Span>,
}

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Reservation,
    Gpus,
}

/// One service with what is around it.
struct Cx<'a> {
    project: &'a Project,
    sources: &'a SourceMap,
    name: &'a str,
    service: &'a Value,
}

impl<'a> Cx<'a> {
    fn reserved(&self) -> Option<&'a Value> {
        self.service.at(&["deploy", "resources", "reservations", "devices"])
    }

    /// The requests that are mappings.
    fn items(&self) -> Vec<(&'a Value, Form)> {
        let of = |list: Option<&'a Value>, form| {
            let items = list.and_then(Value::as_seq).unwrap_or_default().iter();
            items.filter(|item| item.as_map().is_some()).map(move |item| (item, form)).collect::<Vec<_>>()
        };
        let mut items = of(self.reserved(), Form::Reservation);
        items.extend(of(self.service.get("gpus"), Form::Gpus));
        items
    }

    /// A finding at a value, which covers the value and its key.
    fn error(&self, code: Code, message: String, at: &Value, help: &str) -> Option<Found> {
        let place = at.span().filter(|span| span.start < span.end).or_else(|| at.place())?;
        self.error_at(code, message, place, at, help)
    }

    fn error_at(&self, code: Code, message: String, place: Span, covered: &Value, help: &str) -> Option<Found> {
        let mut finding = Diagnostic::new(code, Severity::Error, message, Place::Source(place.into())).with_help(help);
        finding.service = Some(self.name.to_owned());
        Some(Found { finding, covers: [covered.key_span(), covered.span()].into_iter().flatten().collect() })
    }

    /// The file of a place that may be changed without changing another place.
    fn own_file(&self, origin: &Origin) -> Option<File<'a>> {
        own_file(self.project, self.sources, origin)
    }

    /// Edits of the only place that a value was written at.
    fn edit(&self, value: &Value, edit: impl FnOnce(File<'a>, &Origin) -> Option<Vec<Edit>>) -> Option<Vec<Edit>> {
        let [origin] = value.sources.as_slice() else { return None };
        edit(self.own_file(origin)?, origin)
    }
}

fn fix(title: impl Into<String>, applicability: Applicability, edits: Option<Vec<Edit>>) -> Option<Fix> {
    let edits = edits.filter(|edits| !edits.is_empty())?;
    Some(Fix { title: title.into(), applicability, edits })
}
