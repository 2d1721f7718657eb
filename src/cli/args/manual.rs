//! Completions of shells and the manual page, made from the same description as the help.

use std::io::{self, Write};

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use super::Args;

/// `completions`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes a shell's script.
///
/// # Errors
/// As the stream says.
pub(in crate::cli) fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut shown(), "composegpu", &mut script);
    out.write_all(&script)
}

/// Writes the manual page: the command, then each verb with its flags.
///
/// # Errors
/// As the stream says.
pub(in crate::cli) fn man(out: &mut dyn Write) -> io::Result<()> {
    let command = shown();
    let page = clap_mangen::Man::new(command.clone());
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    page.render_subcommands_section(out)?;
    for verb in command.get_subcommands() {
        let page = clap_mangen::Man::new(verb.clone().bin_name(format!("composegpu {}", verb.get_name())));
        page.render_synopsis_section(out)?;
        page.render_description_section(out)?;
        page.render_options_section(out)?;
        page.render_extra_section(out)?;
    }
    page.render_version_section(out)
}

/// The command without what is nobody's business: completions name verbs that the help hides.
fn shown() -> Command {
    let all = Args::command();
    Command::new("composegpu")
        .version(env!("CARGO_PKG_VERSION"))
        .about(all.get_about().cloned().unwrap_or_default())
        .args(all.get_arguments())
        .subcommands(all.get_subcommands().filter(|verb| !verb.is_hide_set()))
}
