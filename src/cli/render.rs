//! `composegpu render`.

use std::io::Read;

use super::{
    Answer,
    args::RenderArgs,
    config::{accepted_project, printed},
    exit::{CliError, Exit},
    settings::Surroundings,
    write::write_whole,
};

/// Prints the project with its GPU requests in the form that works on the host.
///
/// # Errors
/// When the project's files or the host's facts cannot be had, or the host cannot give what
/// the project asks for.
pub(super) fn run(
    args: &RenderArgs,
    world: &Surroundings,
    stdin: &mut dyn Read,
    answer: &mut Answer,
) -> Result<Exit, CliError> {
    let Some((project, _)) = accepted_project(&args.project, true, world, stdin, answer)? else {
        return Ok(Exit::Findings);
    };
    let text = printed(&crate::compose::portable(&project, super::config::form(args.format)), args.format);
    match &args.output {
        Some(path) => write_whole(&world.working_directory.join(path), text.as_bytes())
            .map_err(|error| CliError::write(path, error))?,
        None => answer.out = text,
    }
    Ok(Exit::Clean)
}
