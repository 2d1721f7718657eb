//! Files of variables that a repository keeps out: `.gitignore` names them, or an example lies beside.
//! Where a checkout lacks such a file, whoever starts the project makes it, and its absence is no mistake.

use std::path::{Path, PathBuf};

use super::{files::DiskFiles, matcher::is_ignored};
use crate::{
    compose::{Project, UNSET_VARIABLE},
    diag::{Diagnostic, Severity},
    rules::MISSING_ENV_FILE,
    source::{EntryKind, Files as _, SourceMap},
};

/// What is put behind, or before, the name of a file to make the name of its example.
const EXAMPLES: [&str; 7] = ["example", "sample", "template", "dist", "defaults", "default", "tmpl"];

/// Examples are far smaller.
const MAX_BYTES: usize = 1 << 20;

/// What the session of whoever starts a project sets, a desktop's too; a machine that only lints has no screen.
const SESSION: [&str; 13] = [
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "PWD",
    "SHELL",
    "SSH_AUTH_SOCK",
    "USER",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
];

/// Makes findings milder that are about a file of variables which is kept out, and drops those about
/// variables that its example or the user's session has.
pub(super) fn excuse(findings: &mut Vec<Diagnostic>, project: &Project, sources: &SourceMap, files: &DiskFiles) {
    let is_about = |finding: &Diagnostic| finding.code == UNSET_VARIABLE || finding.code == MISSING_ENV_FILE;
    if !findings.iter().any(is_about) {
        return;
    }
    let default = KeptOut::new(&project.directory.join(".env"), files);
    findings.retain_mut(|finding| {
        if finding.code == UNSET_VARIABLE {
            let name = finding.message.split('`').nth(1).unwrap_or_default();
            let is_excused = SESSION.contains(&name) || default.as_ref().is_some_and(|file| file.defines(name));
            if default.is_some() {
                finding.severity = Severity::Info;
            }
            return !is_excused;
        }
        if finding.code == MISSING_ENV_FILE
            && let Some(span) = finding.place.span()
            && let path = sources.slice(span).trim_matches(['"', '\''])
            && KeptOut::new(&project.directory.join(path), files).is_some()
        {
            finding.severity = Severity::Info;
            finding.help = Some(format!(
                "the repository keeps `{path}` out, so whoever starts the project makes it; `required: false` beside \
                 its `path` makes it optional"
            ));
        }
        true
    });
}

/// A file of variables that is not there and is not meant to be in a checkout.
struct KeptOut {
    /// What its examples say.
    examples: String,
}

impl KeptOut {
    fn new(path: &Path, files: &DiskFiles) -> Option<Self> {
        let path = files.absolute(path);
        let is_file = |path: &Path| matches!(files.kind(path), Ok(Some(EntryKind::File { .. })));
        if is_file(&path) {
            return None;
        }
        let examples: Vec<PathBuf> = examples(&path).into_iter().filter(|path| is_file(path)).collect();
        let read =
            |path: &PathBuf| String::from_utf8_lossy(&files.read(path, MAX_BYTES).unwrap_or_default()).into_owned();
        let is_kept_out = !examples.is_empty() || is_ignored(&path);
        is_kept_out.then(|| Self { examples: examples.iter().map(|path| read(path) + "\n").collect() })
    }

    /// Whether an example has the variable, be it in a comment that shows how to set it.
    fn defines(&self, name: &str) -> bool {
        let line = |line: &str| {
            let line = line.trim_start_matches(['#', ' ', '\t']);
            let line = line.strip_prefix("export ").unwrap_or(line);
            line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        !name.is_empty() && self.examples.lines().any(line)
    }
}

/// `.env.example`, `example.env`, `env.example` and so on.
fn examples(path: &Path) -> Vec<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bare = name.trim_start_matches('.');
    let names = EXAMPLES.iter().flat_map(|word| {
        [
            format!("{name}.{word}"),
            format!("{name}-{word}"),
            format!("{bare}.{word}"),
            format!("{word}.{bare}"),
            format!(".{word}.{bare}"),
        ]
    });
    names.map(|name| path.with_file_name(name)).collect()
}
