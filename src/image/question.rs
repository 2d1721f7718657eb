//! What is asked of an image: whether it holds what a service starts.
//!
//! Apart from `answer`, because each module that answers a part of it is a part of `Question`.

use std::path::Path;

use super::{
    holds::Holder,
    starts::{Settings, Word},
};
use crate::{source::SourceMap, yaml::Value};

/// One question.
pub(super) struct Question<'a> {
    pub(super) holder: &'a Holder<'a>,
    /// The stage that the service runs.
    pub(super) stage: usize,
    pub(super) service: &'a Value,
    /// The project's folder, from which paths of mounts start.
    pub(super) project: &'a Path,
    pub(super) sources: &'a SourceMap,
    /// Why PYTHONPATH is not known, where a file may set it.
    pub(super) python_path_unknown: Option<String>,
}

/// The module that is asked for.
pub(super) struct Module<'a> {
    pub(super) name: &'a str,
    pub(super) may_end_in_variable: bool,
    pub(super) folder: Option<&'a Word>,
    /// Whether Python runs it, which a package must allow.
    pub(super) is_run: bool,
    /// What may name further folders.
    pub(super) settings: Settings,
}
