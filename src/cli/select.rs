//! Which rules' findings are wanted: `--select`, `--extend-select` and `--ignore`.

use super::{exit::CliError, explain::nearest};
use crate::{diag::Code, rules};

/// The rules that were asked for.
#[derive(Debug)]
pub(super) struct Selection {
    /// What is reported alone; empty where every rule that is not pedantic is.
    select: Vec<Selector>,
    /// What is reported beside it.
    extend: Vec<Selector>,
    ignore: Vec<Selector>,
}

/// One word of a list.
#[derive(Debug)]
enum Selector {
    All,
    /// A code or the beginning of one, in upper case.
    Prefix(String),
    /// The code of a rule that was named.
    Name(Code),
}

impl Selection {
    /// Reads the lists.
    ///
    /// # Errors
    /// [`CliError::Usage`] for a word that fits no rule.
    pub(super) fn new(select: &[String], extend: &[String], ignore: &[String]) -> Result<Self, CliError> {
        let read =
            |words: &[String]| words.iter().map(|word| Selector::read(word.trim())).collect::<Result<Vec<_>, _>>();
        Ok(Self { select: read(select)?, extend: read(extend)?, ignore: read(ignore)? })
    }

    /// Whether findings of the code are wanted. The closer word wins, `--ignore` at a draw.
    pub(super) fn has(&self, code: Code) -> bool {
        let closest = |words: &[Selector]| words.iter().filter_map(|word| word.closeness(code)).max();
        let is_default = self.select.is_empty() && !rules::PEDANTIC.contains(&code);
        let selected = closest(&self.select).max(closest(&self.extend)).max(is_default.then_some(0));
        selected.is_some_and(|selected| closest(&self.ignore).is_none_or(|ignored| ignored < selected))
    }
}

impl Selector {
    fn read(word: &str) -> Result<Self, CliError> {
        if word.eq_ignore_ascii_case("all") {
            return Ok(Self::All);
        }
        if let Some(rule) = rules::ALL.iter().find(|rule| rule.name == word) {
            return Ok(Self::Name(rule.code));
        }
        let prefix = word.to_ascii_uppercase();
        if !prefix.is_empty() && rules::ALL.iter().any(|rule| rule.code.as_str().starts_with(&prefix)) {
            return Ok(Self::Prefix(prefix));
        }
        let near = nearest(word);
        let hint = if near.is_empty() {
            "`composegpu rules` lists them".to_owned()
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        Err(CliError::Usage(format!("no rule has the code or name `{word}`; {hint}")))
    }

    /// How closely the word fits the code: the length of what it fixes of it.
    fn closeness(&self, code: Code) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Prefix(prefix) => code.as_str().starts_with(prefix.as_str()).then_some(prefix.len()),
            Self::Name(name) => (*name == code).then_some(code.as_str().len()),
        }
    }
}
