//! What was said on the command line. The only file that knows `clap`; what the words mean
//! is in `settings`.

mod explain;
mod form;
mod lint;
mod manual;
mod output;
mod render;

use std::{ffi::OsString, path::PathBuf};

use clap::{Parser, Subcommand, ValueEnum};

use super::{
    examples::{CONFIG_EXAMPLES, EXIT_CODES, PROBE_EXAMPLES},
    exit::Exit,
};

pub(super) use explain::{DoctorArgs, ExplainArgs};
pub(super) use form::FormArg;
pub(super) use lint::{FailOn, LintArgs};
pub(super) use manual::{CompletionsArgs, completions, man};
pub(super) use output::{LintFormat, Output};
pub(super) use render::{ExplainFormat, Fallback, RenderArgs};

/// Seconds that each source of a live host may take, unless `--timeout` says otherwise.
pub(super) const PATIENCE: u64 = 2;

/// Finds what breaks GPUs in Docker Compose projects, and writes GPU requests in the form
/// that works on a host.
#[derive(Debug, Parser)]
#[command(name = "composegpu", version, max_term_width = 100, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(super) struct Args {
    /// Colours in the output
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: ColorWhen,
    /// What to do.
    #[command(subcommand)]
    pub(super) verb: Verb,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Find what breaks GPUs in Compose files and Dockerfiles
    Lint(Box<LintArgs>),
    /// Print the project with each GPU request in the form that works on a host
    Render(Box<RenderArgs>),
    /// Print the merged project as `docker compose config` does
    Config(ConfigArgs),
    /// See what this host offers to containers, and record it
    Probe(ProbeArgs),
    /// What `probe` calls itself with, in a process of its own
    #[cfg(feature = "probe")]
    #[command(name = super::probe::NVML_VERB, hide = true)]
    NvmlAnswer,
    /// Find what is wrong with a host, and say how to mend it
    Doctor(DoctorArgs),
    /// Print the page of a rule, or say what an error message means
    Explain(Box<ExplainArgs>),
    /// List the rules
    Rules(RulesArgs),
    /// Print what makes a shell complete this command's flags
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

/// Which project: the flags of `docker compose`.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Project")]
pub(super) struct ProjectArgs {
    /// Compose file; repeat it for overlays, in order; `-` is standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Project name
    #[arg(short, long, value_name = "NAME")]
    pub(super) project_name: Option<String>,
    /// Folder that relative paths start from
    #[arg(long, value_name = "FOLDER")]
    pub(super) project_directory: Option<PathBuf>,
    /// File of variables in place of `.env`; may be repeated
    #[arg(long = "env-file", value_name = "FILE")]
    pub(super) env_files: Vec<PathBuf>,
    /// Profile to switch on; may be repeated
    #[arg(long = "profile", value_name = "NAME")]
    pub(super) profiles: Vec<String>,
}

/// Formats of a project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ProjectFormat {
    /// YAML
    #[default]
    Yaml,
    /// JSON
    Json,
}

/// `config`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = CONFIG_EXAMPLES)]
pub(super) struct ConfigArgs {
    /// Leave variables as they are
    #[arg(long)]
    pub(super) no_interpolate: bool,
    /// Format of the project
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ProjectFormat,
    /// Print the names of the services alone
    #[arg(long)]
    pub(super) services: bool,
    /// Print nothing; the exit code tells
    #[arg(short, long)]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) project: ProjectArgs,
}

/// `probe`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = PROBE_EXAMPLES)]
pub(super) struct ProbeArgs {
    /// How to print the facts
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ProbeFormat,
    /// Write the facts here, as JSON
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Start an empty container for each form of a GPU request, and record whether the engine meets it
    #[arg(long)]
    pub(super) trial: bool,
    /// Try this form alone
    #[arg(long, value_enum, requires = "trial", value_name = "FORM")]
    pub(super) form: Option<FormArg>,
    /// Take names out: UUIDs (the same everywhere), hosts, home folders
    #[arg(long)]
    pub(super) redact: bool,
    /// Print what differs from these recorded facts; exit with 1 where it can decide what a GPU request does
    #[arg(long, value_name = "FILE")]
    pub(super) against: Option<PathBuf>,
    /// Longest wait for each source
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(super) timeout: u64,
}

/// Formats of `probe`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ProbeFormat {
    /// Facts for programs and for `--host`
    Json,
    /// Facts for people
    #[default]
    Table,
}

/// `rules`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RulesArgs {
    /// Format
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: TextFormat,
}

/// Formats of reference texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TextFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

/// Reads the command line; what is answered at once (help, the version, a mistake) comes
/// back as an error: the text, and how to end.
///
/// # Errors
/// Help and the version belong on standard output, a mistake on standard error.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, (String, Exit)> {
    Args::try_parse_from(args).map_err(|error| {
        let exit = if error.use_stderr() { Exit::Usage } else { Exit::Clean };
        (error.render().to_string(), exit)
    })
}
