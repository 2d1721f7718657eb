//! Reports on their way out: one on standard output, the others into files.

use super::{
    Answer,
    args::{LintFormat, Output},
    exit::CliError,
    settings::Surroundings,
    write::write_whole,
};
use crate::report::{Look, Report, concise, github, human, json, markdown, sarif};

/// What a file is drawn with: no colours, whatever the terminal can do.
const FILE_LOOK: Look = Look { is_coloured: false, is_unicode: true, has_links: false, width: Some(100) };

/// What cannot be asked for together.
///
/// # Errors
/// [`CliError::Usage`] where two reports would go to one place.
pub(super) fn check(outputs: &[Output]) -> Result<(), CliError> {
    for (at, output) in outputs.iter().enumerate() {
        if outputs[..at].iter().any(|earlier| earlier.file == output.file) {
            let place = output.file.as_ref().map_or("standard output".to_owned(), |file| file.display().to_string());
            return Err(CliError::Usage(format!("two reports would go to {place}; give one a file: `sarif=FILE`")));
        }
    }
    Ok(())
}

/// Writes the reports that go to files, and puts the other one into the answer unless that has
/// something else to print.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn give(
    outputs: &[Output],
    report: &Report<'_>,
    is_shown: bool,
    world: &Surroundings,
    answer: &mut Answer,
) -> Result<(), CliError> {
    for output in outputs {
        match &output.file {
            Some(file) => {
                let path = world.working_directory.join(file);
                let text = print(output.format, report, FILE_LOOK);
                write_whole(&path, text.as_bytes()).map_err(|error| CliError::write(file, error))?;
            }
            None if is_shown => answer.out = print(output.format, report, world.look()),
            None => {}
        }
    }
    Ok(())
}

fn print(format: LintFormat, report: &Report<'_>, look: Look) -> String {
    match format {
        LintFormat::Human => human(report, look),
        LintFormat::Concise => concise(report),
        LintFormat::Json => json(report),
        LintFormat::Github => github(report),
        LintFormat::Sarif => sarif(report),
        LintFormat::Markdown => markdown(report),
    }
}
