//! The fixture projects through the built program: `lint` names each defect at its line and is
//! silent on the corrected form, its fixes mend, and `render` writes each for recorded hosts.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures and starts the program")]

#[path = "projects/fix.rs"]
mod fix;
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

use fixture_projects::Fixture;
use libtest_mimic::{Arguments, Failed, Trial};

/// What is held of each fixture, and the word that its test's name begins with.
const CHECKS: [(&str, Check); 3] = [("fix", fix::check), ("lint", lint::check), ("render", render::check)];

type Check = fn(&Fixture) -> Result<(), Failed>;

fn main() -> io::Result<ExitCode> {
    let mut trials = Vec::new();
    for fixture in fixture_projects::all()? {
        for (what, check) in CHECKS {
            let fixture = fixture.clone();
            trials.push(Trial::test(format!("{what}::{}", fixture.name), move || check(&fixture)));
        }
    }
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}

/// The program in a form's folder; the variables of a fixture are those of its `.env`, and no caller's.
fn composegpu(folder: &Path, verb: &[&str], arguments: &[String]) -> io::Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
    command.args(verb).args(arguments).current_dir(folder).env_clear().output()
}
