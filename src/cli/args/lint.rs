//! What was said to `lint`.

use std::{ffi::OsString, path::PathBuf};

use clap::ValueEnum;

use super::{FormArg, ProjectArgs, output::Output};
use crate::cli::examples::LINT_EXAMPLES;

/// `lint`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = LINT_EXAMPLES)]
pub(in crate::cli) struct LintArgs {
    /// Files and folders; folders are searched; `-` is standard input [default: .]
    #[arg(conflicts_with = "files")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Path to show for standard input, and to look for its neighbours
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) stdin_filename: Option<PathBuf>,
    /// How to print the findings; with `=FILE`, into that file; may be repeated
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human")]
    pub(in crate::cli) format: Vec<Output>,
    /// Host to judge requests on: a file made by `composegpu probe`, a built-in `@NAME` (`@?` lists them), or `live`;
    /// several, or a pattern of files, add a table of services and hosts
    #[arg(long = "host", value_name = "FILE|@NAME|live")]
    pub(in crate::cli) hosts: Vec<OsString>,
    /// Form that `--unsafe-fixes` writes old GPU requests in; `auto` is what works on `--host`
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) form: FormArg,
    /// Mend what can be mended without changing what the project does
    #[arg(long)]
    pub(in crate::cli) fix: bool,
    /// Also apply fixes that may change what the project does
    #[arg(long)]
    pub(in crate::cli) unsafe_fixes: bool,
    /// Print the fixes as a patch and write nothing
    #[arg(long)]
    pub(in crate::cli) diff: bool,
    /// Report these alone: codes, beginnings of codes, names; comma-separated
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub(in crate::cli) select: Vec<String>,
    /// Report these too: pedantic rules, which are off by default, or `all`
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub(in crate::cli) extend_select: Vec<String>,
    /// Leave these out: codes, beginnings of codes, names; comma-separated
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub(in crate::cli) ignore: Vec<String>,
    /// Exit with 1 from this severity on
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub(in crate::cli) fail_on: FailOn,
    /// Exit with 0 whatever is found
    #[arg(long)]
    pub(in crate::cli) exit_zero: bool,
    /// Print the files of each project and judge nothing
    #[arg(long)]
    pub(in crate::cli) show_files: bool,
    /// Add how often each rule fired
    #[arg(long)]
    pub(in crate::cli) statistics: bool,
    #[command(flatten)]
    pub(in crate::cli) project: ProjectArgs,
}

/// The severity that makes a run fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FailOn {
    /// Errors alone
    Error,
    /// Errors and warnings
    #[default]
    Warning,
    /// Any finding
    Info,
    /// No finding
    Never,
}
