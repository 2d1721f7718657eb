//! What a path of a stage's image comes from: one lookup for each COPY, no walks.
//!
//! RUN is not asked here (see `install`); this is about files that the builder copies.

use std::{cell::Cell, collections::BTreeMap};

use super::{
    context::{Context, Entry, source_path},
    from::{Base, From},
    pattern::Pattern,
    place::{below, join, name, overlaps, parent},
    stage::{Built, Copy, StepKind},
};

/// Everything that a question about an image needs.
pub(super) struct Holder<'a> {
    /// All stages.
    pub(super) stages: &'a [Built],
    /// The build context.
    pub(super) context: &'a Context<'a>,
    /// Folders among `additional_contexts`, by lower-case name.
    pub(super) named: &'a BTreeMap<String, Context<'a>>,
    /// Lookups left before the answer is "unknown": stages that copy from each other many
    /// times over would else multiply.
    pub(super) budget: Cell<u32>,
}

/// Where a path of an image comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Provided {
    /// No COPY brings it.
    No,
    /// This path of the build context, if `.dockerignore` lets it through.
    Context(String),
    /// Something else brings it, or something below it.
    Elsewhere,
    /// It cannot be told, and why.
    Unknown(String),
}

impl Holder<'_> {
    /// Lookups for one service.
    pub(super) const BUDGET: u32 = 20_000;

    /// Where `path` of the image of a stage comes from.
    pub(super) fn provides(&self, stage: usize, path: &str) -> Provided {
        let Some(left) = self.budget.get().checked_sub(1) else {
            return Provided::Unknown("its stages copy from each other too often".to_owned());
        };
        self.budget.set(left);
        let mut unknown = None;
        for step in self.stages[stage].steps.iter().rev() {
            match &step.kind {
                StepKind::Run { .. } => {}
                StepKind::Unknown(reason) => unknown = Some(reason.clone()),
                StepKind::Copy(copy) => match self.copied(copy, path) {
                    Provided::No => {}
                    Provided::Unknown(reason) => unknown = Some(reason),
                    found => return found,
                },
            }
        }
        let below = match &self.stages[stage].base {
            Base::Stage(parent) => self.provides(*parent, path),
            Base::Known(_) => Provided::No,
            Base::Unknown(reason) => Provided::Unknown(reason.clone()),
        };
        match (below, unknown) {
            (Provided::No, Some(reason)) => Provided::Unknown(reason),
            (below, _) => below,
        }
    }

    fn copied(&self, copy: &Copy, path: &str) -> Provided {
        let mut unknown = Provided::No;
        for source in &copy.sources {
            let found = match (source, &copy.from) {
                (None, _) => heredoc(copy, path),
                (Some(source), From::Context) => match from_context(self.context, copy, source, path) {
                    Provided::Context(found) => match is_excluded(copy, source, &found) {
                        Some(true) => Provided::No,
                        Some(false) => Provided::Context(found),
                        None => Provided::Unknown("`--exclude` of a COPY may leave it out".to_owned()),
                    },
                    found => found,
                },
                (Some(source), From::Stage(stage)) => self.through_stage(*stage, copy, source, path),
                (Some(source), From::Named(from)) => match self.named.get(from) {
                    Some(context) => match from_context(context, copy, source, path) {
                        Provided::Context(_) => Provided::Elsewhere,
                        found => found,
                    },
                    None if overlaps(&copy.destination, path) => {
                        Provided::Unknown(format!("a COPY takes from `{from}`, which is not followed"))
                    }
                    None => Provided::No,
                },
            };
            match found {
                Provided::No => {}
                Provided::Unknown(_) => unknown = found,
                found => return found,
            }
        }
        unknown
    }

    fn through_stage(&self, stage: usize, copy: &Copy, source: &str, path: &str) -> Provided {
        if !overlaps(&copy.destination, path) {
            return Provided::No;
        }
        if has_wildcard(source) {
            return Provided::Unknown(format!("a COPY takes `{source}` from a stage"));
        }
        let source = source_path(source);
        let Some(rest) = below(path, &destination(copy, &source)).map(str::to_owned) else {
            return Provided::Elsewhere;
        };
        if rest.is_empty() {
            return Provided::Elsewhere;
        }
        let first = rest.split('/').next().unwrap_or("");
        let found = self.provides(stage, &join(&source, &rest));
        if found != Provided::No || first != name(&source) {
            return found;
        }
        // A file is copied under its own name; what is copied here is not asked for its kind.
        match self.provides(stage, &source) {
            Provided::Context(_) => Provided::Elsewhere,
            found => found,
        }
    }
}

