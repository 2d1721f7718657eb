//! Paths inside images and contexts: text with `/`, whatever the host.

/// An absolute path without `.`, `..`, doubled or closing slashes; `..` at the root stays at
/// the root, as the builder has it.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// `path` as seen from the folder `from`, normal.
pub(super) fn join(from: &str, path: &str) -> String {
    if path.starts_with('/') { normal(path) } else { normal(&format!("{from}/{path}")) }
}

/// Bytes of a path at most, as Linux has it: folders that are entered again and again end there.
const PATH_MAX: usize = 4096;

/// The folder that is entered from another one; `None` where it is too deep.
pub(super) fn entered(from: &str, path: &str) -> Option<String> {
    let folder = if from.len() + path.len() > PATH_MAX { None } else { Some(join(from, path)) };
    folder.filter(|folder| folder.len() < PATH_MAX)
}

/// What follows `folder` in `path`: empty where they are equal, `None` where `path` is not
/// in `folder`. Both normal.
pub(super) fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let folder = folder.trim_end_matches('/');
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// Whether one of the two paths is the other, or holds it.
pub(super) fn overlaps(left: &str, right: &str) -> bool {
    below(left, right).is_some() || below(right, left).is_some()
}

/// The last component; empty for the root.
pub(super) fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or("")
}

/// The folder that holds a normal path; the root for the root.
pub(super) fn parent(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some((parent, _)) if !parent.is_empty() => parent,
        _ => "/",
    }
}
