//! Fixes of the findings about reservations without `capabilities`.

use super::{Cx, fix};
use crate::{
    compose::schema::MISSING_CAPABILITIES,
    diag::{Applicability, Diagnostic},
    yaml::{Value, edit},
};

/// `[gpu]` is the one reading: the engine finds no driver without a capability, and that is the one
/// that every GPU driver has.
pub(super) fn mend(cx: &Cx<'_>, diagnostics: &mut [Diagnostic]) {
    for item in cx.reserved().and_then(Value::as_seq).into_iter().flatten() {
        let place = item.span();
        let missing = diagnostics.iter_mut().find(|finding| {
            finding.code == MISSING_CAPABILITIES && finding.fix.is_none() && finding.place.span() == place
        });
        if let (Some(finding), Some(origin)) = (missing, item.origin()) {
            let edits = cx
                .own_file(origin)
                .and_then(|file| edit::insert_entry(file, origin.node.node, None, "capabilities", "[gpu]"));
            finding.fix = fix("add `capabilities: [gpu]`", Applicability::Safe, edits);
        }
    }
}
