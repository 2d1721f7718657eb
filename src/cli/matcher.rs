//! Patterns of the configuration, which mean what they mean in `.gitignore`: `legacy/`, `*.tmpl.yml`,
//! `deploy/**/stack.yml`, `!kept.yml`.

use std::path::{Path, PathBuf};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

/// Some patterns, taken from one folder.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    folder: PathBuf,
    patterns: Gitignore,
}

impl Matcher {
    /// Reads patterns that are taken from `folder`, which is absolute.
    ///
    /// # Errors
    /// What is wrong with a pattern, as one clause.
    pub(super) fn new<'a>(folder: &Path, patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new(folder);
        for pattern in patterns {
            builder.add_line(None, pattern).map_err(|error| format!("`{pattern}` is no pattern: {error}"))?;
        }
        let patterns = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { folder: folder.to_owned(), patterns })
    }

    /// Whether an absolute path, or a folder that it lies in, matches.
    pub(super) fn has(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.folder).ok().filter(|below| !below.as_os_str().is_empty());
        !self.patterns.is_empty()
            && below.is_some_and(|below| self.patterns.matched_path_or_any_parents(below, false).is_ignore())
    }
}

/// Whether the `.gitignore` of a folder above a path, up to the repository's root, rules the path out.
pub(super) fn is_ignored(path: &Path) -> bool {
    for folder in path.ancestors().skip(1) {
        let (patterns, _) = Gitignore::new(folder.join(".gitignore"));
        let below = path.strip_prefix(folder).unwrap_or(path);
        match patterns.matched_path_or_any_parents(below, false) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None if folder.join(".git").exists() => return false,
            Match::None => {}
        }
    }
    false
}
