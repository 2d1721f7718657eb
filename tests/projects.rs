//! The fixture projects through the built program: `lint` names each defect at its line and is
//! silent on the corrected form, and `render` writes each for recorded hosts.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures and starts the program")]

mod fixture_projects;
#[path = "projects/lint.rs"]
mod lint;
#[path = "projects/render.rs"]
mod render;

use std::{
    io,
    path::Path,
    process::{Command, ExitCode, Output},
};

use libtest_mimic::{Arguments, Trial};

fn main() -> io::Result<ExitCode> {
    let mut trials = Vec::new();
    for fixture in fixture_projects::all()? {
        let (name, again) = (fixture.name.clone(), fixture.clone());
        trials.push(Trial::test(format!("lint::{name}"), move || lint::check(&fixture)));
        trials.push(Trial::test(format!("render::{name}"), move || render::check(&again)));
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}

/// The program in a form's folder; the variables of a fixture are those of its `.env`, and no caller's.
fn composegpu(folder: &Path, verb: &[&str], arguments: &[String]) -> io::Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
    command.args(verb).args(arguments).current_dir(folder).env_clear().output()
}
