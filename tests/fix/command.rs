//! The command, run in a folder of its own with an empty environment.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

use libtest_mimic::Failed;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with files.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new(files: &BTreeMap<String, String>) -> Result<Self, Failed> {
        let folder = Self(TempDir::new()?);
        folder.write(files)?;
        Ok(folder)
    }

    /// Puts the files where they belong.
    pub(crate) fn write(&self, files: &BTreeMap<String, String>) -> Result<(), Failed> {
        for (path, text) in files {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
            fs::write(path, text)?;
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs composegpu; it must end with 0 or 1.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Output, Failed> {
        run(self.path(), args)
    }

    /// The files of these names as they are now.
    pub(crate) fn read(&self, files: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Failed> {
        let read = |path: &String| Ok((path.clone(), fs::read_to_string(self.path().join(path))?));
        files.keys().map(read).collect()
    }
}

/// Runs composegpu in a folder; it must end with 0 or 1.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Result<Output, Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_composegpu")).env_clear().current_dir(folder).args(args).output()?;
    match output.status.code() {
        Some(0 | 1) => Ok(output),
        _ => Err(format!("composegpu {args:?}: {output:?}").into()),
    }
}

/// The report of `lint`.
pub(crate) fn report(folder: &Path, args: &[&str]) -> Result<Value, Failed> {
    let output = run(folder, &[&["lint", "--format", "json"], args].concat())?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {output:?}").into())
}

/// The comments of a text, from each `#` that stands at the beginning of a line or behind a blank.
pub(crate) fn comments(text: &str) -> Vec<String> {
    let comment = |line: &str| {
        let at = line.match_indices('#').find(|(at, _)| line[..*at].is_empty() || line[..*at].ends_with([' ', '\t']));
        at.map(|(at, _)| line[at..].trim_end().to_owned())
    };
    let mut comments: Vec<String> = text.lines().filter_map(comment).collect();
    comments.sort();
    comments
}
