//! A comment that ignores a finding which is not there.

use super::{Check, FixAvailability, Rule, groups, suppress::Ignore};
use crate::{
    diag::{Applicability, Code, Diagnostic, Edit, Fix, Place, Severity},
    source::{SourceMap, Span},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG011"),
    name: "unused-ignore",
    summary: "a comment ignores a finding that is not there",
    severity: Severity::Warning,
    fix: FixAvailability::Always,
    since: "0.1.0",
    page: include_str!("../../rules/CG011-unused-ignore.md"),
    check: Check::Ignores,
};

/// The finding about one word of a comment.
pub(super) fn finding(ignore: &Ignore, rule: Option<&'static Rule>, sources: &SourceMap) -> Diagnostic {
    let word = sources.slice(ignore.word);
    let message = match rule {
        Some(rule) => format!("the comment ignores {} ({}), of which nothing is found there", rule.code, rule.name),
        None => format!("the comment ignores `{word}`, which is no rule"),
    };
    let help = match (rule, groups::retired(word)) {
        (Some(_), _) => "remove it; it holds for its own line, or for the entry below it",
        (None, Some(reason)) => reason,
        (None, None) => "`composegpu rules` lists codes and names",
    };
    let mut finding = Diagnostic::new(RULE.code, RULE.severity, message, Place::Source(ignore.word.into()));
    finding.help = Some(help.to_owned());
    let edit = Edit { span: removed(ignore, sources), text: String::new() };
    let title = if ignore.has_others { "remove the word" } else { "remove the comment" };
    finding.fix = Some(Fix { title: title.to_owned(), applicability: Applicability::Safe, edits: vec![edit] });
    finding
}

/// The word with a comma, or, where it stands alone, the comment: with its line, or the blanks before it.
fn removed(ignore: &Ignore, sources: &SourceMap) -> Span {
    let (file, text) = (ignore.word.file, sources.file(ignore.word.file).text());
    let (word, comment) = (ignore.word.range(), ignore.comment.span.range());
    if ignore.has_others {
        let behind = &text[word.end..];
        let rest = behind.trim_start_matches([' ', ',']);
        let is_last = behind.trim_start().starts_with(']');
        let before = text[..word.start].trim_end_matches([' ', ',']).len();
        return match is_last {
            true => Span::new(file, before, word.end),
            false => Span::new(file, word.start, text.len() - rest.len()),
        };
    }
    let line = text[..comment.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[comment.end..].find('\n').map_or(text.len(), |at| comment.end + at + 1);
    if ignore.comment.is_own_line {
        return Span::new(file, line, end);
    }
    Span::new(file, text[..comment.start].trim_end_matches([' ', '\t']).len(), comment.end)
}
