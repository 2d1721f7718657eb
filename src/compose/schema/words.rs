//! What a broken schema is called: message, place and help of each violation.

use super::{
    MISSING_CAPABILITIES, UNKNOWN_KEY, Violation,
    path::{Step, Trail, dotted},
    shape::Shape,
};
use crate::{
    compose::{codes::SCHEMA_VIOLATION, suggest},
    diag::{Code, Diagnostic, Label, Place, Severity},
    source::Span,
    yaml::{Data, Origin, Value},
};

/// Values up to this many characters are shown in a message; longer ones say nothing there.
const SHOWN_CHARACTERS: usize = 40;

/// The finding for a violation; `None` where a variable without a value may be the reason, or
/// where another finding says it better.
pub(super) fn diagnostic(trail: &Trail<'_>, violation: &Violation) -> Option<Diagnostic> {
    let shape = Shape::at(&trail.steps);
    let mut found = match violation {
        Violation::Type => unexpected(trail, shape, kind(trail.node(), shape)),
        Violation::Value => unexpected(trail, shape, shown(trail.node())),
        Violation::TooSmall(limit) => number(trail, &format!("at least {limit}")),
        Violation::TooLarge(limit) => number(trail, &format!("at most {limit}")),
        Violation::Repeated => repeated(trail)?,
        Violation::Missing(key) if is_misspelt(trail, key, shape) => return None,
        Violation::Missing(key) => missing(trail, key),
        Violation::UnknownKey(key) => match shape {
            Some(shape) if shape.has_free_keys() => bad_name(trail, key),
            _ => unknown_key(trail, key, shape),
        },
    };
    found.service = trail.service().map(str::to_owned);
    Some(found)
}

fn unexpected(trail: &Trail<'_>, shape: Option<Shape>, is: String) -> Diagnostic {
    let node = trail.node();
    let path = dotted(&trail.steps);
    let place = value_place(trail);
    let name = name(trail);
    if matches!(node.data, Data::Timestamp(_)) {
        let message = format!("{name} is an unquoted date, which Compose refuses");
        return violation(message, place).with_help(format!("put the value of `{path}` in quotes"));
    }
    let expected = shape.map_or_else(|| "another value".to_owned(), Shape::expected);
    let found = violation(format!("{name} is {is} where {expected} is expected"), place);
    let options = shape.map(Shape::options).unwrap_or_default();
    let meant = node.as_str().and_then(|text| suggest::closest(text, options));
    let is_bare = node.as_str().is_none() && node.scalar_text().is_some();
    found.with_help(match meant {
        Some(option) => format!("did you mean `{path}: {option}`?"),
        None if is_bare && shape.is_some_and(Shape::wants_text) => format!("put the value of `{path}` in quotes"),
        None => format!("write `{path}` as {expected}"),
    })
}

/// The place of a value that quotes would make right.
pub(super) fn bare(trail: &Trail<'_>) -> Option<Origin> {
    let node = trail.node();
    let wants_text = Shape::at(&trail.steps).is_some_and(Shape::wants_text);
    let is_scalar = node.as_str().is_none() && node.scalar_text().is_some();
    let is_date = matches!(node.data, Data::Timestamp(_));
    match node.sources.as_slice() {
        [origin] if wants_text && (is_scalar || is_date) => Some(*origin),
        _ => None,
    }
}

/// The type of what stands there, as a message says it.
fn kind(node: &Value, shape: Option<Shape>) -> String {
    match node.data {
        Data::Null => "empty".to_owned(),
        Data::Float(_) if shape.is_some_and(Shape::wants_whole) => "a number with a fraction".to_owned(),
        _ => node.kind().to_owned(),
    }
}

fn number(trail: &Trail<'_>, bound: &str) -> Diagnostic {
    let message = format!("{} is {} where {bound} is expected", name(trail), shown(trail.node()));
    violation(message, value_place(trail)).with_help(format!("write a number of {bound} as `{}`", dotted(&trail.steps)))
}

