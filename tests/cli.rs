//! The command as a user meets it: exit codes, streams, and input that is not what it should
//! be. The environment is empty, so nothing of the machine that runs the tests is seen.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const GOOD: &str = "\
services:
  web:
    image: nginx
";

const LEGACY: &str = "\
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
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().expect("a temporary folder can be made"));
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, content: &[u8]) -> PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        fs::write(&path, content).expect("files can be written");
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("the folder is there");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("entries can be read").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
        command.env_clear().current_dir(self.path()).args(args).timeout(Duration::from_secs(60));
        command
    }

    fn run(&self, args: &[&str]) -> Outcome {
        Outcome::of(&mut self.command(args))
    }
}

/// What a run said and how it ended.
#[derive(Debug)]
struct Outcome {
    exit: i32,
    out: String,
    err: String,
}

impl Outcome {
    fn of(command: &mut Command) -> Self {
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
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.exit, code, "{self:#?}");
        self
    }

    /// Asserts an error: one line on standard error that holds `text`, nothing on standard output.
    #[track_caller]
    fn fails_with(self, code: i32, text: &str) {
        assert_eq!((self.exit, self.out.as_str()), (code, ""), "{self:#?}");
        assert!(self.err.starts_with("error: ") && self.err.contains(text), "{self:#?}");
        assert_eq!(self.err.lines().count(), 1, "{self:#?}");
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON: {error}: {self:#?}"))
    }

    /// Asserts that the report names `code`, and gives that finding.
    #[track_caller]
    fn finding(&self, code: &str) -> Value {
        let report = self.json();
        let findings = report["findings"].as_array().expect("findings are a list");
        let found = findings.iter().find(|finding| finding["code"] == code);
        found.unwrap_or_else(|| panic!("no {code}: {self:#?}")).clone()
    }
}

/// Lints one file of such content; every verb that loads it must cope too.
#[track_caller]
fn lint_content(content: &[u8]) -> Outcome {
    let folder = Folder::new(&[]);
    folder.write("compose.yaml", content);
    let config = folder.run(&["config"]).exits(1);
    assert_eq!(config.out, "", "a refused project prints nothing");
    assert!(config.err.contains("error["), "{config:#?}");
    let human = folder.run(&["lint"]).exits(1);
    assert!(human.out.ends_with('\n') && human.out.contains("compose.yaml"), "{human:#?}");
    folder.run(&["lint", "--format", "json"]).exits(1)
}

#[test]
fn a_good_file_is_passed_over_in_silence() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let outcome = folder.run(&["lint"]).exits(0);
    assert_eq!((outcome.out.as_str(), outcome.err.as_str()), ("", ""));
}

#[test]
fn no_yaml() {
    let outcome = lint_content(b"services: [\n  web: {image: nginx\n");
    assert_eq!(outcome.finding("CG001")["severity"], "error");
}

#[test]
fn yaml_but_no_compose_file() {
    let manifest = b"apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {}\n";
    for content in [&b"- a\n- b\n"[..], b"just words\n", b"42\n", manifest, b"services: 3\n", b"services: [a]\n"] {
        let report = lint_content(content).json();
        assert!(report["summary"]["errors"].as_u64() >= Some(1), "{report}");
        assert!(report["findings"][0]["message"].as_str().is_some_and(|message| !message.is_empty()), "{report}");
    }
}

#[test]
fn nothing_in_the_file() {
    for content in [&b""[..], b"\n\n", b"# only words\n", b"---\n", b"\xef\xbb\xbf"] {
        let report = lint_content(content).json();
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{content:?}: {report}");
    }
}

#[test]
fn not_text() {
    for content in [
        &b"services:\n  web:\n    image: \xff\xfe\n"[..],
        b"\xff\xfes\0e",
        b"services: \0\n",
        b"\x7fELF\x02\x01\x01\0\0",
    ] {
        let report = lint_content(content).json();
        assert!(report["summary"]["errors"].as_u64() >= Some(1), "{content:?}: {report}");
    }
}

