//! The host that `--host` names, recorded, built in or this machine, and the verb that looks at it.

use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

#[cfg(not(feature = "probe"))]
use super::{Answer, args::ProbeArgs, exit::Exit};
use super::{args::PATIENCE, exit::CliError, patterns::expand, settings::Surroundings};
use crate::{
    host::{FactsError, HostFacts},
    source::Files,
};

/// Facts files are small; anything above this is something else.
const MAX_BYTES: usize = 16 << 20;

/// A host with the name that people call it by.
#[derive(Clone, Debug)]
pub(super) struct NamedHost {
    /// `@NAME`, `live`, or the file's name without `.json`; the whole path where two files have one name.
    pub(super) name: String,
    /// What is known of it.
    pub(super) facts: HostFacts,
}

/// The hosts that several `--host` values stand for, patterns of files among them, each once.
///
/// # Errors
/// As [`facts_of`], and for a pattern that nothing matches.
pub(super) fn hosts_of(
    values: &[OsString],
    world: &Surroundings,
    files: &dyn Files,
) -> Result<Vec<NamedHost>, CliError> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for value in values {
        let is_file = value != "live" && !value.to_string_lossy().starts_with('@');
        let found = if is_file { files_of(value, world)? } else { vec![PathBuf::from(value)] };
        for path in found {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    let stem = |path: &Path| path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let is_alone = |path: &PathBuf| paths.iter().filter(|other| stem(other) == stem(path)).count() == 1;
    let named = paths.iter().map(|path| {
        let name = if is_alone(path) { stem(path) } else { path.display().to_string() };
        Ok(NamedHost { name, facts: facts_of(path.as_os_str(), files)? })
    });
    named.collect()
}

fn files_of(value: &OsStr, world: &Surroundings) -> Result<Vec<PathBuf>, CliError> {
    expand(&[PathBuf::from(value)], &world.working_directory).map_err(|error| match error {
        CliError::NothingFound { .. } => CliError::Host(format!(
            "no file matches {}; `composegpu probe -o FILE` records a host",
            Path::new(value).display()
        )),
        other => other,
    })
}

/// The facts that a `--host` value stands for.
///
/// # Errors
/// When there is no host of the name, the file cannot be read or holds no facts, or this program
/// cannot look at a host.
pub(super) fn facts_of(host: &OsStr, files: &dyn Files) -> Result<HostFacts, CliError> {
    facts_within(Duration::from_secs(PATIENCE), host, files)
}

/// As [`facts_of`], with another longest wait for each source of a live host.
///
/// # Errors
/// As [`facts_of`].
pub(super) fn facts_within(timeout: Duration, host: &OsStr, files: &dyn Files) -> Result<HostFacts, CliError> {
    match host.to_str().and_then(|host| host.strip_prefix('@')) {
        Some(name) => named(name),
        None if host == "live" => live(timeout),
        None => recorded(Path::new(host), files),
    }
}

fn named(name: &str) -> Result<HostFacts, CliError> {
    HostFacts::named(name).ok_or_else(|| {
        let known = HostFacts::names().map(|name| format!("@{name}")).collect::<Vec<_>>().join(", ");
        CliError::Usage(format!("there is no host `@{name}`; there are {known}"))
    })
}

fn recorded(path: &Path, files: &dyn Files) -> Result<HostFacts, CliError> {
    let content = files.read(path, MAX_BYTES).map_err(|error| unread(path, error))?;
    let unusable =
        |reason: String, way_out: &str| CliError::Host(format!("cannot use {}: {reason}; {way_out}", path.display()));
    let record = "`composegpu probe -o FILE` records a host";
    let text = String::from_utf8(content).map_err(|_| unusable("it is not UTF-8".to_owned(), record))?;
    HostFacts::from_json(&text).map_err(|error| match &error {
        FactsError::OtherSchema { found } if *found > u64::from(HostFacts::SCHEMA) => {
            unusable(with_causes(&error), "a newer composegpu wrote it; update this one, or record the host again")
        }
        other => unusable(with_causes(other), record),
    })
}

/// Why a recording cannot be read, where people mean several: a folder, or a pattern where one host is wanted.
fn unread(path: &Path, error: io::Error) -> CliError {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::IsADirectory => CliError::Host(format!(
            "cannot read {shown}: it is a folder; `lint` takes the recordings in it with `--host '{}'`",
            path.join("*.json").display()
        )),
        io::ErrorKind::NotFound if path.to_string_lossy().contains(['*', '?']) => {
            CliError::Host(format!("cannot read {shown}: no such file; only `lint` takes a pattern of several hosts"))
        }
        _ => CliError::read(path, error),
    }
}

