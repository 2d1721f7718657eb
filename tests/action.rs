//! `action.yml`: its own scripts, run as GitHub's runner runs them, with inputs that nobody would wish for.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "each test makes files of its own and starts bash")]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_yaml::Value;
use tempfile::TempDir;

const MISTAKE: &str =
    "services:\n  a:\n    image: x\n    environment: {CUDA_VISIBLE_DEVICES: \"0-3\"}\n    gpus: all\n";

/// Text that a shell would obey, if it ever saw it as its own.
const HOSTILE: [&str; 10] = [
    "$(touch pwned)",
    "`touch pwned`",
    "\"; touch pwned; \"",
    "'; touch pwned; '",
    "a\ntouch pwned",
    "${{ github.token }}",
    "-- --fix",
    "--help",
    "a b\t*",
    "::set-output name=findings::0\n::error::gone",
];

fn action() -> Value {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).expect("it is there");
    serde_yaml::from_str(&text).expect("action.yml is YAML")
}

/// A runner: its folders, and what the action is given.
struct Runner {
    folder: TempDir,
    inputs: BTreeMap<String, String>,
}

impl Runner {
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        for name in ["workspace", "temp/composegpu/bin", "tools"] {
            fs::create_dir_all(folder.path().join(name)).expect("folders can be made");
        }
        let action = action();
        let inputs = action["inputs"].as_mapping().expect("inputs are a mapping").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let inputs = inputs.map(|(name, input)| (text(name), text(&input["default"]))).collect();
        Self { folder, inputs }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn with_program(self) -> Self {
        symlink(env!("CARGO_BIN_EXE_composegpu"), self.path("temp/composegpu/bin/composegpu")).expect("links work");
        self
    }

    fn with_file(self, name: &str, text: &str) -> Self {
        let path = self.path("workspace").join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
        self
    }

