//! A COPY line for a module, in the style of the lines that copy its siblings.

use super::{
    built::CopyLine,
    context::{Context, Entry, source_path},
    from::{Base, From},
    instruction::TransferSource,
    place::{join, name, parent},
    stage::{Built, Copy, Step, StepKind},
};
use crate::{
    diag::Edit,
    source::{SourceMap, Span},
};

/// What to copy, and for which folders of the image.
pub(super) struct Wish<'a> {
    /// Normal path in the context.
    pub(super) located: &'a str,
    /// Whether it is a folder.
    pub(super) is_folder: bool,
    /// Folders that Python searches.
    pub(super) searched: &'a [String],
}

/// The line, behind the last sibling of the stage or of those that it is built on; `None`
/// where there is no sibling whose style could be followed.
pub(super) fn copy_line(
    stages: &[Built],
    target: usize,
    context: &Context<'_>,
    wish: &Wish<'_>,
    sources: &SourceMap,
) -> Option<CopyLine> {
    let chain = std::iter::successors(Some(target), |stage| match stages[*stage].base {
        Base::Stage(parent) => Some(parent),
        _ => None,
    });
    for stage in chain {
        for step in stages[stage].steps.iter().rev() {
            if let Some(text) = sibling(step, context, wish, sources) {
                return insertion(step.span, text, sources);
            }
        }
    }
    None
}

/// The text of the sibling's instruction with the module's name in place of its own.
fn sibling(step: &Step, context: &Context<'_>, wish: &Wish<'_>, sources: &SourceMap) -> Option<String> {
    let StepKind::Copy(copy) = &step.kind else { return None };
    let ([Some(source)], From::Context, false, false) =
        (copy.sources.as_slice(), &copy.from, copy.is_add, copy.keeps_parents)
    else {
        return None;
    };
    let source = source_path(source);
    let entry = if wish.is_folder { Entry::Folder } else { Entry::File };
    if source == "/" || parent(&source) != parent(wish.located) || context.entry(&source) != entry {
        return None;
    }
    let (old, new) = (name(&source), name(wish.located));
    let is_renamed = wish.searched.iter().any(|root| copy.destination == join(root, old));
    let is_beside = !wish.is_folder && copy.is_into_folder && wish.searched.contains(&copy.destination);
    if !is_renamed && !is_beside {
        return None;
    }
    rewritten(step.span, copy, is_renamed, old, new, sources)
}

fn rewritten(span: Span, copy: &Copy, is_renamed: bool, old: &str, new: &str, sources: &SourceMap) -> Option<String> {
    let [TransferSource::Path(source)] = copy.written.sources.as_slice() else { return None };
    let mut text = sources.slice(span).to_owned();
    // From the back, so that the first edit does not move the second.
    let destination = is_renamed.then_some(copy.written.destination.span);
    for part in destination.into_iter().chain([source.span]) {
        let written = sources.slice(part);
        let head =
            written.trim_end_matches('/').strip_suffix(old).filter(|head| head.is_empty() || head.ends_with('/'))?;
        let start = (part.start - span.start) as usize + head.len();
        text.replace_range(start..start + old.len(), new);
    }
    Some(text)
}

/// The line goes right behind the sibling's, with its indentation and the file's line ends.
fn insertion(span: Span, text: String, sources: &SourceMap) -> Option<CopyLine> {
    let file = sources.file(span.file);
    if !file.is_exact() {
        return None;
    }
    let whole = file.text();
    let line_start = whole[..span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let indent = &whole[line_start..span.start as usize];
    if !indent.trim().is_empty() {
        return None;
    }
    let rest = &whole[span.end as usize..];
    let length = rest.find('\n').unwrap_or(rest.len());
    let (blanks, line_end) = match rest[..length].strip_suffix('\r') {
        Some(blanks) => (blanks, "\r\n"),
        None => (&rest[..length], "\n"),
    };
    let at = span.end as usize + blanks.len();
    let edit = Edit { span: Span::new(span.file, at, at), text: format!("{line_end}{indent}{text}") };
    Some(CopyLine { text, edit })
}
