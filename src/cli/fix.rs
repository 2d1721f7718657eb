//! `--fix`: rounds of edits until nothing changes, each judged anew before it counts.
//!
//! Nothing is written here: the disk files carry the new texts, laid over the old ones.

use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
};

use super::{files::DiskFiles, join::Run, judge::Judged};
use crate::{
    diag::{Applicability, Code},
    source::Files as _,
};

/// A fix may open the way for another; more rounds than this are two fixes that undo each other.
const MAX_ROUNDS: usize = 10;

/// What the rounds came to.
#[derive(Debug)]
pub(super) struct Fixed {
    /// What is left to say.
    pub(super) judged: Judged,
    /// The files that changed, sorted by path.
    pub(super) changes: Vec<Change>,
    /// The rules whose findings were mended, one entry a finding.
    pub(super) mended: Vec<Code>,
    /// How many fixes were held back, because they would have brought a new error.
    pub(super) refused: usize,
}

impl Fixed {
    /// Findings, and nothing mended.
    pub(super) fn of(judged: Judged) -> Self {
        Self { judged, changes: Vec::new(), mended: Vec::new(), refused: 0 }
    }
}

/// A file before and after.
#[derive(Debug)]
pub(super) struct Change {
    /// As it is shown.
    pub(super) path: PathBuf,
    /// The old text.
    pub(super) old: String,
    /// The new text.
    pub(super) new: String,
}

/// A file's new text, with the one it replaces.
type Texts = BTreeMap<PathBuf, Change>;

/// One fix: the rule, and byte ranges and texts by the path of the file.
struct Plan {
    code: Code,
    edits: BTreeMap<PathBuf, Vec<(Range<usize>, String)>>,
}

/// Applies what is trusted enough, round by round.
pub(super) fn fix(files: &mut DiskFiles, least: Applicability, judge: impl Fn(&DiskFiles) -> Judged) -> Fixed {
    let mut fixed = Fixed::of(judge(files));
    let mut texts = Texts::new();
    for _ in 0..MAX_ROUNDS {
        let plans = plans(&fixed.judged.run, least);
        if plans.is_empty() || !round(files, &plans, &judge, &mut texts, &mut fixed) {
            break;
        }
    }
    fixed.changes = texts.into_values().filter(|change| change.old != change.new).collect();
    fixed
}

/// Applies all plans, or those that do no harm alone; tells whether any was applied.
fn round(
    files: &mut DiskFiles,
    plans: &[Plan],
    judge: &impl Fn(&DiskFiles) -> Judged,
    texts: &mut Texts,
    fixed: &mut Fixed,
) -> bool {
    let mut attempt = |plans: &[Plan]| {
        let mut changed = files.clone();
        let new = apply(&fixed.judged.run, plans);
        for (path, change) in &new {
            changed.lay_over(path, change.new.clone().into_bytes());
        }
        let judged = judge(&changed);
        if is_worse(&fixed.judged, &judged) {
            return false;
        }
        for (path, change) in new {
            texts.entry(files.resolve(&path)).and_modify(|first| first.new.clone_from(&change.new)).or_insert(change);
        }
        (*files, fixed.judged) = (changed, judged);
        fixed.mended.extend(plans.iter().map(|plan| plan.code));
        true
    };
    if attempt(plans) {
        return true;
    }
    // One of them does harm. The first that does none is applied; the next round finds the
    // others again, at the places where they then are.
    let applied = plans.len() > 1 && plans.iter().any(|plan| attempt(std::slice::from_ref(plan)));
    if !applied {
        fixed.refused = plans.len();
    }
    applied
}

/// The fixes that may be applied together, in the order of the findings: where two want the
/// same bytes, the later one waits for the next round.
fn plans(run: &Run, least: Applicability) -> Vec<Plan> {
    let mut taken: BTreeMap<PathBuf, Vec<Range<usize>>> = BTreeMap::new();
    let mut plans: Vec<Plan> = Vec::new();
    for finding in &run.findings {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.applicability >= least) else { continue };
        let mut plan = Plan { code: finding.code, edits: BTreeMap::new() };
        let mut is_writable = !fix.edits.is_empty();
        for edit in &fix.edits {
            let file = run.sources.file(edit.span.file);
            is_writable &= file.is_exact() && file.text().get(edit.span.range()).is_some();
            plan.edits.entry(file.path().to_owned()).or_default().push((edit.span.range(), edit.text.clone()));
        }
        let is_free = |path: &Path, range: &Range<usize>| {
            taken.get(path).is_none_or(|taken| taken.iter().all(|other| !overlap(range, other)))
        };
        if is_writable && plan.edits.iter().all(|(path, edits)| edits.iter().all(|(range, _)| is_free(path, range))) {
            for (path, edits) in &plan.edits {
                taken.entry(path.clone()).or_default().extend(edits.iter().map(|(range, _)| range.clone()));
            }
            plans.push(plan);
        }
    }
    plans
}

/// Edits that touch count as overlapping too: two insertions at one place have no order, and
/// whoever removes the last item of a list has to know that it is the last.
fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// The new text of every file that the plans touch.
fn apply(run: &Run, plans: &[Plan]) -> Texts {
    let mut edits: BTreeMap<&PathBuf, Vec<&(Range<usize>, String)>> = BTreeMap::new();
    for (path, more) in plans.iter().flat_map(|plan| &plan.edits) {
        edits.entry(path).or_default().extend(more);
    }
    let text_of = |path: &Path| run.sources.iter().find(|(_, file)| file.path() == path).map(|(_, file)| file.text());
    edits
        .into_iter()
        .filter_map(|(path, mut edits)| {
            let old = text_of(path)?.to_owned();
            edits.sort_by_key(|(range, _)| std::cmp::Reverse((range.start, range.end)));
            let mut new = old.clone();
            edits.into_iter().for_each(|(range, text)| new.replace_range(range.clone(), text));
            Some((path.clone(), Change { path: path.clone(), old, new }))
        })
        .collect()
}

/// Whether there is an error that was not there before, in no milder form either.
fn is_worse(before: &Judged, after: &Judged) -> bool {
    let more = |(code, count): (&Code, &usize)| *count > before.found.get(code).copied().unwrap_or(0);
    after.errors.iter().any(more) || after.failures.len() > before.failures.len()
}
