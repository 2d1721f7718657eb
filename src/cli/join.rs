//! Several runs as one: their files in one map, and each finding once.
//!
//! A base is read again for every overlay on it, so the same finding comes up many times,
//! each time in a map of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use crate::{
    diag::{Code, Diagnostic, Place, Suppressed},
    report::{MatrixRow, Unjudged},
    source::{FileId, Files as _, MemoryFiles, SourceFile, SourceMap, Span},
};

/// What a run gave.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// Its files.
    pub(super) sources: SourceMap,
    /// Its findings.
    pub(super) findings: Vec<Diagnostic>,
    /// Findings that comments ignore.
    pub(super) suppressed: Vec<Suppressed>,
    /// What it could not judge.
    pub(super) unjudged: Vec<Unjudged>,
    /// Its services on several hosts.
    pub(super) rows: Vec<MatrixRow>,
}

/// All runs as one, findings sorted by file, place and code. Files below `folder` are shown
/// by their path from there.
pub(super) fn join(runs: Vec<Run>, folder: &Path) -> Run {
    let mut joined = Run::default();
    let mut known = BTreeMap::new();
    let mut known_findings = Known::default();
    let mut sets = Vec::new();
    for run in runs {
        let ids = take_files(&mut joined.sources, &mut known, &run.sources, folder);
        let findings: Vec<Diagnostic> = run.findings.into_iter().map(|finding| moved(finding, &ids, folder)).collect();
        sets.push(Lacks::of(&findings, &ids));
        known_findings.take(findings, &mut joined.findings);
        joined.suppressed.extend(run.suppressed.into_iter().map(|mut one| {
            one.word.file = ids[one.word.file.index()];
            Suppressed { finding: moved(one.finding, &ids, folder), ..one }
        }));
        joined.unjudged.extend(run.unjudged);
        joined.rows.extend(run.rows);
    }
    join_suppressed(&mut joined);
    joined.findings.retain(|finding| !finding.is_lack || sets.iter().all(|set| !set.brings(finding)));
    let sources = &joined.sources;
    joined.findings.sort_by_cached_key(|finding| sort_key(finding, sources));
    let unjudged: BTreeSet<Unjudged> = joined.unjudged.drain(..).collect();
    joined.unjudged = unjudged.into_iter().collect();
    joined
}

/// The files of a set, and what it misses.
struct Lacks {
    files: BTreeSet<FileId>,
    missing: BTreeSet<(Code, Option<Span>)>,
}

impl Lacks {
    fn of(findings: &[Diagnostic], files: &[FileId]) -> Self {
        let missing = findings.iter().filter(|finding| finding.is_lack);
        Self {
            files: files.iter().copied().collect(),
            missing: missing.map(|finding| (finding.code, finding.place.span())).collect(),
        }
    }

    /// Whether the set has the place of the finding and does not miss what is missing there elsewhere.
    fn brings(&self, finding: &Diagnostic) -> bool {
        let place = finding.place.span();
        place.is_some_and(|place| self.files.contains(&place.file)) && !self.missing.contains(&(finding.code, place))
    }
}

/// Each ignored finding once. A comment that ignores something in one set is needed in all.
fn join_suppressed(joined: &mut Run) {
    let used: BTreeSet<Span> = joined.suppressed.iter().map(|one| one.word).collect();
    joined.findings.retain(|finding| finding.place.span().is_none_or(|span| !used.contains(&span)));
    let mut seen = BTreeSet::new();
    joined.suppressed.retain(|one| seen.insert((one.word, one.finding.place.span(), one.finding.message.clone())));
    joined.suppressed.sort_by_key(|one| (one.finding.place.span(), one.finding.code));
}

/// Puts a run's files into the joined map, each path once; gives the new ids in order.
fn take_files(
    joined: &mut SourceMap,
    known: &mut BTreeMap<PathBuf, FileId>,
    sources: &SourceMap,
    folder: &Path,
) -> Vec<FileId> {
    let take = |(_, file): (FileId, &SourceFile)| {
        let path = MemoryFiles::default().resolve(shown(file.path(), folder));
        let add = || joined.add(shown(file.path(), folder), file.text().to_owned(), file.is_exact());
        *known.entry(path).or_insert_with(add)
    };
    sources.iter().map(take).collect()
}

/// The path from `folder`, where it leads below that.
fn shown<'a>(path: &'a Path, folder: &Path) -> &'a Path {
    path.strip_prefix(folder).unwrap_or(path)
}

/// The finding with the joined map's ids.
fn moved(mut finding: Diagnostic, ids: &[FileId], folder: &Path) -> Diagnostic {
    let to = |span: &mut Span| span.file = ids[span.file.index()];
    match &mut finding.place {
        Place::Source(label) => to(&mut label.span),
        Place::File(path) => *path = shown(Path::new(path), folder).display().to_string(),
        Place::Evidence { .. } => {}
    }
    finding.related.iter_mut().for_each(|label| to(&mut label.span));
    finding.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| to(&mut edit.span));
    finding
}

/// Where each code was found; one run may find it at a place more than once, in other words.
#[derive(Default)]
struct Known {
    places: BTreeMap<(Code, PlaceKey), usize>,
    messages: BTreeSet<(Code, PlaceKey, String)>,
}

type PlaceKey = (Option<Span>, String);

impl Known {
    /// Adds what a run found and no earlier one has. A fix has to be right in every set that has the
    /// finding: where one set has none, the finding says so.
    fn take(&mut self, findings: Vec<Diagnostic>, kept: &mut Vec<Diagnostic>) {
        let mut new = Vec::new();
        for finding in findings {
            let place = match &finding.place {
                Place::Source(label) => (Some(label.span), String::new()),
                Place::File(path) => (None, format!("{path}\n{}", finding.message)),
                Place::Evidence { source, field, value, .. } => (None, format!("{source}\n{field}\n{value}")),
            };
            match self.places.get(&(finding.code, place.clone())).and_then(|at| kept.get_mut(*at)) {
                Some(first) if finding.fix.is_none() => (first.fix, first.help) = (None, finding.help),
                Some(_) => {}
                None if self.messages.insert((finding.code, place.clone(), finding.message.clone())) => {
                    new.push(((finding.code, place), kept.len()));
                    kept.push(finding);
                }
                None => {}
            }
        }
        for (key, at) in new {
            self.places.entry(key).or_insert(at);
        }
    }
}

fn sort_key(finding: &Diagnostic, sources: &SourceMap) -> (String, u32, &'static str, String) {
    let (path, start) = match &finding.place {
        Place::Source(label) => (sources.file(label.span.file).path().display().to_string(), label.span.start),
        Place::File(path) => (path.clone(), 0),
        Place::Evidence { .. } => (String::new(), 0),
    };
    (path, start, finding.code.as_str(), finding.message.clone())
}
