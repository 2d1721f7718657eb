//! Version numbers as engines, Compose, drivers and CDI specs print them.

use std::fmt;

/// The first three numbers of a version; what follows (`+dfsg4`, `-3`, `-rc.1`) does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number; 0 where there is none.
    pub minor: u32,
    /// Third number; 0 where there is none.
    pub patch: u32,
}

impl Version {
    /// A version by its numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// Reads `28.5.2+dfsg4`, `v2.40.3`, `1.51`, `570.86.10`; `None` where the text does not start so.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|part| part.parse().ok());
        let major = numbers.next()??;
        let mut next = || numbers.next().map_or(Some(0), |number| number);
        Some(Self { major, minor: next()?, patch: next()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