fn repeated(trail: &Trail<'_>) -> Option<Diagnostic> {
    let items = trail.node().as_seq().unwrap_or_default();
    let second = items.iter().enumerate().position(|(at, item)| items[..at].contains(item))?;
    let first = items.iter().position(|item| *item == items[second])?;
    if items[first].hole.is_some() || items[second].hole.is_some() {
        return None;
    }
    let place = items[second].span().map_or_else(|| key_place(trail), |span| Place::Source(span.into()));
    let message = format!("{} has the same item twice", name(trail));
    let found = violation(message, place).with_help(format!("remove one of the two from `{}`", dotted(&trail.steps)));
    Some(match items[first].span() {
        Some(span) => found.with_related(Label::new(span, "the same item")),
        None => found,
    })
}

/// The finding for a number that repeats a text of a list.
pub(super) fn repeated_number(trail: &Trail<'_>, at: usize) -> Option<Diagnostic> {
    let item = &trail.node().as_seq()?[at];
    if trail.has_hole() {
        return None;
    }
    let place = item.span().map_or_else(|| key_place(trail), |span| Place::Source(span.into()));
    let message = format!("{} has {} twice, as a number and as a text", name(trail), shown(item));
    let mut found =
        violation(message, place).with_help(format!("remove one of the two from `{}`", dotted(&trail.steps)));
    found.service = trail.service().map(str::to_owned);
    Some(found)
}

fn missing(trail: &Trail<'_>, key: &str) -> Diagnostic {
    let path = dotted(&trail.steps);
    if let (Some(service), "capabilities") = (trail.service(), key) {
        let message =
            format!("service `{service}` reserves a device without `capabilities`; Compose refuses the project");
        let place = value_place(trail);
        return Diagnostic::new(MISSING_CAPABILITIES, Severity::Error, message, place)
            .with_help(format!("add `capabilities: [gpu]` to `{path}`"));
    }
    violation(format!("{} has no `{key}`, which has to be there", name(trail)), key_place(trail))
        .with_help(format!("add `{key}` to `{path}`"))
}

/// Whether the missing key is there under a wrong name, which is a finding of its own.
fn is_misspelt(trail: &Trail<'_>, key: &str, shape: Option<Shape>) -> bool {
    let (Some(shape), Some(map)) = (shape, trail.node().as_map()) else { return false };
    let mut unknown = map.keys().filter(|name| !shape.keys().any(|known| known == name.as_str()));
    unknown.any(|name| suggest::closest(name, shape.keys()) == Some(key))
}

fn bad_name(trail: &Trail<'_>, key: &str) -> Diagnostic {
    let (subject, said) = trail.subject();
    let part = dotted(&trail.steps[said..]);
    let place = entry_place(trail, key);
    if key.is_empty() {
        let help = format!("give the entry of `{}` a name", dotted(&trail.steps));
        return violation(format!("{subject}an entry of `{part}` has an empty name"), place).with_help(help);
    }
    let message = format!("{subject}the name `{key}` in `{part}` has a character that Compose does not take");
    violation(message, place).with_help("use letters, digits, `.`, `_` and `-`")
}

fn unknown_key(trail: &Trail<'_>, key: &str, shape: Option<Shape>) -> Diagnostic {
    let (subject, said) = trail.subject();
    if let Some(blank) = key.chars().next().filter(|c| c.is_whitespace()) {
        let (word, code) = (key.trim(), u32::from(blank));
        let message =
            format!("{subject}the key `{word}` has odd blanks before it (U+{code:04X}), which belong to its name");
        return finding(UNKNOWN_KEY, message, entry_place(trail, key)).with_help("write plain blanks in their place");
    }
    let part = dotted(&trail.steps[said..]);
    let message = match (part.is_empty(), subject.is_empty()) {
        (true, true) => format!("`{key}` is not a key of a Compose file"),
        (true, false) => format!("{subject}unknown key `{key}`"),
        (false, _) => format!("{subject}unknown key `{key}` in `{part}`"),
    };
    finding(UNKNOWN_KEY, message, entry_place(trail, key)).with_help(mend(trail, key, shape))
}

