//! `composegpu doctor`: what is wrong with a host, and the commands that mend it.

use std::time::Duration;

use super::{
    Answer,
    args::{DoctorArgs, TextFormat},
    exit::{CliError, Exit},
    files::DiskFiles,
    hosts::facts_within,
    propose,
    rule_text::report_of,
    settings::Surroundings,
};
use crate::{
    diag::Severity,
    report::{Report, Unjudged, human, json},
    rules,
    source::SourceMap,
};

/// Judges a host by itself; no project has a part in it.
///
/// # Errors
/// When the host's facts cannot be had.
pub(super) fn run(args: &DoctorArgs, world: &Surroundings, answer: &mut Answer) -> Result<Exit, CliError> {
    let timeout = Duration::from_secs(args.timeout);
    let host = facts_within(timeout, &args.host, &DiskFiles::new(&world.working_directory))?;
    let mut found = rules::examine(&host);
    found.diagnostics.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
    let skipped: Vec<Unjudged> =
        found.skipped.into_iter().map(|one| Unjudged { code: one.code, reason: one.reason }).collect();
    let sources = SourceMap::default();
    let report = Report { skipped: &skipped, ..report_of(&sources, &found.diagnostics) };
    answer.out = match args.format {
        TextFormat::Human => human(&report, world.look()),
        TextFormat::Json => json(&report),
    };
    if answer.out.is_empty() && world.is_watched() {
        answer.err = "nothing found on this host\n".to_owned();
    }
    if let Some(folder) = &args.write {
        answer.err.push_str(&propose::write(&host, &args.host, &world.working_directory.join(folder))?);
    }
    let is_bad = found.diagnostics.iter().any(|finding| finding.severity >= Severity::Warning);
    Ok(if is_bad { Exit::Findings } else { Exit::Clean })
}