/// Whether `--exclude` leaves a path of the context out; `None` where that hangs on whether patterns start
/// from the source or from the context.
pub(super) fn is_excluded(copy: &Copy, source: &str, path: &str) -> Option<bool> {
    let is_match = |path: &str| {
        let path = path.trim_start_matches('/');
        let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
        let patterns = copy.excludes.iter().filter_map(|text| Pattern::new(text.trim_matches('/')));
        let patterns: Vec<Pattern> = patterns.collect();
        parents.chain([path]).any(|path| patterns.iter().any(|pattern| pattern.matches(path)))
    };
    let from_source = below(path, &source_path(source)).filter(|rest| !rest.is_empty()).is_some_and(is_match);
    (from_source == is_match(path)).then_some(from_source)
}

/// Where a source goes: `--parents` keeps its folders.
pub(super) fn destination(copy: &Copy, source: &str) -> String {
    if copy.keeps_parents { join(&copy.destination, source.trim_start_matches('/')) } else { copy.destination.clone() }
}

/// Whether a COPY source is a pattern.
pub(super) fn has_wildcard(source: &str) -> bool {
    source.contains(['*', '?', '['])
}

/// Whether ADD fetches or unpacks the source; what then comes is not known.
pub(super) fn is_opaque(is_add: bool, source: &str) -> bool {
    let is_archive = [".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"].iter().any(|ending| source.ends_with(ending));
    source.contains("://") || source.starts_with("git@") || (is_add && is_archive)
}

fn heredoc(copy: &Copy, path: &str) -> Provided {
    if below(&copy.destination, path).is_some() {
        Provided::Elsewhere
    } else if copy.is_into_folder && below(path, &copy.destination).is_some_and(|rest| !rest.contains('/')) {
        Provided::Unknown("a here-document may be it".to_owned())
    } else {
        Provided::No
    }
}

fn from_context(context: &Context<'_>, copy: &Copy, source: &str, path: &str) -> Provided {
    if is_opaque(copy.is_add, source) {
        return if overlaps(&copy.destination, path) {
            Provided::Unknown(format!("ADD brings `{source}`, which is not looked into"))
        } else {
            Provided::No
        };
    }
    if has_wildcard(source) {
        return from_pattern(context, copy, source, path);
    }
    let source = source_path(source);
    let target = destination(copy, &source);
    match context.entry(&source) {
        Entry::Folder => from_folder(context, &source, &target, path),
        Entry::File => {
            let names = [join(&target, name(&source)), target];
            if names.iter().any(|target| target == path) {
                Provided::Context(source)
            } else if names.iter().any(|target| below(target, path).is_some()) {
                Provided::Elsewhere
            } else {
                Provided::No
            }
        }
        _ if !overlaps(&target, path) => Provided::No,
        Entry::Nothing => Provided::Unknown(format!("a COPY takes `{source}`, which is not in the build context")),
        Entry::Unknown(reason) => Provided::Unknown(reason),
    }
}

fn from_folder(context: &Context<'_>, source: &str, target: &str, path: &str) -> Provided {
    let Some(rest) = below(path, target) else {
        return if below(target, path).is_some() { Provided::Elsewhere } else { Provided::No };
    };
    let inner = join(source, rest);
    match context.entry(&inner) {
        Entry::File | Entry::Folder => Provided::Context(inner),
        Entry::Nothing => Provided::No,
        Entry::Unknown(reason) => Provided::Unknown(reason),
    }
}

/// A pattern in the last part of the source: files go under their names, of folders their
/// content.
fn from_pattern(context: &Context<'_>, copy: &Copy, source: &str, path: &str) -> Provided {
    let source = source_path(source);
    let Some(rest) = below(path, &copy.destination) else {
        return if below(&copy.destination, path).is_some() { Provided::Elsewhere } else { Provided::No };
    };
    let folder = parent(&source);
    let unknown = || Provided::Unknown(format!("a COPY takes the pattern `{source}`"));
    let (false, false, Some(pattern)) = (copy.keeps_parents, has_wildcard(folder), Pattern::new(name(&source))) else {
        return unknown();
    };
    let Some(names) = context.names(folder) else { return unknown() };
    for matched in names.iter().filter(|name| pattern.matches(name)) {
        let matched_path = join(folder, matched);
        let inner = match context.entry(&matched_path) {
            Entry::Folder => join(&matched_path, rest),
            Entry::File if matched == rest => matched_path,
            Entry::Unknown(reason) => return Provided::Unknown(reason),
            Entry::File | Entry::Nothing => continue,
        };
        if matches!(context.entry(&inner), Entry::File | Entry::Folder) {
            return Provided::Context(inner);
        }
    }
    Provided::No
}
