//! What `render` takes on the command line.

use std::{ffi::OsString, path::PathBuf};

use clap::ValueEnum;

use super::{FormArg, ProjectArgs, ProjectFormat};
use crate::cli::examples::RENDER_EXAMPLES;

/// `render`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = RENDER_EXAMPLES)]
pub(in crate::cli) struct RenderArgs {
    /// Form of every GPU request
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) form: FormArg,
    /// Host to render for: `live`, a file made by `composegpu probe`, or a built-in `@NAME` (`@?` lists them)
    #[arg(long, value_name = "live|FILE|@NAME", default_value = "live")]
    pub(in crate::cli) host: OsString,
    /// Try the forms in empty containers first; what the engine refuses is not chosen
    #[arg(long)]
    pub(in crate::cli) trial: bool,
    /// What to do where no form works
    #[arg(long, value_enum)]
    pub(in crate::cli) fallback: Option<Fallback>,
    /// Print a file to lay over the project's own (`docker compose -f FILE… -f OVERLAY`), not the whole
    #[arg(long)]
    pub(in crate::cli) overlay: bool,
    /// Write here; nothing is written unless all of it can be
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Write nothing; compare the file that `-o` names with what `--host FILE` gives
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Say on standard error why each form was taken or refused
    #[arg(long, value_enum, value_name = "FORMAT", num_args = 0..=1, default_missing_value = "text")]
    pub(in crate::cli) explain: Option<ExplainFormat>,
    /// Format of the project
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: ProjectFormat,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
}

/// What `render` falls back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Fallback {
    /// Without a GPU
    Cpu,
}

/// How reasons are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExplainFormat {
    /// For people
    Text,
    /// One document for programs (schemas/decisions-v1.schema.json)
    Json,
}
