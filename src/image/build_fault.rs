//! Parts of a build that are not there: its context, its Dockerfile, its target, what COPY takes.
//!
//! Only where the project's own tree is at hand: a Compose file without the folders that it speaks of
//! says nothing about them.

use std::{io, path::Path};

use super::{
    build::Build,
    built::BuildFault,
    chain::needed,
    context::{self, Context, Entry, source_path},
    dockerfile::Dockerfile,
    from::From,
    holds::{has_wildcard, is_opaque},
    pattern::Pattern,
    place,
    stage::{Built, Step},
};
use crate::source::{EntryKind, Files, SourceMap};

/// Names in a folder that are looked through at most.
const MOST_NAMES: usize = 4096;

/// Whether the context is not there, though the project's folder has others.
pub(super) fn no_context(files: &dyn Files, directory: &Path, build: &Build) -> bool {
    let names = files.list(directory, MOST_NAMES).unwrap_or_default();
    let is_held = |name: &String| is_folder(files, &directory.join(name)) && has_content(files, &directory.join(name));
    let has_folders = names.iter().any(|name| !name.starts_with('.') && is_held(name));
    let is_ours =
        build.context.starts_with(directory) || files.resolve(&build.context).starts_with(files.resolve(directory));
    let is_listed = build.context.strip_prefix(directory).is_ok_and(|path| is_kept_out(files, directory, path));
    is_ours && has_folders && !is_listed && matches!(files.kind(&build.context), Ok(None))
}

/// How deep below a folder its content is looked for, and in how many folders of one depth at most.
const MOST_DEEP: usize = 3;
const MOST_FOLDERS: usize = 256;

fn is_folder(files: &dyn Files, path: &Path) -> bool {
    matches!(files.kind(path), Ok(Some(EntryKind::Directory)))
}

/// Whether the folder of a context holds more than Compose files and notes. A collection of Compose
/// files keeps their folders and leaves out what those held.
pub(super) fn has_content(files: &dyn Files, folder: &Path) -> bool {
    let is_note = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let endings = [".yaml", ".yml", ".md", ".env", ".example"];
        lower.starts_with('.') || lower.starts_with("license") || endings.iter().any(|ending| lower.ends_with(ending))
    };
    let mut wave = vec![folder.to_owned()];
    for _ in 0..=MOST_DEEP {
        let mut next = Vec::new();
        for folder in wave {
            let names = match files.list(&folder, MOST_NAMES) {
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return true,
                names => names.unwrap_or_default(),
            };
            let is_other = |name: &&String| !is_note(name) && !name.to_ascii_lowercase().contains("dockerfile");
            for path in names.iter().filter(is_other).map(|name| folder.join(name)).take(MOST_FOLDERS) {
                if !is_folder(files, &path) {
                    return true;
                }
                next.push(path);
            }
        }
        next.truncate(MOST_FOLDERS);
        wave = next;
    }
    false
}

/// Sources of COPY and ADD that are not in the context, for all stages that the target needs.
pub(super) fn sources(
    files: &dyn Files,
    stages: &[Built],
    target: usize,
    context: &Context<'_>,
    project: &Path,
    texts: &SourceMap,
) -> Vec<BuildFault> {
    let is_at_hand = has_content(files, &context.on_disk("/"));
    let steps = needed(stages, target).into_iter().flat_map(|stage| &stages[stage].steps);
    let faults = steps.flat_map(|step| missing(files, step, context, project, texts));
    // A folder with a Dockerfile alone may have been left empty, but not where what it copies is in the project's.
    faults.filter(|fault| is_at_hand || matches!(fault, BuildFault::NoSource { is_beside: true, .. })).collect()
}

fn missing(
    files: &dyn Files,
    step: &Step,
    context: &Context<'_>,
    project: &Path,
    texts: &SourceMap,
) -> Vec<BuildFault> {
    let Some(taken) = step.taken.as_ref().filter(|taken| taken.from == From::Context) else { return Vec::new() };
    let sources = taken.sources.iter().filter(|source| !has_wildcard(source) && !is_opaque(taken.is_add, source));
    let fault = |source: &String| {
        let path = source_path(source);
        let relative = path.trim_start_matches('/').to_owned();
        let ignored_by = match context.entry(&path) {
            _ if relative.is_empty() => return None,
            Entry::Nothing if is_made(&relative) || is_kept_out(files, &context.on_disk("/"), Path::new(&relative)) => {
                return None;
            }
            Entry::Nothing => None,
            Entry::File => Some(context.excluded_by(&path)?),
            Entry::Folder if !context.has_exceptions() => Some(context.excluded_by(&path)?),
            Entry::Folder | Entry::Unknown(_) => return None,
        };
        let place = super::locate::word_span(step.span, source, texts);
        let is_other = files.resolve(project) != files.resolve(&context.on_disk("/"));
        let is_beside = is_other && matches!(files.kind(&project.join(&relative)), Ok(Some(_)));
        Some(BuildFault::NoSource { path: relative, place, ignored_by, is_beside })
    };
    sources.filter_map(fault).collect()
}

/// Folders that builds make, or that hold what is downloaded or secret, by habit.
const FOLDERS: &[&str] = &[
    "dist",
    "build",
    "out",
    "target",
    "node_modules",
    ".next",
    "bin",
    "obj",
    "wheels",
    "wheelhouse",
    "release",
    "artifacts",
    "publish",
    "models",
    "model",
    "weights",
    "checkpoints",
    "data",
    "certs",
    "secrets",
    "credentials",
    "vendor",
    "generated",
    "static",
    "cache",
    ".git",
    ".venv",
    "venv",
];
/// Endings of such files.
const ENDINGS: &[&str] = &[
    ".whl",
    ".jar",
    ".war",
    ".so",
    ".bin",
    ".onnx",
    ".pt",
    ".pth",
    ".gguf",
    ".safetensors",
    ".pem",
    ".crt",
    ".key",
    ".env",
    ".deb",
    ".rpm",
    ".run",
    ".exe",
    ".zip",
    ".npmrc",
    ".netrc",
    ".pub",
];

/// Whether a path that is not in the context may come into being before a build.
pub(super) fn may_be_made(context: &Context<'_>, path: &str) -> bool {
    may_come(context.files(), &context.on_disk("/"), Path::new(path))
}

/// Whether a path below a folder may come into being later.
pub(super) fn may_come(files: &dyn Files, folder: &Path, path: &Path) -> bool {
    is_made(&path.to_string_lossy()) || is_kept_out(files, folder, path)
}

/// Whether a path is, by its name, made by a build, downloaded, or kept out of repositories.
fn is_made(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.any(|part| FOLDERS.contains(&part) || part.starts_with(".env"))
        || ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// Whether a `.gitignore` of the folder names the path or a part of it: it is made or fetched on each
/// machine.
fn is_kept_out(files: &dyn Files, folder: &Path, path: &Path) -> bool {
    let parts: Vec<String> = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let folders = [Some(folder), folder.parent()];
    folders.into_iter().flatten().any(|folder| {
        let bytes = context::read(files, &folder.join(".gitignore"), 1 << 16).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '!'])).any(|line| {
            let last = place::name(line);
            Pattern::new(last).is_some_and(|pattern| parts.iter().any(|part| pattern.matches(part)))
        })
    })
}

/// The target that the Dockerfile does not have.
pub(super) fn no_target(dockerfile: &Dockerfile) -> BuildFault {
    BuildFault::NoTarget { stages: dockerfile.stages.iter().filter_map(|stage| stage.name.clone()).collect() }
}
