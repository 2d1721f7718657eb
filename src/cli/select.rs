//! Which findings are wanted, and how bad they are: the command line's `--select`, `--extend-select` and
//! `--ignore` over the configuration's, and the configuration's severities.

use std::path::Path;

use super::{
    args::LintArgs,
    configuration::Configuration,
    exit::CliError,
    selector::{Selector, closest},
};
use crate::{
    diag::{Code, Diagnostic},
    rules,
};

/// The rules that were asked for.
#[derive(Debug)]
pub(super) struct Selection<'a> {
    /// What is reported alone; empty where every rule that is not pedantic is.
    select: Vec<Selector>,
    /// What is reported beside it.
    extend: Vec<Selector>,
    ignore: Vec<Selector>,
    /// What holds where the command line says nothing of a rule.
    configuration: &'a Configuration,
}

impl<'a> Selection<'a> {
    /// Reads the lists of the command line.
    ///
    /// # Errors
    /// [`CliError::Usage`] for a word that fits no rule.
    pub(super) fn new(args: &LintArgs, configuration: &'a Configuration) -> Result<Self, CliError> {
        let read = |words: &[String]| {
            let words = words.iter().map(|word| Selector::read(word.trim()).map_err(CliError::Usage));
            words.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            select: read(&args.select)?,
            extend: read(&args.extend_select)?,
            ignore: read(&args.ignore)?,
            configuration,
        })
    }

    /// Whether findings of the code are wanted. The closer word wins, `--ignore` at a draw.
    pub(super) fn has(&self, code: Code) -> bool {
        verdict(code, &self.select, &self.extend, &self.ignore).unwrap_or_else(|| {
            let file = self.configuration;
            verdict(code, &file.select, &file.extend_select, &file.ignore)
                .unwrap_or_else(|| !rules::PEDANTIC.contains(&code))
        })
    }

    /// Whether a finding in a file, whose path is absolute, is wanted.
    pub(super) fn wants(&self, code: Code, path: Option<&Path>) -> bool {
        let is_ignored = |path: &Path| {
            let files = self.configuration.per_file_ignores.iter();
            files.filter(|(files, _)| files.has(path)).any(|(_, rules)| closest(rules, code).is_some())
        };
        self.has(code) && !path.is_some_and(is_ignored)
    }

    /// Gives a finding the severity that the configuration says.
    pub(super) fn weigh(&self, finding: &mut Diagnostic) {
        let fits = self.configuration.severity.iter();
        let fits = fits.filter_map(|(rule, severity)| Some((rule.closeness(finding.code)?, *severity)));
        if let Some((_, severity)) = fits.max_by_key(|(closeness, _)| *closeness) {
            finding.severity = severity;
        }
    }
}

/// What three lists say of a code; nothing where they leave it open.
fn verdict(code: Code, select: &[Selector], extend: &[Selector], ignore: &[Selector]) -> Option<bool> {
    match (closest(select, code).max(closest(extend, code)), closest(ignore, code)) {
        (Some(selected), ignored) => Some(ignored.is_none_or(|ignored| ignored < selected)),
        (None, Some(_)) => Some(false),
        (None, None) => (!select.is_empty()).then_some(false),
    }
}
