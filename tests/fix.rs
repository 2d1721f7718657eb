//! `lint --fix --unsafe-fixes --form F`: what the rewritten files are, byte for byte, and what holds of
//! every rewriting. The cases are in `fixtures/rewrite`; `UPDATE=1` writes what they expect.
#![allow(clippy::disallowed_methods, reason = "each test makes files of its own")]

use std::{fs, path::PathBuf, process::ExitCode};

use libtest_mimic::{Arguments, Trial};

#[path = "fix/case.rs"]
mod case;
#[path = "fix/command.rs"]
mod command;
#[path = "fix/every.rs"]
mod every;
#[path = "fix/plain.rs"]
mod plain;

use case::Case;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for path in paths() {
        let stem = path.file_stem().expect("a fixture has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("fixtures are text");
        let mut cases = Case::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if std::env::var_os("UPDATE").is_some() {
            cases.iter_mut().for_each(case::update);
            fs::write(&path, cases.iter().map(Case::to_string).collect::<String>()).expect("it can be written");
        }
        for case in cases {
            let name = format!("{stem}: {}", case.title);
            trials.push(Trial::test(name, move || case::check(&case)));
        }
    }
    trials.extend(every::trials());
    trials.extend(plain::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn paths() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/rewrite");
    let entries = fs::read_dir(folder).expect("fixtures/rewrite is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    paths
}
