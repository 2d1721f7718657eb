//! What was said to the verbs that explain: `doctor` a host, `explain` a rule or an error.

use std::{ffi::OsString, path::PathBuf};

use super::{PATIENCE, ProjectArgs, TextFormat};
use crate::cli::examples::{DOCTOR_EXAMPLES, EXPLAIN_EXAMPLES};

/// `doctor`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = DOCTOR_EXAMPLES)]
pub(in crate::cli) struct DoctorArgs {
    /// Host to look at: `live`, or a file made by `composegpu probe`
    #[arg(long, value_name = "live|FILE", default_value = "live")]
    pub(in crate::cli) host: OsString,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: TextFormat,
    /// Write the files that would mend the host here: daemon.json, config.toml, units; installs nothing
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) write: Option<PathBuf>,
    /// Longest wait for each source of a live host
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(in crate::cli) timeout: u64,
}

/// `explain`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(in crate::cli) struct ExplainArgs {
    /// Code or name of a rule, `cuda` for the tables, or the text of an error; `-`, or nothing, is standard input
    #[arg(value_name = "RULE|TEXT")]
    pub(in crate::cli) text: Option<String>,
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: TextFormat,
    /// Host that the error came from: a file made by `composegpu probe`, or `live`
    #[arg(long, value_name = "FILE|live")]
    pub(in crate::cli) host: Option<OsString>,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
}
