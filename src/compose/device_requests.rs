//! Device requests that Compose refuses, with the edits that mend them: `count` beside
//! `device_ids`, and a reservation without `capabilities`.
//!
//! Source: compose-go validation/validation.go, `checkDeviceRequest` (v2.9.1), which looks at
//! the keys alone: an empty `device_ids` counts.

use super::{Project, own_file, schema::MISSING_CAPABILITIES};
use crate::{
    diag::{Applicability, Code, Diagnostic, Edit, Fix, Label, Place, Severity},
    source::SourceMap,
    yaml::{Value, edit},
};

/// A request that says both how many devices and which.
const COUNT_AND_DEVICE_IDS: Code = Code::new("CG102");

/// Reports what is refused, and gives the findings of the schema their fixes.
pub(super) fn check(project: &Project, sources: &SourceMap, diagnostics: &mut Vec<Diagnostic>) {
    for (name, service) in project.services() {
        let reserved = service.at(&["deploy", "resources", "reservations", "devices"]).and_then(Value::as_seq);
        let gpus = service.get("gpus").and_then(Value::as_seq);
        for item in reserved.into_iter().chain(gpus).flatten() {
            let mut finding = count_and_ids(name, item);
            if let Some(finding) = &mut finding {
                finding.fix = drop_count(project, sources, item);
            }
            diagnostics.extend(finding);
        }
        for item in reserved.into_iter().flatten() {
            let place = item.span();
            let missing = diagnostics.iter_mut().find(|finding| {
                finding.code == MISSING_CAPABILITIES && finding.fix.is_none() && finding.place.span() == place
            });
            if let Some(finding) = missing {
                finding.fix = add_capabilities(project, sources, item);
            }
        }
    }
}

fn count_and_ids(name: &str, item: &Value) -> Option<Diagnostic> {
    let (count, ids) = (item.get("count")?, item.get("device_ids")?);
    let message = format!("a GPU request of service `{name}` has both `count` and `device_ids`, which Compose refuses");
    let place = Place::Source(count.place()?.into());
    let mut finding = Diagnostic::new(COUNT_AND_DEVICE_IDS, Severity::Error, message, place)
        .with_help("remove `count`: the list says how many");
    finding.related.extend(ids.place().map(|span| Label::new(span, "the devices are named here")));
    finding.service = Some(name.to_owned());
    Some(finding)
}

fn drop_count(project: &Project, sources: &SourceMap, item: &Value) -> Option<Fix> {
    item.get("device_ids")?.as_seq().filter(|ids| !ids.is_empty())?;
    let mut edits = Vec::new();
    for origin in &item.get("count")?.sources {
        let stop = item.sources.iter().find(|item| item.node.file == origin.node.file)?;
        edits.extend(edit::remove(own_file(project, sources, origin)?, origin.node.node, stop.node.node)?);
    }
    fix("remove `count` and keep `device_ids`", Applicability::Unsafe, edits)
}

/// `[gpu]` is the one reading: the engine finds no driver without a capability, and that is
/// the one that every GPU driver has.
fn add_capabilities(project: &Project, sources: &SourceMap, item: &Value) -> Option<Fix> {
    let origin = item.origin()?;
    let file = own_file(project, sources, origin)?;
    let edits = edit::insert_entry(file, origin.node.node, None, "capabilities", "[gpu]")?;
    fix("add `capabilities: [gpu]`", Applicability::Safe, edits)
}

fn fix(title: &str, applicability: Applicability, edits: Vec<Edit>) -> Option<Fix> {
    (!edits.is_empty()).then(|| Fix { title: title.to_owned(), applicability, edits })
}
