//! `composegpu.toml`: what a project has decided about `lint` once and for all.
//!
//! It is looked for from the folder that all paths of a run lie in, upwards to the repository's root;
//! `schemas/composegpu.schema.json` says what may stand in it.

mod read;

use std::path::{Path, PathBuf};

use super::{
    args::{FailOn, LintArgs},
    exit::CliError,
    files::DiskFiles,
    matcher::Matcher,
    selector::Selector,
    settings::Surroundings,
};
use crate::{
    diag::Severity,
    source::{EntryKind, Files as _},
};

/// The file's name.
const NAME: &str = "composegpu.toml";

/// What the file says. Paths are absolute.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    /// Rules that are reported alone.
    pub(super) select: Vec<Selector>,
    /// Rules that are reported beside the others.
    pub(super) extend_select: Vec<Selector>,
    /// Rules that are left out.
    pub(super) ignore: Vec<Selector>,
    /// Severities that differ from the rules' own.
    pub(super) severity: Vec<(Selector, Severity)>,
    /// Rules that are left out in some files.
    pub(super) per_file_ignores: Vec<(Matcher, Vec<Selector>)>,
    /// The severity that makes a run fail.
    pub(super) fail_on: Option<FailOn>,
    /// Files that are not judged.
    pub(super) exclude: Option<Matcher>,
    /// Files that are Compose files, whatever they are called.
    pub(super) files: Option<Matcher>,
    /// The host to judge requests on, as `--host` takes it.
    pub(super) host: Option<String>,
    /// Findings that are known and not told.
    pub(super) baseline: Option<PathBuf>,
    /// Files that belong together.
    pub(super) projects: Vec<NamedSet>,
}

/// Files that belong together, as `[projects.NAME]` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedSet {
    /// The set's name.
    pub(super) name: String,
    /// Its files, in the order of `-f`.
    pub(super) files: Vec<PathBuf>,
    /// Profiles to switch on; all where there are none.
    pub(super) profiles: Vec<String>,
    /// Files of variables in place of `.env`.
    pub(super) env_files: Vec<PathBuf>,
}

impl Configuration {
    /// The configuration of a run.
    ///
    /// # Errors
    /// [`CliError::Configuration`] for a file that says what it cannot say, [`CliError::Read`] for one that
    /// cannot be read.
    pub(super) fn of(args: &LintArgs, world: &Surroundings, files: &DiskFiles) -> Result<Self, CliError> {
        let path = match &args.config {
            _ if args.isolated => None,
            Some(path) => Some(path.clone()),
            None => find(&start(args, world, files), files),
        };
        let Some(path) = path else { return Ok(Self::default()) };
        let content = files.read(&path, MAX_BYTES).map_err(|error| CliError::read(&path, error))?;
        let shown = path.strip_prefix(&world.working_directory).unwrap_or(&path);
        let folder = files.absolute(&path).parent().map(Path::to_owned).unwrap_or_default();
        read::read(shown, &folder, content)
    }
}

/// Configuration files are far smaller.
const MAX_BYTES: usize = 1 << 20;

/// The nearest file from a folder upwards; what lies above a repository is not its own.
fn find(start: &Path, files: &DiskFiles) -> Option<PathBuf> {
    for folder in start.ancestors() {
        let path = folder.join(NAME);
        if matches!(files.kind(&path), Ok(Some(EntryKind::File { .. }))) {
            return Some(path);
        }
        if matches!(files.kind(&folder.join(".git")), Ok(Some(_))) {
            return None;
        }
    }
    None
}

/// The folder that all paths of the run lie in.
fn start(args: &LintArgs, world: &Surroundings, files: &DiskFiles) -> PathBuf {
    let paths = args.paths.iter().chain(&args.project.files).filter(|path| path.as_os_str() != "-");
    let folders = paths.chain(&args.stdin_filename).map(|path| {
        let path = files.absolute(path);
        let is_folder = matches!(files.kind(&path), Ok(Some(EntryKind::Directory)));
        if is_folder { path } else { path.parent().map(Path::to_owned).unwrap_or_default() }
    });
    let common = |one: PathBuf, other: PathBuf| {
        let parts = one.components().zip(other.components()).take_while(|(one, other)| one == other);
        parts.map(|(part, _)| part).collect()
    };
    folders.reduce(common).unwrap_or_else(|| world.working_directory.clone())
}
