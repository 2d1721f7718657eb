//! Where a path of the build context lands in an image, under whatever name.
//!
//! The other direction of `holds`: a module that lands anywhere at all may be found by ways
//! that are not followed (`sys.path`, `.pth` files, a variable), so only one that lands
//! nowhere is said to be missing.

use super::{
    context::{Entry, source_path},
    from::{Base, From},
    holds::{Holder, destination, has_wildcard, is_excluded, is_opaque},
    pattern::Pattern,
    place::{below, join, name, overlaps},
    stage::{Copy, StepKind},
};

/// Places that are followed at most.
const MAX_PLACES: usize = 64;

/// Paths of a stage's image that hold something of `path`, which is a path of the context.
/// `None` where they are too many to follow.
pub(super) fn places(holder: &Holder<'_>, stage: usize, path: &str) -> Option<Vec<String>> {
    let mut known: Vec<Vec<String>> = Vec::new();
    let is_folder = holder.context.entry(path) == Entry::Folder;
    for index in 0..=stage {
        let mut out = match holder.stages[index].base {
            Base::Stage(parent) => known[parent].clone(),
            _ => Vec::new(),
        };
        for step in &holder.stages[index].steps {
            let StepKind::Copy(copy) = &step.kind else { continue };
            for source in copy.sources.iter().flatten() {
                match &copy.from {
                    From::Context => out.extend(from(copy, source, path, is_folder)),
                    From::Stage(other) => {
                        out.extend(
                            known[*other]
                                .iter()
                                .flat_map(|place| from(copy, source, place, is_folder))
                                .collect::<Vec<_>>(),
                        );
                    }
                    From::Named(_) => {}
                }
            }
            out.sort();
            out.dedup();
            if out.len() > MAX_PLACES {
                return None;
            }
        }
        known.push(out);
    }
    known.pop()
}

/// Where `path` goes when `source` is copied. Of a folder that is named itself the content is copied.
fn from(copy: &Copy, source: &str, path: &str, is_folder: bool) -> Option<String> {
    if is_opaque(copy.is_add, source) {
        return None;
    }
    let absolute = source_path(source);
    if has_wildcard(source) {
        return matches_part(&absolute, path).then(|| copy.destination.clone());
    }
    if !overlaps(path, &absolute) || is_excluded(copy, source, path) == Some(true) {
        return None;
    }
    let target = destination(copy, &absolute);
    match below(path, &absolute) {
        Some("") if copy.is_into_folder && !is_folder => Some(join(&target, name(&absolute))),
        Some(rest) => Some(join(&target, rest)),
        None => Some(target),
    }
}

/// Whether a pattern matches the path, or a folder above it, or something below it.
fn matches_part(pattern: &str, path: &str) -> bool {
    let mut patterns = pattern.split('/');
    let mut parts = path.split('/');
    while let (Some(pattern), Some(part)) = (patterns.next(), parts.next()) {
        if pattern == "**" {
            return true;
        }
        if !Pattern::new(pattern).is_none_or(|pattern| pattern.matches(part)) {
            return false;
        }
    }
    true
}
