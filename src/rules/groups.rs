//! Names for the hundreds of codes, to select or ignore them by.

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
