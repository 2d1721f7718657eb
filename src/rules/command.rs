//! What a service's command says: its words, and the values of its flags.

use super::ServiceCx;
use crate::{
    compose::variable,
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

struct Word {
    /// Empty for what holds a variable without a value.
    text: String,
    /// The bytes around it.
    span: Option<Span>,
    is_known: bool,
}

/// Words of `entrypoint` and `command`. A script in one text is cut at its blanks, so that the flags of
/// each program in it are seen.
fn words(service: &Value) -> Vec<Word> {
    let nodes =
        ["entrypoint", "command"].into_iter().filter_map(|key| service.get(key)).flat_map(|value| match &value.data {
            Data::Seq(items) => items.iter().collect(),
            _ => vec![value],
        });
    let words = nodes.flat_map(|node| match node.scalar_text().filter(|_| node.hole.is_none()) {
        Some(text) => cut(&text, node.span()),
        None => vec![Word { text: String::new(), span: node.span(), is_known: node.hole.is_none() }],
    });
    words.filter(|word| word.text != "\\").collect()
}

fn cut(text: &str, span: Option<Span>) -> Vec<Word> {
    text.split_whitespace().map(|text| Word { text: text.to_owned(), span, is_known: true }).collect()
}

/// The same, or the image's own words where the service builds and says none.
fn words_of(cx: &ServiceCx<'_>) -> Vec<Word> {
    let mut words = words(cx.service);
    let image = cx.project.images.get(cx.name);
    words.extend(image.iter().flat_map(|image| &image.command).flat_map(|(text, span)| cut(text, Some(*span))));
    words
}

/// A value that a shell replaces by a variable of the container: `$TP`, `${TP}`, `${TP:-2}`.
fn resolved(cx: &ServiceCx<'_>, text: &str) -> Option<String> {
    let inner = text.strip_prefix('$')?;
    let inner = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(inner);
    let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, default)| (name, Some(default)));
    if let Some(entry) = variable(cx.service, name) {
        return entry.value.filter(|_| entry.node.hole.is_none()).map(std::borrow::Cow::into_owned);
    }
    // A file of variables may have it.
    if cx.service.get("env_file").is_some() {
        return None;
    }
    let recipe = cx.project.images.get(cx.name).and_then(|image| image.recipe.as_ref());
    let of_image = recipe.and_then(|recipe| recipe.environment.get(name).cloned());
    of_image.or_else(|| default.filter(|_| recipe.is_some() || cx.service.get("build").is_none()).map(str::to_owned))
}

/// The text of the command with one blank between its words.
pub(super) fn text(service: &Value) -> String {
    words(service).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

/// Whether all of it is known: no variable without a value, which may stand for any flags.
pub(super) fn is_whole(service: &Value) -> bool {
    words(service).iter().all(|word| word.is_known)
}

/// The last value of a flag, written as `--flag value` or `--flag=value`.
pub(super) fn flag(cx: &ServiceCx<'_>, names: &[&str]) -> Option<FlagValue> {
    let words = words_of(cx);
    let mut found = None;
    for (at, word) in words.iter().enumerate() {
        let plain = word.text.trim_matches(['"', '\'']);
        let (name, value) = plain.split_once('=').map_or((plain, None), |(name, value)| (name, Some(value)));
        if !names.contains(&name) {
            continue;
        }
        let behind = words.get(at + 1).map(|next| next.text.as_str());
        let text = value.or(behind).unwrap_or_default().trim_matches(['"', '\'']);
        let text = resolved(cx, text).unwrap_or_else(|| text.to_owned());
        found = place(cx, word).map(|place| FlagValue { text, place });
    }
    found
}

/// The word's own bytes, where the file has them as they are.
fn place(cx: &ServiceCx<'_>, word: &Word) -> Option<Span> {
    let span = word.span?;
    let text = cx.project.sources.slice(span);
    let at = text.find(&word.text).map(|at| span.range().start + at);
    Some(at.map_or(span, |at| Span::new(span.file, at, at + word.text.len())))
}
