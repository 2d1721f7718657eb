//! Which findings are wanted, and how bad they are: the command line's `--select`, `--extend-select` and
//! `--ignore` over the configuration's, and the configuration's severities.

use std::path::Path;

use super::{args::LintArgs, configuration::Configuration, exit::CliError, rule_name};
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

/// One word of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selector {
    All,
    /// The rules that are off by default.
    Pedantic,
    /// A code or the beginning of one, in upper case.
    Prefix(String),
    /// The code of a rule that was named.
    Name(Code),
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

fn closest(words: &[Selector], code: Code) -> Option<usize> {
    words.iter().filter_map(|word| word.closeness(code)).max()
}

impl Selector {
    /// Reads a code, the beginning of one, or the name of a rule or a group.
    ///
    /// # Errors
    /// Why the word fits no rule, as one clause.
    pub(super) fn read(word: &str) -> Result<Self, String> {
        match word.to_ascii_lowercase().as_str() {
            "all" => return Ok(Self::All),
            "pedantic" => return Ok(Self::Pedantic),
            lower => {
                if let Some((_, prefix)) = rules::GROUPS.iter().find(|(name, _)| *name == lower) {
                    return Ok(Self::Prefix((*prefix).to_owned()));
                }
            }
        }
        if let Some(rule) = rules::ALL.iter().find(|rule| rule.name == word) {
            return Ok(Self::Name(rule.code));
        }
        let prefix = word.to_ascii_uppercase();
        if !prefix.is_empty() && rules::ALL.iter().any(|rule| rule.code.as_str().starts_with(&prefix)) {
            return Ok(Self::Prefix(prefix));
        }
        let (message, hint) = rule_name::unknown(word);
        Err(format!("{message}; {hint}"))
    }

    /// How closely the word fits the code: the length of what it fixes of it.
    fn closeness(&self, code: Code) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Pedantic => rules::PEDANTIC.contains(&code).then_some(1),
            Self::Prefix(prefix) => code.as_str().starts_with(prefix.as_str()).then_some(prefix.len()),
            Self::Name(name) => (*name == code).then_some(code.as_str().len()),
        }
    }
}
