//! A project started on a lab's engine: its own GPU requests, with an image, a command and a
//! network that the lab has; and what its containers show of GPUs.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::Failed;

use super::{
    engine::{Lab, said},
    fixture_projects::lab_gpus,
};

/// What each service's container prints about itself.
pub(crate) const LOOK: &str = "env; ls /dev; cat /lab-gpu 2>/dev/null; echo lab-end";

/// The last line of a whole look.
const END: &str = "lab-end";

/// How often the engine's logs are read until they are whole; a container may end before its last
/// lines are written.
const READS: usize = 50;

/// Keys that a lab cannot serve: it builds and pulls nothing, and has neither a network nor more
/// rights than the machine that it runs on.
const PUT_ASIDE: &[&str] = &[
    "build",
    "depends_on",
    "entrypoint",
    "healthcheck",
    "networks",
    "ports",
    "privileged",
    "profiles",
    "ulimits",
    "volumes",
    "working_dir",
];

/// Who gave a container its GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// The engine, or the runtime in mode `cdi`, applied a CDI spec.
    Cdi,
    /// The nvidia runtime acted.
    Runtime,
    /// The hook of a device request acted.
    Hook,
}

/// The GPUs that one container shows, by index, and who gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Indices of the lab's GPUs.
    pub(crate) gpus: BTreeSet<&'static str>,
    /// `None` where no sign of a GPU is there.
    pub(crate) way: Option<Way>,
}

/// How Compose gets a rendered project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "some tests need one alone")]
pub(crate) enum Given {
    /// On standard input, as in `composegpu render | docker compose -f - up`.
    Piped,
    /// As a file.
    File,
}

/// A project on an engine. Dropping it removes its containers.
struct Stack<'a> {
    lab: &'a Lab,
    name: &'a str,
    files: [&'a Path; 2],
}

/// Starts a rendered project, waits until its containers have ended, and says what each showed.
pub(crate) fn start(lab: &Lab, name: &str, rendered: &Path, given: Given) -> Result<BTreeMap<String, Seen>, Failed> {
    let overlay = overlay(lab, rendered)?;
    let stack = Stack { lab, name, files: [rendered, &overlay] };
    let up = ["up", "--no-color", "--no-build", "--pull", "never"];
    let output = match given {
        Given::Piped => lab.compose_piped(rendered, 120, &words(name, ["-".as_ref(), &overlay], &up))?,
        Given::File => stack.run(120, &up)?,
    };
    if !output.status.success() {
        return Err(format!("the containers did not start: {}", said(&output)).into());
    }
    // What `up` shows itself can lack the lines of a container that ended before it was attached to.
    let services = services(lab, rendered)?.len();
    for _ in 0..READS {
        let lines = lines(&stack.run(60, &["logs", "--no-color"])?.stdout);
        if lines.len() == services && lines.values().all(|lines| lines.iter().any(|line| line == END)) {
            return Ok(lines.into_iter().map(|(service, lines)| (service, seen(&lines))).collect());
        }
    }
    Err(format!("not every container said what it sees: {}", said(&stack.run(60, &["ps", "--all"])?)).into())
}

/// An older Compose clears its terminal's line before each, terminal or not.
const CLEAR: &str = "\u{1b}[2K";

/// What `docker compose logs` prints, by service.
fn lines(printed: &[u8]) -> BTreeMap<String, Vec<String>> {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(printed).lines() {
        if let Some((container, line)) = line.split_once(" | ")
            && let Some(service) = container.trim_end().strip_suffix("-1")
        {
            let service = service.strip_prefix(CLEAR).unwrap_or(service);
            lines.entry(service.to_owned()).or_default().push(line.trim().to_owned());
        }
    }
    lines
}

/// Services of a rendered file, those behind profiles too.
pub(crate) fn services(lab: &Lab, rendered: &Path) -> Result<Vec<String>, Failed> {
    let arguments = ["-f".as_ref(), rendered.as_os_str(), "--profile".as_ref(), "*".as_ref(), "config".as_ref()];
    let output = lab.compose(60, &lab.folder, &[&arguments[..], &["--services".as_ref()]].concat())?;
    if !output.status.success() {
        return Err(format!("Compose refuses what `render` printed: {}", said(&output)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// Everything that a lab cannot have is put aside; what asks for GPUs stays as it was rendered.
fn overlay(lab: &Lab, rendered: &Path) -> Result<PathBuf, Failed> {
    let mut text = String::from("services:\n");
    for service in services(lab, rendered)? {
        write!(
            text,
            "  {service}:\n    image: hostlab/busybox\n    command: [sh, -c, {LOOK:?}]\n    network_mode: none\n    restart: \"no\"\n"
        )?;
        for key in PUT_ASIDE {
            writeln!(text, "    {key}: !reset null")?;
        }
    }
    let path = rendered.with_extension("lab.yaml");
    fs::write(&path, text)?;
    Ok(path)
}

impl Stack<'_> {
    fn run(&self, seconds: u32, arguments: &[&str]) -> Result<std::process::Output, Failed> {
        self.lab.compose(seconds, &self.lab.folder, &words(self.name, self.files, arguments))
    }
}

/// The words behind `docker compose`.
fn words<'a>(name: &'a str, files: [&'a Path; 2], arguments: &'a [&'a str]) -> Vec<&'a OsStr> {
    let mut all: Vec<&OsStr> = vec!["-p".as_ref(), name.as_ref()];
    for file in files {
        all.extend(["-f".as_ref(), file.as_os_str()]);
    }
    all.extend(arguments.iter().map(OsStr::new));
    all
}

impl Drop for Stack<'_> {
    fn drop(&mut self) {
        // A guard cannot fail; the engine itself is taken down with what may be left in it.
        let _ = self.run(60, &["down", "--timeout", "0", "--volumes", "--remove-orphans"]);
    }
}

fn seen(lines: &[String]) -> Seen {
    let value = |key: &str| lines.iter().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let nodes = lines.iter().filter_map(|line| line.strip_prefix("nvidia").filter(|rest| lab_gpus(rest) == [*rest]));
    let named = value("LAB_GPUS").into_iter().flat_map(|names| names.split(',')).flat_map(lab_gpus);
    let way = match (value("LAB_GPU_VIA"), value("LAB_GPU_CDI")) {
        (Some("hook"), _) => Some(Way::Hook),
        (Some(_), _) => Some(Way::Runtime),
        (None, Some(_)) => Some(Way::Cdi),
        (None, None) => None,
    };
    Seen { gpus: nodes.flat_map(lab_gpus).chain(named).collect(), way }
}