/// What to do about a key that Compose does not know: spell it right, put it where it
/// belongs, or take it away.
fn mend(trail: &Trail<'_>, key: &str, shape: Option<Shape>) -> String {
    let mut steps = trail.steps.clone();
    if let Some(meant) = shape.and_then(|shape| suggest::closest(key, shape.keys())) {
        steps.push(Step::Key(meant));
        return format!("did you mean `{}`?", dotted(&steps));
    }
    if let Some(home) = home(trail, key) {
        return format!("`{key}` belongs in `{home}`");
    }
    steps.push(Step::Key(key));
    let path = dotted(&steps);
    let entry = trail.node().get(key);
    if trail.steps.is_empty() && entry.is_some_and(|entry| entry.get("image").or_else(|| entry.get("build")).is_some())
    {
        return format!("a service belongs under `services`: `services.{path}`");
    }
    match shape {
        Some(shape) if shape.takes_extensions() => {
            format!("remove `{path}`, or name it `x-{key}` to have Compose pass over it")
        }
        _ => format!("remove `{path}`"),
    }
}

/// Where in the same service (network, volume…) a key of that name would be known, nearest
/// first.
fn home(trail: &Trail<'_>, key: &str) -> Option<String> {
    let (_, said) = trail.subject();
    let nearest = (said.max(1)..=trail.steps.len()).rev();
    nearest.map(|length| &trail.steps[..length]).find_map(|steps| {
        let below = Shape::at(steps)?.find(key)?;
        Some(format!("{}{below}", dotted(steps)))
    })
}

/// The value's path behind what it belongs to, as a message begins: ``service `llm`: `gpus` ``.
fn name(trail: &Trail<'_>) -> String {
    let (subject, said) = trail.subject();
    let part = dotted(&trail.steps[said..]);
    match (part.is_empty(), subject.is_empty()) {
        (true, true) => "the project".to_owned(),
        (true, false) => subject.trim_end_matches(": ").to_owned(),
        (false, _) => format!("{subject}`{part}`"),
    }
}

/// What stands there, shown where it says more than its type. Only for values of which the
/// schema knows all, such as `condition` or `cpu_percent`: nothing secret comes here.
fn shown(node: &Value) -> String {
    match node.scalar_text() {
        Some(text) if text.is_empty() => "an empty string".to_owned(),
        Some(text) if text.chars().count() <= SHOWN_CHARACTERS && !text.contains(['`', '\n']) => format!("`{text}`"),
        _ => node.kind().to_owned(),
    }
}

fn violation(message: String, place: Place) -> Diagnostic {
    finding(SCHEMA_VIOLATION, message, place)
}

fn finding(code: Code, message: String, place: Place) -> Diagnostic {
    Diagnostic::new(code, Severity::Error, message, place)
}

/// The value itself, or its key where the value has no bytes.
fn value_place(trail: &Trail<'_>) -> Place {
    let span = trail.node().span().filter(|span| span.start < span.end);
    span.map_or_else(|| key_place(trail), |span| Place::Source(span.into()))
}

/// The key of the value, or of what it lies in.
fn key_place(trail: &Trail<'_>) -> Place {
    let span: Option<Span> = trail.nodes.iter().rev().find_map(|node| node.place());
    span.map_or_else(|| Place::File(dotted(&trail.steps)), |span| Place::Source(span.into()))
}

/// The key of an entry.
fn entry_place(trail: &Trail<'_>, key: &str) -> Place {
    let span = trail.node().get(key).and_then(Value::place);
    span.map_or_else(|| key_place(trail), |span| Place::Source(span.into()))
}