#[test]
fn utf_16_is_text() {
    let units = GOOD.encode_utf16();
    let content: Vec<u8> = [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect();
    let folder = Folder::new(&[]);
    folder.write("compose.yaml", &content);
    folder.run(&["lint"]).exits(0);
}

#[test]
fn twenty_megabytes_of_junk() {
    let junk: Vec<u8> = (0..20_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let letters = vec![b'x'; 20 << 20];
    let lines = "a: b\n".repeat(4 << 20).into_bytes();
    for content in [junk, letters, lines] {
        let outcome = lint_content(&content);
        assert!(outcome.out.len() < 10_000, "{}", &outcome.out[..1000]);
        assert_eq!(outcome.json()["findings"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn no_file() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    folder.run(&["lint", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["lint", "-f", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["config", "-f", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["render", "-f", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["lint", "compose.yaml/x"]).fails_with(3, "cannot read compose.yaml/x");
    folder.run(&["lint", "--host", "nope.json"]).fails_with(3, "cannot read nope.json: no such file");
}

#[test]
fn a_directory_where_a_file_belongs() {
    let folder = Folder::new(&[("sub/compose.yaml", GOOD)]);
    for verb in ["lint", "config", "render"] {
        folder.run(&[verb, "-f", "sub"]).fails_with(3, "cannot read sub: is a directory");
    }
    let folder = Folder::new(&[("compose.yaml/x", GOOD)]);
    folder.run(&["config", "-f", "compose.yaml"]).fails_with(3, "cannot read compose.yaml: is a directory");
}

#[test]
fn nothing_to_judge() {
    let folder = Folder::new(&[("notes.txt", "hello"), ("ci.yml", "services: [docker]\n")]);
    folder.run(&["lint"]).fails_with(3, "no Compose file found in ");
    folder.run(&["config"]).fails_with(3, "no Compose file found in ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_it_is_read() {
    let folder = Folder::new(&[]);
    for verb in ["lint", "config", "render"] {
        folder.run(&[verb, "-f", "/proc/self/mem"]).fails_with(3, "cannot read /proc/self/mem: ");
    }
}

#[cfg(unix)]
#[test]
#[allow(clippy::print_stdout, reason = "a check that cannot be made is said aloud")]
fn unreadable() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new(&[]);
    let path = folder.write("compose.yaml", GOOD.as_bytes());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("the mode can be set");
    if fs::read(&path).is_ok() {
        println!("not checked: this user reads files of mode 000");
        return;
    }
    folder.run(&["lint", "compose.yaml"]).fails_with(3, "cannot read compose.yaml: permission denied");
    folder.run(&["config"]).fails_with(3, "cannot read compose.yaml: permission denied");
}

#[cfg(unix)]
#[test]
fn a_link_to_itself() {
    let folder = Folder::new(&[]);
    std::os::unix::fs::symlink("compose.yaml", folder.path().join("compose.yaml")).expect("links can be made");
    folder.run(&["lint", "compose.yaml"]).fails_with(3, "cannot read compose.yaml: ");
}

#[test]
fn wrong_use() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let wrong: [&[&str]; 12] = [
        &["--nope"],
        &["nope"],
        &["lint", "--nope"],
        &["lint", "-f"],
        &["lint", "-f", "compose.yaml", "compose.yaml"],
        &["lint", "--format", "nope"],
        &["lint", "--select", "nope"],
        &["lint", "--unsafe-fixes"],
        &["lint", "--fix", "-"],
        &["lint", "--stdin-filename", "x.yaml"],
        &["render", "--form", "nope"],
        &["probe", "--timeout", "0"],
    ];
    for args in wrong {
        let outcome = folder.run(args).exits(2);
        assert_eq!(outcome.out, "", "{args:?}");
        assert!(outcome.err.starts_with("error: "), "{args:?}: {outcome:#?}");
    }
    assert_eq!(folder.run(&[]).exits(2).out, "");
}

#[test]
fn help_is_no_mistake() {
    let folder = Folder::new(&[]);
    for verb in ["lint", "render", "config", "probe", "explain", "rules"] {
        let outcome = folder.run(&[verb, "--help"]).exits(0);
        assert!(outcome.out.contains("Usage: composegpu") && outcome.err.is_empty(), "{outcome:#?}");
    }
    assert!(folder.run(&["--version"]).exits(0).out.starts_with("composegpu "));
}

#[test]
fn standard_input() {
    let folder = Folder::new(&[]);
    let mut command = folder.command(&["config", "-f", "-", "--services"]);
    assert_eq!(Outcome::of(command.write_stdin(GOOD)).exits(0).out, "web\n");
    let mut command = folder.command(&["lint", "-", "--stdin-filename", "deploy/compose.yaml", "--format", "json"]);
    let outcome = Outcome::of(command.write_stdin(LEGACY)).exits(1);
    assert_eq!(outcome.finding("CG106")["file"], "deploy/compose.yaml");
    for args in [&["lint", "-"][..], &["lint", "-f", "-"], &["config", "-f", "-"]] {
        Outcome::of(folder.command(args).write_stdin("services: [")).exits(1);
        Outcome::of(folder.command(args).write_stdin("")).exits(1);
    }
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[test]
fn exit_codes_of_lint() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    folder.run(&["lint"]).exits(1);
    folder.run(&["lint", "--exit-zero"]).exits(0);
    folder.run(&["lint", "--fail-on", "error"]).exits(0);
    folder.run(&["lint", "--fail-on", "never"]).exits(0);
    folder.run(&["lint", "--ignore", "CG1"]).exits(0);
    folder.run(&["lint", "--ignore", "legacy-gpu-reservation"]).exits(0);
    folder.run(&["lint", "--ignore", "CG1", "--select", "CG106"]).exits(1);
    folder.run(&["lint", "--select", "CG2,CG3"]).exits(0);
}

#[test]
fn a_pipe_gets_no_colours_unless_it_asks() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let has_colour = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = folder.command(args);
        Outcome::of(command.envs(variables.iter().copied())).out.contains('\x1b')
    };
    assert!(!has_colour(&["lint"], &[]));
    assert!(has_colour(&["lint", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(has_colour(&["lint"], &[("FORCE_COLOR", "1")]));
    assert!(has_colour(&["lint"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colour(&["lint"], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!has_colour(&["lint", "--color", "never"], &[("FORCE_COLOR", "1")]));
}

#[test]
fn forty_columns() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let outcome = Outcome::of(folder.command(&["lint"]).env("COLUMNS", "40")).exits(1);
    let wide: Vec<&str> =
        outcome.out.lines().filter(|line| line.starts_with("  ") && line.chars().count() > 40).collect();
    assert!(wide.is_empty(), "{}", outcome.out);
}

#[test]
fn formats() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let finding = folder.run(&["lint", "--format", "json"]).exits(1).finding("CG106");
    assert_eq!((&finding["file"], &finding["service"]), (&Value::from("compose.yaml"), &Value::from("llm")));
    let line = finding["start"]["line"].as_u64().expect("a line is a number");
    let concise = folder.run(&["lint", "--format", "concise", "--select", "CG106"]).exits(1).out;
    assert!(concise.starts_with(&format!("compose.yaml:{line}:")), "{concise}");
    let github = folder.run(&["lint", "--format", "github", "--select", "CG106"]).exits(1).out;
    assert!(github.starts_with(&format!("::warning file=compose.yaml,line={line},")), "{github}");
    let empty = folder.run(&["lint", "--format", "json", "--select", "CG2"]).exits(0).json();
    assert_eq!(empty["findings"], Value::Array(Vec::new()));
}

#[test]
fn a_finding_of_the_base_is_told_once() {
    let overlay = "services:\n  llm:\n    environment: {A: b}\n";
    let files = [("compose.yaml", LEGACY), ("compose.a.yaml", overlay), ("compose.override.yaml", overlay)];
    let folder = Folder::new(&files);
    let report = folder.run(&["lint", "--format", "json", "--select", "CG106"]).exits(1).json();
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{report}");
}

#[test]
fn folders_are_grouped_into_projects() {
    let overlay = "services:\n  web:\n    gpus: all\n";
    let folder = Folder::new(&[
        ("a/compose.yaml", GOOD),
        ("a/compose.override.yml", overlay),
        ("a/compose.gpu.yaml", overlay),
        ("a/compose.alone.yaml", GOOD),
        ("b/stack.yml", GOOD),
        ("b/services.yaml", "services:\n  App\\Mailer:\n    class: App\\Mailer\n"),
        ("b/workflow.yml", "jobs:\n  x:\n    services:\n      db:\n        image: x\n"),
        (".devcontainer/docker-compose.yml", GOOD),
        ("ignored/compose.yaml", GOOD),
        ("node_modules/x/compose.yaml", GOOD),
        (".gitignore", "ignored/\n"),
    ]);
    let expected = "\
.devcontainer/docker-compose.yml
a/compose.yaml + a/compose.override.yml
a/compose.alone.yaml
a/compose.yaml + a/compose.gpu.yaml
b/stack.yml
";
    assert_eq!(folder.run(&["lint", "--show-files"]).exits(0).out, expected);
    let named = folder.run(&["lint", "--show-files", "a/compose.gpu.yaml", "b"]).exits(0).out;
    assert_eq!(named, "a/compose.yaml + a/compose.gpu.yaml\nb/stack.yml\n");
}

#[test]
fn files_that_nobody_names() {
    let other = GOOD.replace("web", "other");
    let overlay = "services:\n  extra:\n    image: x\n";
    let folder = Folder::new(&[
        ("docker-compose.yml", GOOD),
        ("docker-compose.override.yml", overlay),
        ("other.yaml", &other),
        ("deep/er/x", ""),
    ]);
    assert_eq!(folder.run(&["config", "--services"]).exits(0).out.lines().collect::<Vec<_>>().len(), 2);
    let mut deep = folder.command(&["config", "--services"]);
    assert!(Outcome::of(deep.current_dir(folder.path().join("deep/er"))).exits(0).out.contains("web"));
    let mut chosen = folder.command(&["config", "--services"]);
    assert_eq!(Outcome::of(chosen.env("COMPOSE_FILE", "other.yaml")).exits(0).out, "other\n");
    let mut chosen = folder.command(&["config", "--services"]);
    chosen.env("COMPOSE_FILE", "other.yaml,docker-compose.yml").env("COMPOSE_PATH_SEPARATOR", ",");
    assert!(Outcome::of(&mut chosen).exits(0).out.contains("web"));
}

#[test]
fn config_prints_the_project() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let yaml = folder.run(&["config"]).exits(0).out;
    assert!(yaml.contains("image: nginx"), "{yaml}");
    assert_eq!(folder.run(&["config", "--format", "json"]).exits(0).json()["services"]["web"]["image"], "nginx");
    assert_eq!(folder.run(&["config", "--services"]).exits(0).out, "web\n");
    assert_eq!(folder.run(&["config", "--quiet"]).exits(0).out, "");
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let binary = env!("CARGO_BIN_EXE_composegpu");
    for verb in ["lint", "lint --format json", "config", "--help"] {
        // `exec 1>&-` would give a closed descriptor; a reader that ends at once gives a broken pipe.
        let script = format!("{{ '{binary}' {verb}; echo \"ended with $?\" >&2; }} | true");
        let outcome = Outcome::of(Command::new("/bin/sh").args(["-c", &script]).env_clear().current_dir(folder.path()));
        let is_fine = ["ended with 0\n", "ended with 1\n"].iter().any(|end| outcome.err.ends_with(end));
        assert!(is_fine && !outcome.err.contains("error"), "{outcome:#?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let script = format!("'{}' config >/dev/full", env!("CARGO_BIN_EXE_composegpu"));
    let outcome = Outcome::of(Command::new("/bin/sh").args(["-c", &script]).env_clear().current_dir(folder.path()));
    outcome.fails_with(3, "cannot write standard output: the disk is full");
}
