//! What a service's command says: its words, and the values of its flags.

use super::ServiceCx;
use crate::{
    source::Span,
    yaml::{Data, Value},
};

/// The value of a flag, and where the flag stands.
pub(super) struct FlagValue {
    /// The value as written.
    pub(super) text: String,
    /// The flag's bytes, or those of the command around it.
    pub(super) place: Span,
}

struct Word<'a> {
    /// Empty for what holds a variable without a value.
    text: String,
    node: &'a Value,
}

/// Words of `entrypoint` and `command`. A script in one text is cut at its blanks, so that the flags of
/// each program in it are seen.
fn words(service: &Value) -> Vec<Word<'_>> {
    let nodes =
        ["entrypoint", "command"].into_iter().filter_map(|key| service.get(key)).flat_map(|value| match &value.data {
            Data::Seq(items) => items.iter().collect(),
            _ => vec![value],
        });
    let words = nodes.flat_map(|node| match node.scalar_text().filter(|_| node.hole.is_none()) {
        Some(text) => text.split_whitespace().map(|text| Word { text: text.to_owned(), node }).collect(),
        None => vec![Word { text: String::new(), node }],
    });
    words.filter(|word| word.text != "\\").collect()
}

/// The text of the command with one blank between its words.
pub(super) fn text(service: &Value) -> String {
    words(service).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

/// Whether all of it is known: no variable without a value, which may stand for any flags.
pub(super) fn is_whole(service: &Value) -> bool {
    words(service).iter().all(|word| word.node.hole.is_none())
}

/// The last value of a flag, written as `--flag value` or `--flag=value`.
pub(super) fn flag(cx: &ServiceCx<'_>, names: &[&str]) -> Option<FlagValue> {
    let words = words(cx.service);
    let mut found = None;
    for (at, word) in words.iter().enumerate() {
        let plain = word.text.trim_matches(['"', '\'']);
        let (name, value) = plain.split_once('=').map_or((plain, None), |(name, value)| (name, Some(value)));
        if !names.contains(&name) {
            continue;
        }
        let behind = words.get(at + 1).map(|next| next.text.as_str());
        let text = value.or(behind).unwrap_or_default().trim_matches(['"', '\'']).to_owned();
        found = place(cx, word).map(|place| FlagValue { text, place });
    }
    found
}

/// The word's own bytes, where the file has them as they are.
fn place(cx: &ServiceCx<'_>, word: &Word<'_>) -> Option<Span> {
    let span = word.node.span()?;
    let text = cx.project.sources.slice(span);
    let at = text.find(&word.text).map(|at| span.range().start + at);
    Some(at.map_or(span, |at| Span::new(span.file, at, at + word.text.len())))
}
