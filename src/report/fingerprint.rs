//! What a finding is known by although lines move: the same finding has the same text here
//! after lines were added above it, and two findings of a run never share one.

use std::{collections::BTreeMap, hash::Hasher};

use super::{Report, from_root};
use crate::diag::{Diagnostic, Place};

/// The fingerprint of each finding of a report, in their order. Paths count from where `path_prefix`
/// begins.
pub fn fingerprints(report: &Report<'_>) -> Vec<String> {
    let mut fingerprints = Fingerprints::default();
    report.findings.iter().map(|finding| fingerprints.next(report, finding)).collect()
}

/// Gives each finding of a run its fingerprint, in the order of the findings.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: BTreeMap<u64, u32>,
}

impl Fingerprints {
    /// Sixteen hexadecimal digits and, behind a colon, which of the findings that are alike it is.
    pub(super) fn next(&mut self, report: &Report<'_>, finding: &Diagnostic) -> String {
        let hash = alike(report, finding);
        let count = self.seen.entry(hash).or_insert(0);
        *count += 1;
        format!("{hash:016x}:{count}")
    }
}

/// Code, file, service, and the line's own text without its indentation; the message says the
/// numbers of today and stays out.
fn alike(report: &Report<'_>, finding: &Diagnostic) -> u64 {
    let (path, text) = match &finding.place {
        Place::Source(label) => {
            let file = report.sources.file(label.span.file);
            (file.path().display().to_string(), file.line(report.sources.start(label.span).line).trim())
        }
        Place::File(path) => (path.clone(), ""),
        Place::Evidence { source, field, .. } => (source.clone(), field.as_str()),
    };
    let service = finding.service.as_deref().unwrap_or_default();
    let path = from_root(report, &path);
    let mut hash = Fnv::default();
    for part in [finding.code.as_str(), path.as_str(), service, text] {
        hash.write(part.as_bytes());
        hash.write(&[0]);
    }
    hash.finish()
}

/// FNV-1a with 64 bits: the same on every machine and in every version, which the standard
/// library's hasher does not promise.
///
/// Source: Fowler, Noll, Vo and Eastlake, "The FNV Non-Cryptographic Hash Algorithm".
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
