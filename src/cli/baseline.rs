//! A baseline: findings that are known, so that a run tells what is new. An entry is a finding's
//! fingerprint, which does not change when lines move, and paths are taken from the baseline's folder, so
//! that it does not matter where a run starts.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{exit::CliError, files::DiskFiles, join::Run, rule_text::report_of, write::write_whole};
use crate::{
    diag::{Diagnostic, Place},
    report::{Report, fingerprints, from_root},
    source::Files as _,
};

/// Baselines are lists; anything above this is something else.
const MAX_BYTES: usize = 16 << 20;

/// A baseline that was read, and where.
#[derive(Debug)]
pub(super) struct Known {
    path: PathBuf,
    baseline: Baseline,
}

#[derive(Debug, Serialize, Deserialize)]
struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    file: String,
    code: String,
    service: Option<String>,
    fingerprint: String,
}

impl Known {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When the file cannot be read, or is no baseline.
    pub(super) fn read(path: &Path, files: &DiskFiles) -> Result<Self, CliError> {
        Ok(Self { path: path.to_owned(), baseline: read(path, files)? })
    }

    /// Takes the findings out of a run that the baseline knows; gives how many entries of the files
    /// that were judged fit nothing any more.
    pub(super) fn heed(&self, run: &mut Run, files: &DiskFiles) -> usize {
        let entries = &self.baseline.findings;
        let mut known: BTreeSet<&str> = entries.iter().map(|entry| entry.fingerprint.as_str()).collect();
        let prefix = prefix(&self.path, files);
        let report = report(run, &prefix);
        let judged = judged(run, &report);
        let mut own = fingerprints(&report).into_iter();
        run.findings.retain(|_| own.next().is_none_or(|own| !known.remove(own.as_str())));
        let is_gone = |entry: &&Entry| judged.contains(&entry.file) && known.contains(entry.fingerprint.as_str());
        entries.iter().filter(is_gone).count()
    }
}

/// Writes a baseline of all findings; entries of files that were not judged stay.
///
/// # Errors
/// When the file cannot be written, or something else is there.
pub(super) fn write(path: &Path, run: &Run, files: &DiskFiles) -> Result<(), CliError> {
    let prefix = prefix(path, files);
    let report = report(run, &prefix);
    let judged = judged(run, &report);
    let mut findings = match files.kind(path) {
        Ok(Some(_)) => read(path, files)?.findings,
        _ => Vec::new(),
    };
    findings.retain(|entry| !judged.contains(&entry.file));
    let entries = run.findings.iter().zip(fingerprints(&report)).map(|(finding, fingerprint)| Entry {
        file: file_of(finding, &report).unwrap_or_default(),
        code: finding.code.to_string(),
        service: finding.service.clone(),
        fingerprint,
    });
    findings.extend(entries);
    findings.sort_by(|one, other| {
        (&one.file, &one.code, &one.fingerprint).cmp(&(&other.file, &other.code, &other.fingerprint))
    });
    let text = serde_json::to_string_pretty(&Baseline { version: 1, findings }).expect("texts can be written");
    write_whole(path, format!("{text}\n").as_bytes()).map_err(|error| CliError::write(files.shown(path), error))
}

fn read(path: &Path, files: &DiskFiles) -> Result<Baseline, CliError> {
    let shown = files.shown(path);
    let content = files.read(path, MAX_BYTES).map_err(|error| CliError::read(shown, error))?;
    let baseline: Result<Baseline, _> = serde_json::from_slice(&content);
    let is_known = baseline.as_ref().is_ok_and(|baseline| baseline.version == 1);
    baseline.ok().filter(|_| is_known).ok_or_else(|| {
        CliError::Configuration(format!("{} is no baseline; `--write-baseline` writes one", shown.display()))
    })
}

fn report<'a>(run: &'a Run, prefix: &'a str) -> Report<'a> {
    Report { path_prefix: prefix, ..report_of(&run.sources, &run.findings) }
}

/// The files that a run has read, as entries name them.
fn judged(run: &Run, report: &Report<'_>) -> BTreeSet<String> {
    let read = run.sources.iter().map(|(_, file)| from_root(report, &file.path().display().to_string()));
    read.chain(run.findings.iter().filter_map(|finding| file_of(finding, report))).collect()
}

fn file_of(finding: &Diagnostic, report: &Report<'_>) -> Option<String> {
    match &finding.place {
        Place::Source(label) => {
            Some(from_root(report, &report.sources.file(label.span.file).path().display().to_string()))
        }
        Place::File(path) => Some(from_root(report, path)),
        Place::Evidence { .. } => None,
    }
}

/// The way from the baseline's folder to the one that paths start in.
fn prefix(path: &Path, files: &DiskFiles) -> String {
    let (own, here) = (files.absolute(path), files.absolute(Path::new("")));
    let own = own.parent().unwrap_or(Path::new("/"));
    let shared = own.components().zip(here.components()).take_while(|(one, other)| one == other).count();
    let up = own.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(here.components().skip(shared)).collect();
    way.display().to_string().replace('\\', "/")
}
