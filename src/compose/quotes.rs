//! Quotes for a bare number, word or date where Compose takes a text alone.

use std::collections::HashSet;

use super::{Project, codes::SCHEMA_VIOLATION, own_file};
use crate::{
    diag::{Applicability, Diagnostic, Edit, Fix},
    source::SourceMap,
    yaml::{NodeKind, Origin, ScalarStyle},
};

/// Offers to put the values at these places in quotes, each with the finding about it. Compose
/// refuses the project as it is, so no project that works is changed.
pub(super) fn offer(project: &Project, sources: &SourceMap, bare: &[Origin], findings: &mut [Diagnostic]) {
    let mut done = HashSet::new();
    for origin in bare.iter().filter(|origin| done.insert(origin.span)) {
        let is_about = |finding: &&mut Diagnostic| {
            finding.code == SCHEMA_VIOLATION && finding.place.span() == Some(origin.span) && finding.fix.is_none()
        };
        if let Some(finding) = findings.iter_mut().find(is_about) {
            finding.fix = fix(project, sources, origin);
        }
    }
}

fn fix(project: &Project, sources: &SourceMap, origin: &Origin) -> Option<Fix> {
    let file = own_file(project, sources, origin)?;
    let node = file.tree.node(origin.node.node);
    let NodeKind::Scalar { style: ScalarStyle::Plain, .. } = node.kind else { return None };
    let text = &file.text[node.span.range()];
    if node.tag.is_some() || text.is_empty() || text.contains(['"', '\\', '\n', '\r']) {
        return None;
    }
    let quote = |span| Edit { span, text: "\"".to_owned() };
    Some(Fix {
        title: "put the value in quotes".to_owned(),
        applicability: Applicability::Safe,
        edits: vec![quote(node.span.before()), quote(node.span.after())],
    })
}
