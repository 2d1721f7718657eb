//! What FROM says: the image or stage that a stage starts from, and its platform; and what `--from` names.
//!
//! Apart from `stage`, which follows the instructions behind it.

use std::collections::BTreeMap;

use super::{
    base::{self, BaseKind},
    dockerfile::Dockerfile,
    expand::{Variables, expand},
    instruction::Stage,
};

/// What a stage starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// An earlier stage.
    Stage(usize),
    /// An image that the table knows.
    Known(BaseKind),
    /// Anything else, with what to say about it.
    Unknown(String),
}

/// Where a COPY takes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum From {
    Context,
    Stage(usize),
    /// An image, or one of `additional_contexts`.
    Named(String),
}

/// What the build is given beside the Dockerfile.
pub(super) struct Given<'a> {
    /// `build.args`; `None` is a value that is not known.
    pub(super) arguments: &'a BTreeMap<String, Option<String>>,
    /// Names of `additional_contexts`, lower case.
    pub(super) contexts: &'a [String],
}

/// A platform that does not follow the build's: BuildKit sets `TARGET…` and `BUILD…` itself.
/// Source: Dockerfile reference, "Automatic platform ARGs in the global scope".
pub(super) fn fixed_platform(text: &str, global: &Variables) -> Option<String> {
    let follows = ["$TARGET", "$BUILD", "${TARGET", "${BUILD"].iter().any(|variable| text.contains(variable));
    if follows { None } else { expand(text, global) }
}

/// What a stage starts from, and the image's name where it is one.
pub(super) fn base_of(
    dockerfile: &Dockerfile,
    stage: &Stage,
    index: usize,
    given: &Given<'_>,
    global: &Variables,
) -> (Base, Option<String>) {
    let Some(name) = expand(&stage.base.text, global) else {
        return (Base::Unknown(format!("the base image `{}` is not known", stage.base.text)), None);
    };
    let lower = name.to_ascii_lowercase();
    if given.contexts.contains(&lower) {
        return (Base::Unknown(format!("`{name}` comes from `additional_contexts`")), None);
    }
    if let Some(parent) = dockerfile.stages[..index].iter().position(|stage| stage.name.as_deref() == Some(&lower)) {
        return (Base::Stage(parent), None);
    }
    let base = match base::kind(&name) {
        BaseKind::Other => Base::Unknown(format!("the base image `{name}` may hold it")),
        kind => Base::Known(kind),
    };
    (base, (name != "scratch").then_some(name))
}

/// What `COPY --from` names: an earlier stage, by its name or number, or an image or a named context.
pub(super) fn copied_from(dockerfile: &Dockerfile, index: usize, given: &Given<'_>, name: &str) -> From {
    let lower = name.to_ascii_lowercase();
    if given.contexts.contains(&lower) {
        return From::Named(lower);
    }
    let earlier = &dockerfile.stages[..index];
    let by_name = earlier.iter().position(|stage| stage.name.as_deref() == Some(&lower));
    let by_index = name.parse().ok().filter(|number| *number < index);
    by_name.or(by_index).map_or_else(|| From::Named(name.to_owned()), From::Stage)
}
