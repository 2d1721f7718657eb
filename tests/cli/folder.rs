//! A folder of its own for each test, and the command run in it. The environment is empty, so
//! nothing of the machine that runs the tests is seen.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A project without a GPU.
pub(crate) const GOOD: &str = "\
services:
  web:
    image: nginx
";

/// A GPU asked for by a deploy reservation.
pub(crate) const LEGACY: &str = "\
services:
  llm:
    image: vllm/vllm-openai:v0.6.0
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: 1
              capabilities: [gpu]
";

/// A folder of its own for each test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().expect("a temporary folder can be made"));
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) -> PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        fs::write(&path, content).expect("files can be written");
        path
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("the file is there and is text")
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("the folder is there");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("entries can be read").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
        command.env_clear().current_dir(self.path()).args(args).timeout(Duration::from_secs(60));
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        Outcome::of(&mut self.command(args))
    }
}

/// What a run said and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Outcome {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the command can be started");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        let outcome = Self {
            exit: output.status.code().expect("the command ends by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!outcome.err.contains("panicked"), "{outcome:?}");
        outcome
    }

    /// Asserts the exit code, with everything that was said in the message.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.exit, code, "{self:#?}");
        self
    }

    /// Asserts an error: one line on standard error that holds `text`, nothing on standard output.
    #[track_caller]
    pub(crate) fn fails_with(self, code: i32, text: &str) {
        assert_eq!((self.exit, self.out.as_str()), (code, ""), "{self:#?}");
        assert!(self.err.starts_with("error: ") && self.err.contains(text), "{self:#?}");
        assert_eq!(self.err.lines().count(), 1, "{self:#?}");
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON: {error}: {self:#?}"))
    }

    /// Asserts that the report names `code`, and gives that finding.
    #[track_caller]
    pub(crate) fn finding(&self, code: &str) -> Value {
        let report = self.json();
        let findings = report["findings"].as_array().expect("findings are a list");
        let found = findings.iter().find(|finding| finding["code"] == code);
        found.unwrap_or_else(|| panic!("no {code}: {self:#?}")).clone()
    }
}
