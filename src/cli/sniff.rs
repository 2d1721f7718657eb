//! A quick look at a YAML file: is it a Compose file, and does it stand on its own?

use std::path::Path;

use crate::source::{Files, decode};

/// Files above this size are not looked into; Compose files are far smaller.
const MAX_BYTES: usize = 1 << 20;

/// What a look at a file showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    /// It has a service with a key of Compose.
    pub(super) is_compose: bool,
    /// It has services, and says of each what it is made of.
    pub(super) is_whole: bool,
}

/// Looks at a file; `None` for what cannot be read or is no mapping.
pub(super) fn sniff(path: &Path, files: &dyn Files) -> Option<Sniffed> {
    let content = files.read(path, MAX_BYTES).ok()?;
    let (text, _) = decode(content).ok()?;
    if !text.contains("services") {
        return Some(Sniffed { is_compose: false, is_whole: false });
    }
    let has_services = text.lines().any(|line| line.trim_end() == "services:");
    Some(Sniffed { is_compose: has_services, is_whole: true })
}
