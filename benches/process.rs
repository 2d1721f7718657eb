//! The whole process beside `docker compose config` and beside a program that does nothing, each
//! started in turn so that what else the machine does falls on all alike: ratios of the medians.
//!
//! Also how lint of a project with a large build context grows.
//!
//! `COMPOSE_BIN` names a standalone Docker Compose; without it that line is left out. The empty
//! program is `true`.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark starts programs, makes folders and prints"
)]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How often each program is started.
const RUNS: usize = 60;

fn main() {
    one_file();
    contexts();
}

/// A project that builds, with files in its context that nothing asks for: in a thousand folders, and all
/// beside the Dockerfile, where one listing has to see them.
fn contexts() {
    let own = env!("CARGO_BIN_EXE_composegpu");
    println!("lint of a project whose build context has 100,000 files, beside one with 100:");
    for (name, per_folder) in [("in folders of 100", Some(100)), ("in one folder", None)] {
        let folders = [100, 100_000].map(|count| context(count, per_folder));
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..RUNS {
            for (folder, times) in folders.iter().zip(&mut times) {
                times.push(time(&[own, "lint", "compose.yaml"], folder.path()));
            }
        }
        let [few, many] = times.map(median);
        println!("  {name:<24} {:>7.2}", many.as_secs_f64() / few.as_secs_f64());
    }
}

/// A project with so many files below its build context.
fn context(count: usize, per_folder: Option<usize>) -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().expect("a temporary folder can be made");
    let write = |path: String, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    };
    write("compose.yaml".into(), "services:\n  api:\n    build: .\n    command: uvicorn service.main:app\n");
    let dockerfile = "FROM python:3.12-slim\nWORKDIR /srv\nCOPY app/ ./app/\nCOPY *.toml ./\nRUN pip install uvicorn\n";
    write("Dockerfile".into(), dockerfile);
    write(".dockerignore".into(), "**/*.csv\n");
    for name in ["app", "service"] {
        write(format!("{name}/main.py"), "app = None\n");
    }
    for at in 0..count {
        let below = per_folder.map_or_else(String::new, |per_folder| format!("data/{}/", at / per_folder));
        write(format!("{below}{at}.csv"), "1\n");
    }
    folder
}

fn one_file() {
    let own = env!("CARGO_BIN_EXE_composegpu");
    let compose = std::env::var("COMPOSE_BIN").ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
    let mut programs: Vec<(&str, Vec<&str>)> = vec![
        ("an empty program", vec!["true"]),
        ("composegpu --version", vec![own, "--version"]),
        ("composegpu config", vec![own, "config", "-f", "project.yaml"]),
        ("composegpu lint", vec![own, "lint", "project.yaml"]),
    ];
    if let Some(compose) = &compose {
        programs.push(("docker compose config", vec![compose, "-f", "project.yaml", "config"]));
    }
    let mut times = vec![Vec::with_capacity(RUNS); programs.len()];
    for _ in 0..RUNS {
        for ((_, command), times) in programs.iter().zip(&mut times) {
            times.push(time(command, &folder));
        }
    }
    println!("one file of 2 KB, median of {RUNS} runs in turn, beside an empty program:");
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for ((name, _), median) in programs.iter().zip(&medians) {
        println!("  {name:<24} {:>7.2}", median.as_secs_f64() / medians[0].as_secs_f64());
    }
    if compose.is_none() {
        println!("  docker compose config: not measured, COMPOSE_BIN is not set");
    }
}

fn time(command: &[&str], folder: &Path) -> Duration {
    let start = Instant::now();
    let status = Command::new(command[0])
        .args(&command[1..])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.unwrap_or_else(|error| panic!("`{}` cannot be started: {error}", command[0]));
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
