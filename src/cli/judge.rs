//! Judging sets of files: load, collect, run the rules; several sets side by side.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use super::{
    args::ProjectArgs,
    exit::CliError,
    files::DiskFiles,
    fleet,
    group::ProjectSet,
    hosts::NamedHost,
    join::{Run, join},
    kept_out::excuse,
    open_values::drop_open,
    progress::Progress,
    rewrite::{self, Ground, Target},
    settings::{Surroundings, load_request},
};
use crate::{
    compose::{self, Loaded, Project},
    diag::{Applicability, Code, Diagnostic, Fix, Place, Severity},
    gpu,
    host::HostFacts,
    image,
    report::Unjudged,
    rules::{self, Check, Heeded, ProjectCx},
    source::{SourceMap, Span},
};

/// What is the same for all sets of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'a> {
    /// The project flags.
    pub(super) args: &'a ProjectArgs,
    /// The process's surroundings.
    pub(super) world: &'a Surroundings,
    /// Standard input, where `-f -` was said.
    pub(super) stdin: Option<&'a [u8]>,
    /// The host that decides on a form, where there is one alone, and the form to rewrite requests in.
    pub(super) target: Target<'a>,
    /// The hosts to place requests on.
    pub(super) hosts: &'a [NamedHost],
    /// The reason to ignore findings for: then their fixes are the comments that do.
    pub(super) ignoring: Option<&'a str>,
}

/// All findings of all sets, and the sets that could not be read.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// The findings with their files.
    pub(super) run: Run,
    /// Why a set could not be read.
    pub(super) failures: Vec<CliError>,
    /// How many errors each rule found, those that nobody asked for included.
    pub(super) errors: BTreeMap<Code, usize>,
    /// How many findings of any severity each rule has, likewise.
    pub(super) found: BTreeMap<Code, usize>,
    /// How many findings of the baseline are gone.
    pub(super) gone: usize,
}

/// Judges every set; what comes back depends on no thread.
pub(super) fn judge(sets: &[ProjectSet], job: Job<'_>, files: &DiskFiles) -> Judged {
    let results: Vec<Result<Run, CliError>> = match sets {
        [only] => vec![judge_one(only, job, files)],
        many => {
            let progress = Progress::of(many.len(), job.world.is_err_watched());
            let judged = many.par_iter().map(|set| {
                let run = judge_one(set, job, files);
                progress.step();
                run
            });
            judged.collect()
        }
    };
    let (mut runs, mut failures) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(run) => runs.push(run),
            Err(failure) => failures.push(failure),
        }
    }
    let run = join(runs, &job.world.working_directory);
    let (mut errors, mut found) = (BTreeMap::new(), BTreeMap::new());
    for finding in &run.findings {
        *found.entry(finding.code).or_insert(0) += 1;
        if finding.severity == Severity::Error {
            *errors.entry(finding.code).or_insert(0) += 1;
        }
    }
    Judged { run, failures, errors, found, gone: 0 }
}

fn judge_one(set: &ProjectSet, job: Job<'_>, files: &DiskFiles) -> Result<Run, CliError> {
    let mut request = load_request(job.args, set.files.clone(), job.world);
    request.stdin = job.stdin.map(<[u8]>::to_vec);
    request.lacks_base = set.lacks_base;
    if job.args.profiles.is_empty() {
        request.profiles.clone_from(&set.profiles);
    }
    if job.args.env_files.is_empty() {
        request.env_files.clone_from(&set.env_files);
    }
    // What a profile switches on breaks as well as the rest.
    request.is_each_profile = request.profiles.is_empty();
    let mut sources = SourceMap::default();
    let Loaded { mut project, diagnostics } = compose::load(&request, files, &mut sources)?;
    let images = image::collect(&project, files, &mut sources);
    let requests = gpu::collect(&project);
    let cx = ProjectCx { project: &project, requests: &requests, images: &images, sources: &sources };
    let mut found = rules::run(&cx, job.target.host);
    if job.hosts.len() > 1 {
        let hosts: Vec<(&str, &HostFacts)> = job.hosts.iter().map(|host| (host.name.as_str(), &host.facts)).collect();
        found = rules::place(&cx, &hosts, found);
    }
    let rows = fleet::rows(&project, &requests, job.hosts, &set.files);
    let errors = diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count();
    let mut findings = diagnostics;
    findings.extend(found.diagnostics);
    drop_open(&mut findings, &sources);
    excuse(&mut findings, &project, &sources, files);
    let (sources_ref, requests) = (&sources, requests.as_slice());
    let mut ground = Ground { project: &mut project, sources: sources_ref, requests, request: &request, files, errors };
    rewrite::offer(&mut findings, job.target, &mut ground);
    let Heeded { mut findings, mut suppressed } = rules::suppress(findings, &project, &sources, !job.hosts.is_empty());
    if let Some(reason) = job.ignoring {
        findings.iter_mut().for_each(|finding| finding.fix = comment(finding, reason, &project, &sources));
    }
    if let Some(subject) = &set.subject {
        let neighbours: Vec<&PathBuf> = set.files.iter().filter(|path| *path != subject).collect();
        findings.retain(|finding| touches(finding, subject, &neighbours, &sources));
        suppressed.retain(|one| touches(&one.finding, subject, &neighbours, &sources));
    }
    let unjudged = found.skipped.into_iter().map(|one| Unjudged { code: one.code, reason: one.reason }).collect();
    Ok(Run { sources, findings, suppressed, unjudged, rows })
}

/// The comment that ignores a finding, as its fix. What is said of such comments is not ignored.
fn comment(finding: &Diagnostic, reason: &str, project: &Project, sources: &SourceMap) -> Option<Fix> {
    let rule = rules::by_code(finding.code)?;
    let span = finding.place.span().filter(|_| !matches!(rule.check, Check::Ignores))?;
    let text = sources.file(span.file).text();
    let edit = rules::ignoring(project.tree(span.file)?, text, span, finding.code, reason)?;
    Some(Fix { title: "ignore it".to_owned(), applicability: Applicability::Safe, edits: vec![edit] })
}

/// Whether a finding is about the subject: it lies in that file or leans on it, or lies in
/// none of the files that came along.
fn touches(finding: &Diagnostic, subject: &Path, neighbours: &[&PathBuf], sources: &SourceMap) -> bool {
    let is_neighbour = |path: &Path| neighbours.iter().any(|neighbour| *neighbour == path);
    let path_of = |span: Span| sources.file(span.file).path();
    match &finding.place {
        Place::Evidence { .. } => true,
        Place::File(path) => !is_neighbour(Path::new(path)),
        Place::Source(label) => {
            !is_neighbour(path_of(label.span)) || finding.related.iter().any(|label| path_of(label.span) == subject)
        }
    }
}
