//! The words that a container starts with: which of Compose's and the image's `entrypoint`
//! and `command` count, as words with their places.

use super::{instruction::CommandLine, shell, stage::Built, starts::Word};
use crate::{
    source::{SourceMap, Span},
    yaml::{Data, Value},
};

/// The words that start a service's container.
///
/// Source: Compose specification, "entrypoint" and "command"; moby
/// `daemon/commit.go` `merge` (an image's CMD counts only where nothing is said of either).
///
/// # Errors
/// Why they are not known, as one clause.
pub(super) fn of_service(service: &Value, image: &Built, sources: &SourceMap) -> Result<Vec<Word>, String> {
    let entrypoint = written(service.get("entrypoint"), sources)?;
    let command = written(service.get("command"), sources)?;
    let from_image =
        |line: &Option<CommandLine>| line.as_ref().map_or_else(Vec::new, |line| of_line(line, &image.shell));
    let (mut words, is_own) = match entrypoint {
        Some(words) => (words, true),
        None => (from_image(&image.entrypoint), false),
    };
    match command {
        Some(command) if command.is_empty() && words.is_empty() => {
            return Err("the command is emptied, and engines differ in what that means".to_owned());
        }
        Some(command) => words.extend(command),
        None if !is_own => words.extend(from_image(&image.cmd)),
        None if words.is_empty() => return Err("the entrypoint is emptied without a command".to_owned()),
        None => {}
    }
    if words.is_empty() { Err("what the image runs is not written in the Dockerfile".to_owned()) } else { Ok(words) }
}

/// The words and places of the image's own ENTRYPOINT and CMD, where the service says neither.
pub(super) fn of_image(service: &Value, image: &Built) -> Vec<(String, Span)> {
    let is_said = |key: &str| service.get(key).is_some_and(|value| !value.is_null());
    if is_said("entrypoint") || is_said("command") {
        return Vec::new();
    }
    let lines = image.entrypoint.iter().chain(&image.cmd);
    let words = lines.flat_map(|line| of_line(line, &image.shell));
    words.filter_map(|word| Some((word.text, word.span?))).collect()
}

/// Words of a Dockerfile's CMD or ENTRYPOINT.
fn of_line(line: &CommandLine, shell: &[String]) -> Vec<Word> {
    match line {
        CommandLine::Exec { words, .. } => {
            words.iter().map(|word| Word { text: word.text.clone(), span: Some(word.span), is_known: true }).collect()
        }
        CommandLine::Shell(text) => {
            let shell = shell.iter().map(|word| Word { text: word.clone(), span: None, is_known: true });
            shell.chain([Word { text: joined(&text.text), span: Some(text.span), is_known: true }]).collect()
        }
    }
}

/// Words of a Compose value; `None` for null.
fn written(value: Option<&Value>, sources: &SourceMap) -> Result<Option<Vec<Word>>, String> {
    let Some(value) = value else { return Ok(None) };
    match &value.data {
        Data::Null => Ok(None),
        Data::String(text) => of_string(value, text, sources).map(Some),
        Data::Seq(items) => items.iter().map(of_item).collect::<Option<_>>().map(Some).ok_or_else(unread),
        _ => Err(unread()),
    }
}

fn unread() -> String {
    "the command is neither text nor a list of words".to_owned()
}

fn of_item(item: &Value) -> Option<Word> {
    Some(Word { text: item.scalar_text()?, span: item.span(), is_known: item.hole.is_none() })
}

fn of_string(value: &Value, text: &str, sources: &SourceMap) -> Result<Vec<Word>, String> {
    let words = shell::words(text).map_err(|what| format!("the command has {what}"))?;
    let known = match &value.hole {
        None => words.len(),
        Some(_) => known_words(text, value.span().map_or("", |span| sources.slice(span))),
    };
    let word = |(at, text): (usize, String)| Word { text, span: value.span(), is_known: at < known };
    Ok(words.into_iter().enumerate().map(word).collect())
}

/// How many words stand before the first variable of a text in which some variable has no
/// value: the bytes in the file are followed beside the text, blanks apart.
fn known_words(text: &str, raw: &str) -> usize {
    let quotes = ['"', '\'', '>', '|', '-', '+'];
    let mut written = raw.char_indices().filter(|(_, c)| !c.is_whitespace()).peekable();
    while written.next_if(|(_, c)| quotes.contains(c)).is_some() {}
    let mut known = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        if written.next_if(|(_, written)| *written == c).is_none() {
            break;
        }
        known = at + c.len_utf8();
    }
    // A word is sure when it ends before the variable: what follows may be glued to it.
    let is_glued = written.peek().is_none_or(|(at, _)| !raw[..*at].ends_with(char::is_whitespace));
    let sure = shell::words(&text[..known]).map_or(0, |words| words.len());
    sure.saturating_sub(usize::from(is_glued))
}

/// A shell line of a Dockerfile with its continuations joined and the comments between taken
/// out.
pub(super) fn joined(text: &str) -> String {
    let mut out = String::new();
    let mut is_continued = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if is_continued && (trimmed.is_empty() || trimmed.starts_with('#')) {
            continue;
        }
        let body = line.trim_end();
        is_continued = body.ends_with('\\');
        out.push_str(if is_continued { &body[..body.len() - 1] } else { line });
        if !is_continued {
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out
}