/// An error with the errors behind it, on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    let mut text = error.to_string();
    for cause in causes.map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

#[cfg(feature = "probe")]
pub(super) use with_probe::{nvml_answer, probe, try_out};

#[cfg(feature = "probe")]
use with_probe::live;

#[cfg(feature = "probe")]
mod with_probe {
    //! A build that can look at a host.

    use std::time::Duration;

    use crate::{
        cli::{
            Answer,
            args::{FormArg, PATIENCE, ProbeArgs, ProbeFormat},
            exit::{CliError, Exit},
            files::DiskFiles,
            hosts::facts_of,
            probe::{self, ProbeOptions},
            settings::Surroundings,
        },
        host::HostFacts,
        lower::Form,
    };

    #[expect(clippy::unnecessary_wraps, reason = "a build without `probe` cannot do it")]
    pub(super) fn live(timeout: Duration) -> Result<HostFacts, CliError> {
        Ok(probe::live(timeout))
    }

    /// Starts a container for each attempt, and puts the outcomes among the facts.
    ///
    /// # Errors
    /// When the user interrupts.
    pub(in crate::cli) fn try_out(facts: &mut HostFacts, attempts: &[(Form, Vec<String>)]) -> Result<(), CliError> {
        probe::try_out(facts, attempts, Duration::from_secs(PATIENCE))
    }

    /// `composegpu probe`.
    ///
    /// # Errors
    /// When the facts to compare with cannot be had; what cannot be seen is part of the answer.
    pub(in crate::cli) fn probe(args: &ProbeArgs, world: &Surroundings, answer: &mut Answer) -> Result<Exit, CliError> {
        let format = match args.format {
            ProbeFormat::Json => probe::ProbeFormat::Json,
            ProbeFormat::Table => probe::ProbeFormat::Table,
        };
        let against = args.against.as_ref().map(|path| {
            let facts = facts_of(path.as_os_str(), &DiskFiles::new(&world.working_directory))?;
            Ok::<_, CliError>((path.display().to_string(), facts))
        });
        let options = ProbeOptions {
            format,
            output: args.output.clone(),
            is_tried: args.trial,
            form: args.form.and_then(FormArg::named),
            is_redacted: args.redact,
            against: against.transpose()?,
            timeout: Duration::from_secs(args.timeout),
            width: world.table_width(),
        };
        answer.collect(|out, err| probe::run(&options, out, err))
    }

    /// What the driver says, for the process that asked this one to ask.
    ///
    /// # Errors
    /// None of its own.
    pub(in crate::cli) fn nvml_answer(answer: &mut Answer) -> Result<Exit, CliError> {
        answer.collect(|out, _| probe::nvml_child(out))
    }
}

/// What a build without `probe` says when it should look at a host.
#[cfg(not(feature = "probe"))]
const BLIND: &str = "this composegpu was built without the feature `probe`, so it cannot look at a host; \
                     give it a recorded one with `--host FILE`";

#[cfg(not(feature = "probe"))]
fn live(_: Duration) -> Result<HostFacts, CliError> {
    Err(CliError::Host(BLIND.to_owned()))
}

/// Starts no container.
///
/// # Errors
/// Always: this build cannot do it.
#[cfg(not(feature = "probe"))]
pub(super) fn try_out(_: &mut HostFacts, _: &[(crate::lower::Form, Vec<String>)]) -> Result<(), CliError> {
    Err(CliError::Host(BLIND.to_owned()))
}

/// `composegpu probe`.
///
/// # Errors
/// Always: this build cannot do it.
#[cfg(not(feature = "probe"))]
pub(super) fn probe(_: &ProbeArgs, _: &Surroundings, _: &mut Answer) -> Result<Exit, CliError> {
    Err(CliError::Host(BLIND.to_owned()))
}
