//! Names for the hundreds of codes, to select or ignore them by, and the codes that are no rule.

/// Each group's name and the beginning of its codes.
pub const GROUPS: [(&str, &str); 11] = [
    ("reading", "CG0"),
    ("requests", "CG1"),
    ("devices", "CG2"),
    ("mounts", "CG3"),
    ("environment", "CG4"),
    ("images", "CG5"),
    ("dockerfiles", "CG6"),
    ("security", "CG7"),
    ("resources", "CG8"),
    ("portability", "CG9"),
    ("hosts", "CH"),
];

/// The group that a code belongs to.
pub fn group_of(code: &str) -> &'static str {
    GROUPS.iter().find(|(_, prefix)| code.starts_with(prefix)).map_or("", |(name, _)| name)
}

/// Codes that are no rule, though a list or a comment may name them, each with a clause that says why and
/// what to use. A code is never given again, so this only grows.
pub const RETIRED: [(&str, &str); 3] = [
    ("CG703", "it is of hosts, and is CH032 (`composegpu doctor`)"),
    ("CG704", "it is of hosts, and is CH031 (`composegpu doctor`)"),
    ("CG804", "what a model takes of a GPU's memory stands in no file; CG806 adds up the fractions that commands name"),
];

/// Why a code is no rule, where that is known.
pub fn retired(code: &str) -> Option<&'static str> {
    RETIRED.iter().find(|(retired, _)| retired.eq_ignore_ascii_case(code)).map(|(_, reason)| *reason)
}