    fn given(mut self, name: &str, value: &str) -> Self {
        assert!(self.inputs.contains_key(name), "no input `{name}`");
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs a step, its expressions replaced as GitHub does: in `env` alone, for no script holds one.
    fn run(&self, step: &str) -> Output {
        let action = action();
        let steps = action["runs"]["steps"].as_sequence().expect("steps are a list");
        let step = steps.iter().find(|one| one["name"] == step).expect("the step is there");
        let script = step["run"].as_str().expect("a step has a script");
        assert!(!script.contains("${{"), "an expression in a script runs whatever it becomes");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).env_clear().stdin(Stdio::null());
        for (name, value) in step["env"].as_mapping().expect("a step has variables") {
            let value = value.as_str().expect("a text");
            let expression =
                value.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")).expect("one expression");
            let value = match expression.strip_prefix("inputs.") {
                Some(input) => self.inputs[input].as_str(),
                None => "owner/composegpu",
            };
            command.env(name.as_str().expect("a text"), value);
        }
        let path = format!("{}:/usr/bin:/bin", self.path("tools").display());
        let server = format!("file://{}", self.path("server").display());
        command.env("PATH", path).env("GITHUB_SERVER_URL", server).env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        command.env("RUNNER_TEMP", self.path("temp")).env("GITHUB_WORKSPACE", self.path("workspace"));
        command.env("GITHUB_OUTPUT", self.path("output")).env("GITHUB_STEP_SUMMARY", self.path("summary"));
        command.current_dir(self.path("workspace")).output().expect("bash can be started")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// No text of an input was obeyed.
    fn is_untouched(&self) -> bool {
        ["workspace", "workspace/deploy", "temp", "temp/composegpu"]
            .iter()
            .all(|at| !self.path(at).join("pwned").exists())
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_mistake_fails_the_job_and_is_told_everywhere() {
    let runner =
        Runner::new().with_program().with_file("deploy/compose.yaml", MISTAKE).given("working-directory", "deploy");
    let output = runner.run("Lint");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("::error file=deploy/compose.yaml,line=4"), "{}", said(&output));
    assert_eq!(runner.read("output"), "findings=1\nsarif-file=composegpu.sarif\n");
    assert!(runner.read("summary").contains("**1** error"), "{}", runner.read("summary"));
    let log = runner.read("workspace/composegpu.sarif");
    assert!(log.contains("\"uri\": \"deploy/compose.yaml\""), "{log}");
}

#[test]
fn what_is_switched_off_is_not_written() {
    let runner = Runner::new().with_program().with_file("compose.yaml", MISTAKE);
    let runner = runner.given("sarif-file", "").given("summary", "false").given("fail-on", "never");
    let output = runner.run("Lint");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(runner.read("output"), "findings=1\nsarif-file=\n");
    assert!(!runner.path("summary").exists() && !runner.path("workspace/composegpu.sarif").exists());
}

#[test]
fn paths_hosts_and_arguments_come_one_a_line() {
    let runner = Runner::new()
        .with_program()
        .with_file("my $(id) \"q' x/compose.yaml", MISTAKE)
        .with_file("b/compose.yaml", MISTAKE);
    let runner = runner.given("paths", "my $(id) \"q' x\n\nb").given("arguments", "--select=CG204\n--statistics");
    let output = runner.given("hosts", "@engine28-cdi").run("Lint");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(said(&output).matches("::error file=").count(), 2, "{}", said(&output));
    assert!(said(&output).contains("file=my $(id) \"q' x/compose.yaml,"), "{}", said(&output));
}

#[test]
fn no_input_of_lint_reaches_a_shell() {
    for input in Runner::new().inputs.keys().filter(|name| !["version", "sha256"].contains(&name.as_str())) {
        for value in HOSTILE {
            let runner = Runner::new().with_program().with_file("compose.yaml", MISTAKE).given(input, value);
            let output = runner.run("Lint");
            assert!(runner.is_untouched(), "{input}: {value:?}");
            assert!(output.status.code().is_some_and(|code| code <= 3), "{input}: {value:?}: {}", said(&output));
            let written = runner.read("output");
            assert!(
                written.lines().all(|line| line.starts_with("findings=") || line.starts_with("sarif-file=")),
                "{written}"
            );
            assert_eq!(
                fs::read_to_string(runner.path("workspace/compose.yaml")).ok().as_deref(),
                Some(MISTAKE),
                "{input}: {value:?}"
            );
        }
    }
}

/// A release with an archive whose program says its version, and a `curl` that copies files.
fn with_release(runner: Runner) -> Runner {
    let release = runner.path("server/owner/composegpu/releases/download/v9.8.7");
    fs::create_dir_all(&release).expect("folders can be made");
    let script = "\
cd \"$0\" && printf '#!/bin/sh\\necho composegpu 9.8.7\\n' >composegpu && chmod +x composegpu
tar -czf composegpu-9.8.7-x86_64-unknown-linux-gnu.tar.gz composegpu && rm composegpu
sha256sum composegpu-9.8.7-x86_64-unknown-linux-gnu.tar.gz >composegpu-9.8.7-x86_64-unknown-linux-gnu.tar.gz.sha256";
    let made = Command::new("bash").args(["-ec", script]).arg(&release).status().expect("bash can be started");
    assert!(made.success());
    let curl = "\
#!/bin/bash
for word; do case $word in file://*) from=${word#file://} ;; esac; done
while (($#)); do if [[ $1 == -o ]]; then exec cp -- \"$from\" \"$2\"; fi; shift; done
exec cat -- \"$from\"
";
    let path = runner.path("tools/curl");
    fs::write(&path, curl).expect("files can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("modes can be set");
    runner
}

#[test]
fn a_release_is_installed_when_its_checksum_fits() {
    let runner = with_release(Runner::new().given("version", "9.8.7"));
    let output = runner.run("Install composegpu");
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), "composegpu 9.8.7\n"));
    let digest = runner.read(
        "server/owner/composegpu/releases/download/v9.8.7/composegpu-9.8.7-x86_64-unknown-linux-gnu.tar.gz.sha256",
    );
    let pinned = with_release(Runner::new().given("version", "9.8.7")).given("sha256", &"0".repeat(64));
    let output = pinned.run("Install composegpu");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("nothing was installed") && !pinned.path("temp/composegpu/bin/composegpu").exists());
    assert_eq!(digest.split_whitespace().next().map(str::len), Some(64));
}

#[test]
fn no_input_of_the_installation_reaches_a_shell() {
    for value in HOSTILE {
        let runner = with_release(Runner::new().given("version", value));
        let output = runner.run("Install composegpu");
        assert_eq!(output.status.code(), Some(2), "{value:?}: {}", said(&output));
        let runner = with_release(runner.given("version", "9.8.7").given("sha256", value));
        assert_eq!(runner.run("Install composegpu").status.code(), Some(1), "{value:?}");
        assert!(runner.is_untouched(), "{value:?}");
    }
}

#[test]
fn every_part_of_the_project_has_one_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hooks = fs::read_to_string(root.join("pyproject.toml")).expect("it is there");
    let version = env!("CARGO_PKG_VERSION");
    assert!(hooks.contains(&format!("\nversion = \"{version}\"\n")), "{hooks}");
    assert!(hooks.contains(&format!("\ndependencies = [\"composegpu=={version}\"]\n")), "{hooks}");
}
