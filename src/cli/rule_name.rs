//! A word that should name a rule and does not: why, and what it may have meant.

use crate::{
    compose::suggest,
    rules::{self, Rule},
};

/// Rules that are offered for one word, at most.
const MOST: usize = 3;

/// What is wrong with the word, and what to do about it, each as one clause.
pub(super) fn unknown(word: &str) -> (String, String) {
    if let Some(reason) = rules::retired(word) {
        return (format!("`{word}` is no rule"), reason.to_owned());
    }
    let near = if is_code(word) { in_group(word) } else { near(word) };
    let near: Vec<String> =
        near.into_iter().take(MOST).map(|rule| format!("`{}` ({})", rule.name, rule.code)).collect();
    let hint = match near.as_slice() {
        [] => "`composegpu rules` lists them all".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    (format!("no rule has the code or name `{word}`"), hint)
}

fn is_code(word: &str) -> bool {
    let digits = word.to_ascii_uppercase();
    let digits = digits.strip_prefix("CG").or_else(|| digits.strip_prefix("CH"));
    digits.is_some_and(|digits| digits.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// The rules of its group that a slip in one digit leads to; the others of the group say nothing.
fn in_group(word: &str) -> Vec<&'static Rule> {
    let word = word.to_ascii_uppercase();
    let is_near = |rule: &&Rule| {
        let code = rule.code.as_str();
        word.get(..3) == code.get(..3) && strsim::osa_distance(&word, code) == 1
    };
    rules::ALL.iter().copied().filter(is_near).collect()
}

/// The rules whose names hold the word, else those whose names are near.
fn near(word: &str) -> Vec<&'static Rule> {
    let lower = word.to_ascii_lowercase();
    let holding: Vec<&Rule> =
        rules::ALL.iter().copied().filter(|rule| lower.len() > 3 && rule.name.contains(&lower)).collect();
    if !holding.is_empty() {
        return holding;
    }
    let names = suggest::near(word, rules::ALL.iter().map(|rule| rule.name));
    names.into_iter().filter_map(rules::by_text).collect()
}
