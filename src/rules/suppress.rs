//! Comments that ignore findings: `# composegpu: ignore[CG106, missing-module] why`, on the line of the
//! finding or on a line of its own above the block.

use std::ops::Range;

use super::{Check, by_code, by_text, cg011_unused_ignore};
use crate::{
    compose::Project,
    diag::{Diagnostic, Suppressed},
    source::{SourceMap, Span},
    yaml::{self, Comment, Tree},
};

/// One word between the brackets of such a comment.
pub(super) struct Ignore {
    /// The word.
    pub(super) word: Span,
    /// The whole comment.
    pub(super) comment: Comment,
    /// Whether the comment has other words too.
    pub(super) has_others: bool,
    reason: String,
    reach: Option<Range<usize>>,
}

/// What is left of a run's findings once its files' comments are heeded.
#[derive(Debug)]
pub struct Heeded {
    /// The findings to tell, those about needless comments included.
    pub findings: Vec<Diagnostic>,
    /// The findings that a comment ignores.
    pub suppressed: Vec<Suppressed>,
}

/// Takes out what comments ignore, and reports those that ignore nothing. Comments about rules that
/// need a host are not judged without one.
pub fn suppress(findings: Vec<Diagnostic>, project: &Project, sources: &SourceMap, has_host: bool) -> Heeded {
    let mut ignores: Vec<(Ignore, bool)> = Vec::new();
    for tree in &project.trees {
        let text = sources.file(tree.file).text();
        ignores
            .extend(tree.comments.iter().flat_map(|comment| read(tree, text, comment)).map(|ignore| (ignore, false)));
    }
    let mut heeded = Heeded { findings: Vec::new(), suppressed: Vec::new() };
    for finding in findings {
        match ignores.iter_mut().find(|(ignore, _)| ignore.covers(&finding, sources)) {
            Some((ignore, is_used)) => {
                *is_used = true;
                let reason = ignore.reason.clone();
                heeded.suppressed.push(Suppressed { finding, reason, word: ignore.word });
            }
            None => heeded.findings.push(finding),
        }
    }
    for (ignore, _) in ignores.iter().filter(|(_, is_used)| !is_used) {
        let rule = by_text(sources.slice(ignore.word));
        if has_host || rule.is_none_or(|rule| !matches!(rule.check, Check::Placement(_))) {
            heeded.findings.push(cg011_unused_ignore::finding(ignore, rule, sources));
        }
    }
    heeded
}

impl Ignore {
    fn covers(&self, finding: &Diagnostic, sources: &SourceMap) -> bool {
        let (Some(place), Some(reach)) = (finding.place.span(), &self.reach) else { return false };
        let is_named = by_text(sources.slice(self.word)).is_some_and(|rule| rule.code == finding.code);
        is_named
            && by_code(finding.code).is_some()
            && place.file == self.word.file
            && reach.contains(&(place.start as usize))
    }
}

/// The words of a comment; none where it is another one.
fn read(tree: &Tree, text: &str, comment: &Comment) -> Vec<Ignore> {
    let Some((words, reason)) = words(&text[comment.span.range()]) else { return Vec::new() };
    let start = words.as_ptr().addr() - text.as_ptr().addr();
    let reach = yaml::reach(tree, text, comment);
    let mut at = start;
    let mut out = Vec::new();
    for part in words.split(',') {
        let blanks = part.len() - part.trim_start().len();
        let word = Span::new(tree.file, at + blanks, at + blanks + part.trim().len());
        at += part.len() + 1;
        out.push(Ignore {
            word,
            comment: *comment,
            has_others: words.contains(','),
            reason: reason.to_owned(),
            reach: reach.clone(),
        });
    }
    out
}

/// What stands between the brackets of such a comment, and the reason behind them.
pub(super) fn words(comment: &str) -> Option<(&str, &str)> {
    let rest = comment.trim_start_matches('#').trim_start().strip_prefix("composegpu:")?.trim_start();
    let (words, reason) = rest.strip_prefix("ignore")?.trim_start().strip_prefix('[')?.split_once(']')?;
    Some((words, reason.trim()))
}
