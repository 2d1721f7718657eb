//! `composegpu probe`: looks at this host and writes down what it saw.
//!
//! What cannot be seen is part of the answer, so looking never fails; only writing can.

use std::{
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use super::{exit::CliError, write::write_whole};
use crate::{
    host::{Compose, HostFacts},
    lower::{self, Form},
    probe::{self, Settings},
    report::{host_difference, host_difference_json, host_table},
};

/// The verb that the command calls itself with, in a process that may hang or crash in the driver.
/// It is on no help page; its output is read by `probe` alone.
pub(super) const NVML_VERB: &str = "__nvml";

/// What `probe` was told.
#[derive(Clone, Debug)]
pub(super) struct ProbeOptions {
    /// How to print the facts.
    pub(super) format: ProbeFormat,
    /// A file that the facts go to as JSON, whatever the format.
    pub(super) output: Option<PathBuf>,
    /// Whether names are taken out.
    pub(super) is_redacted: bool,
    /// Facts to compare with, by the name of their file.
    pub(super) against: Option<(String, HostFacts)>,
    /// How long each source may take.
    pub(super) timeout: Duration,
    /// Whether to start containers too.
    pub(super) is_tried: bool,
    /// The only form to try.
    pub(super) form: Option<Form>,
    /// Columns to wrap the table at.
    pub(super) width: Option<usize>,
}

/// How facts are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ProbeFormat {
    /// For people.
    #[default]
    Table,
    /// As `--host FILE` reads them.
    Json,
}

/// Looks and prints; the number is the exit code: 0, 1 where something that matters differs, or 3 where the
/// file cannot be written.
///
/// # Errors
/// As `out` and `err` give them.
pub(super) fn run(options: &ProbeOptions, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let mut facts = live(options.timeout);
    if options.is_tried {
        let attempts = lower::every_form(&facts, options.form);
        if let Err(error) = try_out(&mut facts, &attempts, options.timeout) {
            writeln!(err, "error: {error}")?;
            return Ok(3);
        }
    }
    // A recording without names can be compared only with facts that have none.
    let is_like_redacted = options.against.as_ref().is_some_and(|(_, before)| before.is_redacted());
    if options.is_redacted || is_like_redacted {
        facts = facts.redacted(&probe::host_names());
    }
    if let Some(path) = &options.output {
        if let Err(error) = write_whole(path, facts.to_json().as_bytes()) {
            writeln!(err, "error: {}", CliError::write(path, error))?;
            return Ok(3);
        }
        writeln!(err, "wrote {}", path.display())?;
    }
    if let Some((name, before)) = &options.against {
        let differences = before.differences(&facts);
        let text = match options.format {
            ProbeFormat::Json => host_difference_json(name, &differences),
            ProbeFormat::Table => host_difference(name, &differences),
        };
        out.write_all(text.as_bytes())?;
        return Ok(u8::from(differences.iter().any(|one| one.matters)));
    }
    if options.output.is_none() {
        let text = match options.format {
            ProbeFormat::Json => facts.to_json(),
            ProbeFormat::Table => host_table(&facts, options.width),
        };
        out.write_all(text.as_bytes())?;
    }
    Ok(0)
}

/// Starts a container for each attempt, and puts the outcomes among the facts.
///
/// # Errors
/// When the user interrupts.
pub(super) fn try_out(
    facts: &mut HostFacts,
    attempts: &[(Form, Vec<String>)],
    timeout: Duration,
) -> Result<(), CliError> {
    let old = facts.compose.known().and_then(Option::as_ref).and_then(Compose::before_gpus);
    let trials = probe::trial(&settings(timeout), attempts, old);
    facts.trials = trials.map_err(|interrupted| CliError::Host(interrupted.to_string()))?;
    Ok(())
}

/// The facts of this machine, as `--host live` wants them.
pub(super) fn live(timeout: Duration) -> HostFacts {
    probe::probe(&settings(timeout))
}

fn settings(timeout: Duration) -> Settings {
    // A name or value that is no UTF-8 cannot be one of those that are read.
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let own = std::env::current_exe().ok().and_then(|path| path.into_os_string().into_string().ok());
    Settings {
        timeout,
        environment: environment.collect(),
        root: PathBuf::from("/"),
        nvml_command: own.map(|program| vec![program, NVML_VERB.to_owned()]),
    }
}

/// What the hidden verb prints. It calls into the driver, and may hang.
///
/// # Errors
/// As `out` gives them.
pub(super) fn nvml_child(out: &mut dyn Write) -> io::Result<u8> {
    writeln!(out, "{}", probe::nvml_answer())?;
    Ok(0)
}
