//! How long the passes take beside one another, and that none grows with the square of its input:
//! ratios alone, since times say more about the machine than about the program.
//!
//! `cargo bench --no-default-features --bench passes`

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark looks at the clock and prints")]

use std::{
    fmt::Write as _,
    hint::black_box,
    path::PathBuf,
    time::{Duration, Instant},
};

use composegpu::{
    compose::{self, Form, LoadRequest},
    gpu, image, rules,
    source::{MemoryFiles, SourceMap},
    yaml,
};

/// A project of about 2 KB: two services with GPUs, three without, an anchor, variables.
const PROJECT: &str = include_str!("project.yaml");

fn main() {
    passes();
    many();
    growth();
}

/// The least time of some runs: what disturbs a run only makes it longer.
fn least(runs: usize, mut work: impl FnMut() -> usize) -> Duration {
    let timed = (0..runs).map(|_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    });
    timed.min().expect("there is at least one run")
}

fn ratio(of: Duration, to: Duration) -> f64 {
    of.as_secs_f64() / to.as_secs_f64()
}

fn parse(text: &str) -> usize {
    let mut sources = SourceMap::default();
    let file = sources.add("compose.yaml", text.to_owned(), true);
    yaml::parse(file, &sources).0.documents.len()
}

fn resolve(text: &str) -> usize {
    let mut sources = SourceMap::default();
    let file = sources.add("compose.yaml", text.to_owned(), true);
    let (tree, _) = yaml::parse(file, &sources);
    tree.documents.iter().map(|root| yaml::resolve(&tree, *root).nodes).sum()
}

fn request(name: &str) -> LoadRequest {
    LoadRequest {
        files: vec![PathBuf::from(name)],
        working_directory: "/project".into(),
        is_interpolated: true,
        ..LoadRequest::default()
    }
}

fn files(texts: &[(String, String)]) -> MemoryFiles {
    let mut files = MemoryFiles::default();
    for (name, text) in texts {
        files.insert(PathBuf::from("/project").join(name), text.as_bytes());
    }
    files
}

fn load(files: &MemoryFiles, name: &str) -> usize {
    let mut sources = SourceMap::default();
    compose::load(&request(name), files, &mut sources).expect("the file is there").diagnostics.len()
}

fn lint(files: &MemoryFiles, name: &str) -> usize {
    let mut sources = SourceMap::default();
    let loaded = compose::load(&request(name), files, &mut sources).expect("the file is there");
    let images = image::collect(&loaded.project, files, &mut sources);
    let requests = gpu::collect(&loaded.project);
    let cx = rules::ProjectCx { project: &loaded.project, requests: &requests, images: &images, sources: &sources };
    rules::run(&cx, None).diagnostics.len() + loaded.diagnostics.len()
}

fn config(files: &MemoryFiles, name: &str) -> usize {
    let mut sources = SourceMap::default();
    let loaded = compose::load(&request(name), files, &mut sources).expect("the file is there");
    let normalised = compose::normalise(&loaded.project, Form::Yaml, files);
    yaml::emit::to_yaml(&normalised.value).len()
}

fn passes() {
    let files = files(&[("compose.yaml".to_owned(), PROJECT.to_owned())]);
    let run = |name: &str, base: Duration, work: &dyn Fn() -> usize| {
        let time = least(300, work);
        println!("  {name:<8} {:>6.2}", if base.is_zero() { 1.0 } else { ratio(time, base) });
        time
    };
    println!("one file of {} bytes, beside `parse`:", PROJECT.len());
    let base = run("parse", Duration::ZERO, &|| parse(PROJECT));
    run("resolve", base, &|| resolve(PROJECT));
    run("load", base, &|| load(&files, "compose.yaml"));
    run("lint", base, &|| lint(&files, "compose.yaml"));
    run("config", base, &|| config(&files, "compose.yaml"));
}

fn many() {
    let texts: Vec<(String, String)> =
        (0..1_000).map(|at| (format!("c{at}.yaml"), PROJECT.replace("llm", &format!("llm{at}")))).collect();
    let files = files(&texts);
    let one = least(100, || lint(&files, "c0.yaml"));
    let all = least(3, || texts.iter().map(|(name, _)| lint(&files, name)).sum());
    println!("lint of 1,000 files beside 1,000 times one: {:.2}", ratio(all, one * 1_000));
}

/// A text made of `count` parts.
type Probe = (&'static str, fn(usize) -> String, usize);

const PROBES: &[Probe] = &[
    ("open brackets", |count| format!("x-a: {}", "[".repeat(count)), 50_000),
    ("keys of a mapping", |count| lines("x-a:\n", count, |at| format!("  k{at}: {at}\n")), 25_000),
    ("items between brackets", |count| format!("x-a: [{}]\n", "1, ".repeat(count)), 50_000),
    ("comments", |count| "# a comment\n".repeat(count) + "x-a: 1\n", 50_000),
    ("aliases", |count| lines("x-a: &a 1\nx-b:\n", count, |_| "  - *a\n".to_owned()), 25_000),
    ("merge keys", |count| lines("x-a: &a {b: 1}\n", count, |at| format!("x-{at}: {{<<: *a}}\n")), 10_000),
    ("a text of one line", |count| format!("x-a: \"{}\"\n", "word ".repeat(count)), 200_000),
    ("a text of many lines", |count| lines("x-a: |\n", count, |_| "  word\n".to_owned()), 50_000),
    ("tabs", |count| lines("x-a: |\n", count, |_| "  \tword\n".to_owned()), 20_000),
    ("keys written twice", |count| lines("x-a:\n", count, |_| "  k: 1\n".to_owned()), 2_000),
    ("unknown keys", |count| lines("services:\n  a:\n    image: x\n", count, |at| format!("    q{at}: 1\n")), 2_000),
    ("services", |count| lines("services:\n", count, |at| format!("  s{at}: {{image: x}}\n")), 1_000),
    ("services with GPUs", |count| lines("services:\n", count, gpu_service), 1_000),
    ("extends", |count| lines("services:\n  b: {image: x}\n", count, |at| format!("  s{at}: {{extends: b}}\n")), 1_000),
    ("variables", |count| lines("services:\n  a:\n    image: x\n    environment:\n", count, variable), 5_000),
    (
        "ports",
        |count| lines("services:\n  a:\n    image: x\n    ports:\n", count, |at| format!("      - '{at}'\n")),
        2_000,
    ),
];

fn lines(head: &str, count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(head.to_owned(), |mut text, at| {
        write!(text, "{}", line(at)).expect("a string takes text");
        text
    })
}

fn gpu_service(at: usize) -> String {
    format!("  s{at}: {{image: x, privileged: true, gpus: all}}\n")
}

fn variable(at: usize) -> String {
    format!("      V{at}: ${{V{at}:-x}}\n")
}

/// Four times the input in about four times the time; sixteen would be its square.
fn growth() {
    println!("lint of four times as much, beside one:");
    for (name, text, count) in PROBES {
        let time = |count: usize| {
            let files = files(&[("compose.yaml".to_owned(), text(count))]);
            least(3, || lint(&files, "compose.yaml"))
        };
        let (small, large) = (time(*count), time(count * 4));
        println!("  {name:<24} {:>6.2}", ratio(large, small));
    }
}
