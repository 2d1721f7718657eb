//! What fixes change, as a patch that `git apply` takes.

use std::fmt::Write as _;

use similar::TextDiff;

/// A unified diff of one file; empty where nothing changes.
pub(super) fn patch(path: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    // For git a lone carriage return ends no line.
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    let (old, new) = (lines(old), lines(new));
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    diff.unified_diff().context_radius(3).header(&name("a/", path), &name("b/", path)).to_string()
}

/// The name as git reads it: in quotes where it holds characters that would end it, and with a tab
/// behind it where it holds a blank.
///
/// Source: git, Documentation/diff-generate-patch.adoc and `core.quotePath`.
fn name(prefix: &str, path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let is_odd = |c: char| c.is_control() || c == '"' || c == '\\';
    if path.contains(is_odd) {
        let mut out = format!("\"{prefix}");
        for c in path.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c.is_control() => {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        write!(out, "\\{byte:03o}").expect("writing to a String cannot fail");
                    }
                }
                c => out.push(c),
            }
        }
        return out + "\"";
    }
    let tab = if path.contains(' ') { "\t" } else { "" };
    format!("{prefix}{path}{tab}")
}
