//! What fixes change, as a patch.

use similar::TextDiff;

/// A unified diff of one file; empty where nothing changes.
pub(super) fn patch(path: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}
