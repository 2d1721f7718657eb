//! Words that choose rules: a code or the beginning of one, the name of a rule or of a group.

use super::rule_name;
use crate::{diag::Code, rules};

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

/// How closely the closest of several words fits a code; nothing where none fits.
pub(super) fn closest(words: &[Selector], code: Code) -> Option<usize> {
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
    pub(super) fn closeness(&self, code: Code) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Pedantic => rules::PEDANTIC.contains(&code).then_some(1),
            Self::Prefix(prefix) => code.as_str().starts_with(prefix.as_str()).then_some(prefix.len()),
            Self::Name(name) => (*name == code).then_some(code.as_str().len()),
        }
    }
}
