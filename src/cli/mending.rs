//! What comes of fixes: files or a patch, and the lines that say so.

use std::collections::BTreeMap;

use super::{
    Answer,
    args::LintArgs,
    exit::CliError,
    fix::{Change, Fixed},
    patch::patch,
    rule_text::{counted, rule_of},
    settings::Surroundings,
    write::write_inside,
};
use crate::{diag::Code, report::Counts};

/// Writes the files, or puts the patch into the answer, and says what was mended and what is left.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn tell(args: &LintArgs, world: &Surroundings, fixed: &Fixed, answer: &mut Answer) -> Result<(), CliError> {
    let mut say = |line: String| answer.err.push_str(&format!("{line}\n"));
    if fixed.refused > 0 {
        let held = counted(fixed.refused, "fix was held back, it", "fixes were held back, they");
        say(format!("note: {held} would bring a new error"));
    }
    if args.diff {
        answer.out = fixed.changes.iter().map(as_patch).collect();
        return Ok(());
    }
    for change in &fixed.changes {
        write(change, world)?;
    }
    let files = counted(fixed.changes.len(), "file", "files");
    let mended = counted(fixed.mended.len(), "finding", "findings");
    let left = fixed.judged.run.findings.len();
    match &args.add_ignore {
        Some(_) if left > 0 => {
            let left = counted(left, "finding has", "findings have");
            say(format!("ignored {mended} in {files}; {left} no place for a comment"));
        }
        Some(_) => say(format!("ignored {mended} in {files}")),
        None if !fixed.mended.is_empty() => {
            say(format!("fixed {mended} in {files}: {}{}", by_rule(&fixed.mended), left_over(fixed)))
        }
        None => {}
    }
    Ok(())
}

/// `2 visible-devices-overridden (CG201), 1 unused-ignore (CG011)`
fn by_rule(mended: &[Code]) -> String {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    mended.iter().for_each(|code| *counts.entry(*code).or_default() += 1);
    let parts = counts.iter().map(|(code, count)| format!("{count} {} ({code})", rule_of(*code).name));
    parts.collect::<Vec<_>>().join(", ")
}

/// `; 3 findings are left, 1 for --unsafe-fixes`
fn left_over(fixed: &Fixed) -> String {
    let findings = &fixed.judged.run.findings;
    if findings.is_empty() {
        return String::new();
    }
    let left = counted(findings.len(), "finding is left", "findings are left");
    match Counts::of(findings).unsafe_fixable {
        0 => format!("; {left}"),
        risky => format!("; {left}, {risky} of them for --unsafe-fixes"),
    }
}

fn as_patch(change: &Change) -> String {
    patch(&change.path.display().to_string(), &change.old, &change.new)
}

/// A linted folder's own files may be changed, nothing that a link of it leads to elsewhere.
fn write(change: &Change, world: &Surroundings) -> Result<(), CliError> {
    let path = world.working_directory.join(&change.path);
    let own_folder = path.parent().unwrap_or(&world.working_directory);
    let project = if path.starts_with(&world.working_directory) { &world.working_directory } else { own_folder };
    write_inside(&path, change.new.as_bytes(), project).map_err(|error| CliError::write(&change.path, error))
}
