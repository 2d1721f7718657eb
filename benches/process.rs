//! The whole process beside `docker compose config` and beside a program that does nothing, each
//! started in turn so that what else the machine does falls on all alike: ratios of the medians.
//!
//! `COMPOSE_BIN` names a standalone Docker Compose; without it that line is left out. The empty
//! program is `true`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark starts programs and prints")]

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How often each program is started.
const RUNS: usize = 60;

fn main() {
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
