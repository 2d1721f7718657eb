//! A staged host with a real Docker engine: brought up for the tests that share it, taken down
//! when the last of them lets go. Every command has a deadline.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use libtest_mimic::Failed;

/// Bringing a lab up takes a second; an engine that does not answer is given up after 40.
const UP_SECONDS: u32 = 90;

/// An engine that is up. Dropping it stops the engine and removes its files.
#[derive(Debug)]
pub(crate) struct Lab {
    name: String,
    /// DOCKER_HOST, DOCKER_CONFIG, PATH and HOSTLAB, as `hostlab up` printed them.
    variables: Vec<(String, String)>,
    /// Where facts and rendered projects of this lab are written.
    pub(crate) folder: PathBuf,
}

impl Lab {
    /// Starts the scenario's engine, with the Compose of this version beside it.
    pub(crate) fn up(scenario: &str, compose: &str) -> Result<Self, Failed> {
        let name = format!("t-{}-{scenario}-{compose}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        fs::create_dir_all(&folder)?;
        // From here on the guard exists, so that a lab that failed half-way is taken down too.
        let mut lab = Self { name, variables: Vec::new(), folder };
        let output = run(UP_SECONDS, &mut hostlab(["up", scenario, "--compose", compose, "--name", &lab.name]))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            return Err(format!("the lab did not come up: {}", said(&output)).into());
        }
        lab.variables = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        Ok(lab)
    }

    /// Runs the program inside the lab, where the host's files and tools are the lab's own.
    pub(crate) fn exec(&self, seconds: u32, arguments: &[&OsStr]) -> Result<Output, Failed> {
        let mut command = hostlab(["exec", &self.name, "--", env!("CARGO_BIN_EXE_composegpu")]);
        run(seconds, command.args(arguments))
    }

    /// `docker` against the lab's engine.
    #[allow(dead_code, reason = "some tests only look")]
    pub(crate) fn docker(&self, seconds: u32, arguments: &[&str]) -> Result<Output, Failed> {
        self.program("docker", seconds, arguments)
    }

    /// A program that talks to the lab's engine.
    #[allow(dead_code, reason = "some tests only look")]
    pub(crate) fn program(&self, program: &str, seconds: u32, arguments: &[&str]) -> Result<Output, Failed> {
        run(seconds, self.outside(program).args(arguments))
    }

    /// A shell line as the host's administrator runs it.
    #[allow(dead_code, reason = "some tests only look")]
    pub(crate) fn mend(&self, line: &str) -> Result<(), Failed> {
        let output = run(120, hostlab(["mend", &self.name, "--"]).arg(line))?;
        if output.status.success() { Ok(()) } else { Err(format!("{line}\n{}", said(&output)).into()) }
    }

    /// A program outside of the lab's namespaces that talks to its engine.
    #[allow(dead_code, reason = "some tests only look")]
    pub(crate) fn outside(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables.iter().cloned());
        command
    }

    /// A variable that `hostlab up` printed.
    #[allow(dead_code, reason = "some tests need none")]
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `docker compose` against the lab's engine.
    #[allow(dead_code, reason = "some tests only look")]
    pub(crate) fn compose(&self, seconds: u32, folder: &Path, arguments: &[&OsStr]) -> Result<Output, Failed> {
        run(seconds, self.outside("docker").arg("compose").args(arguments).current_dir(folder))
    }

    /// The same with a file on standard input.
    #[allow(dead_code, reason = "some tests only look")]
    pub(crate) fn compose_piped(&self, input: &Path, seconds: u32, arguments: &[&OsStr]) -> Result<Output, Failed> {
        let input = Stdio::from(fs::File::open(input)?);
        run_with(input, seconds, self.outside("docker").arg("compose").args(arguments).current_dir(&self.folder))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // A guard cannot fail; what is left behind is swept by the next run.
        let _ = run(UP_SECONDS, &mut hostlab(["down", &self.name]));
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder with one folder for each engine.
#[allow(dead_code, reason = "some tests start every scenario by name")]
pub(crate) fn engines() -> String {
    format!("{}/engines", std::env::var("HOSTLAB_DIR").unwrap_or_default())
}

/// Takes down labs of earlier runs whose process is gone.
pub(crate) fn sweep() -> Result<(), Failed> {
    let output = run(UP_SECONDS, &mut hostlab(["list"]))?;
    let text = String::from_utf8_lossy(&output.stdout);
    for name in text.lines().filter_map(|line| line.strip_prefix("lab ")?.split(':').next()) {
        let owner = name.strip_prefix("t-").and_then(|rest| rest.split('-').next());
        if owner.is_some_and(|pid| pid.parse::<u32>().is_ok() && !Path::new("/proc").join(pid).exists()) {
            run(UP_SECONDS, &mut hostlab(["down", name]))?;
            let _ = fs::remove_dir_all(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        }
    }
    Ok(())
}

/// Why no lab can be had on this machine; `None` where one can.
pub(crate) fn missing() -> Option<String> {
    if cfg!(not(feature = "probe")) {
        return Some("built without the feature `probe`".into());
    }
    let Some(folder) = std::env::var_os("HOSTLAB_DIR").map(PathBuf::from) else {
        return Some("no engines: HOSTLAB_DIR is not set, see CONTRIBUTING.md".into());
    };
    if !folder.join("engines").is_dir() || !folder.join("compose").is_dir() {
        return Some(format!("no engines in {}: run `tests/lab/hostlab fetch`", folder.display()));
    }
    // The third word of `Uid:` is the effective one (proc(5)); elsewhere than on Linux there is no such file.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().nth(1));
    (user != Some("0")).then(|| "engines in namespaces of their own need root on Linux".into())
}

fn hostlab<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/hostlab"));
    command.args(arguments);
    command
}

/// Runs a command to its end, or kills it after so many seconds.
pub(crate) fn run(seconds: u32, command: &mut Command) -> Result<Output, Failed> {
    run_with(Stdio::null(), seconds, command)
}

/// As [`run`], with something on standard input.
pub(crate) fn run_with(stdin: Stdio, seconds: u32, command: &mut Command) -> Result<Output, Failed> {
    let mut bounded = Command::new("timeout");
    bounded.arg("--kill-after=5").arg(seconds.to_string()).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        bounded.current_dir(folder);
    }
    // `timeout` itself is found on the caller's PATH; a lab's PATH ends in that one.
    let changes: Vec<_> = command.get_envs().collect();
    for (key, value) in changes {
        value.map(|value| bounded.env(key, value));
    }
    let output: io::Result<Output> = bounded.stdin(stdin).output();
    Ok(output?)
}

/// What a command said, for a failed test.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    format!("{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr))
}
