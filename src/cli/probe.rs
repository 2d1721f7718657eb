//! `composegpu probe`: looks at this host and writes down what it saw.
//!
//! What cannot be seen is part of the answer, so looking never fails; only writing can.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    host::HostFacts,
    probe::{self, Settings},
    report::host_table,
};

/// The verb that the command calls itself with, in a process that may hang or crash in the driver.
/// It is on no help page; its output is read by `probe` alone.
pub const NVML_VERB: &str = "__nvml";

/// What `probe` was told.
#[derive(Clone, Debug)]
pub struct ProbeOptions {
    /// How to print the facts.
    pub format: ProbeFormat,
    /// A file that the facts go to as JSON, whatever the format.
    pub output: Option<PathBuf>,
    /// How long each source may take.
    pub timeout: Duration,
}

/// How facts are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProbeFormat {
    /// For people.
    #[default]
    Table,
    /// As `--host FILE` reads them.
    Json,
}

/// Looks and prints; the number is the exit code: 0, or 3 where the file cannot be written.
///
/// # Errors
/// As `out` and `err` give them.
pub fn run(options: &ProbeOptions, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let facts = live(options.timeout);
    let Some(path) = &options.output else {
        let text = match options.format {
            ProbeFormat::Json => facts.to_json(),
            ProbeFormat::Table => host_table(&facts),
        };
        out.write_all(text.as_bytes())?;
        return Ok(0);
    };
    if let Err(error) = save(path, &facts.to_json()) {
        writeln!(err, "error: cannot write {}: {error}", path.display())?;
        return Ok(3);
    }
    writeln!(err, "wrote {}", path.display())?;
    Ok(0)
}

/// The facts of this machine, as `--host live` wants them.
pub fn live(timeout: Duration) -> HostFacts {
    // A name or value that is no UTF-8 cannot be one of those that are read.
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let own = std::env::current_exe().ok().and_then(|path| path.into_os_string().into_string().ok());
    probe::probe(&Settings {
        timeout,
        environment: environment.collect(),
        root: PathBuf::from("/"),
        nvml_command: own.map(|program| vec![program, NVML_VERB.to_owned()]),
    })
}

/// What the hidden verb prints. It calls into the driver, and may hang.
///
/// # Errors
/// As `out` gives them.
pub fn nvml_child(out: &mut dyn Write) -> io::Result<u8> {
    writeln!(out, "{}", probe::nvml_answer())?;
    Ok(0)
}

/// Writes beside the target and then in its place, so that no half of a file is ever there.
fn save(path: &Path, text: &str) -> io::Result<()> {
    let Some(name) = path.file_name() else { return Err(io::ErrorKind::IsADirectory.into()) };
    let beside = path.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It may not be there at all; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}
