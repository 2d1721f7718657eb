//! What lowering changed in a service, as wishes about the values that were there.
//!
//! A value without a place was made by lowering; one with a place was kept.

use crate::yaml::{Data, Map, Value};

/// One wish.
#[derive(Debug)]
pub(super) enum Change<'a> {
    /// These entries or items of one collection go.
    Remove(Vec<&'a Value>),
    /// The first becomes the second.
    Replace(&'a Value, &'a Value),
    /// The list gets these at its end.
    Append(&'a Value, Vec<&'a Value>),
    /// The mapping gets an entry.
    Insert {
        /// The mapping.
        into: &'a Value,
        /// The new key.
        key: &'a str,
        /// Its value.
        value: &'a Value,
        /// Whether the mapping is the service itself.
        is_service: bool,
    },
}

/// What has to happen to `old` so that it says `new`.
pub(super) fn changes<'a>(old: &'a Value, new: &'a Value) -> Vec<Change<'a>> {
    let mut out = Vec::new();
    between(old, new, true, &mut out);
    out
}

fn between<'a>(old: &'a Value, new: &'a Value, is_service: bool, out: &mut Vec<Change<'a>>) {
    if old == new {
        return;
    }
    match (&old.data, &new.data) {
        // A short form that was made long has one place for all its parts.
        (Data::Map(was), Data::Map(is)) if is_written_out(old, was) => {
            let gone: Vec<&Value> = was.iter().filter(|(key, _)| !is.contains_key(*key)).map(|(_, old)| old).collect();
            if !gone.is_empty() {
                out.push(Change::Remove(gone));
            }
            for (key, value) in is {
                match was.get(key) {
                    Some(old) => between(old, value, false, out),
                    None => out.push(Change::Insert { into: old, key, value, is_service }),
                }
            }
        }
        (Data::Seq(was), Data::Seq(is)) => items(old, was, is, out),
        _ => out.push(Change::Replace(old, new)),
    }
}

/// Whether the entries of a mapping stand in the text, each at its own place.
fn is_written_out(value: &Value, map: &Map) -> bool {
    map.values().filter_map(Value::span).all(|span| Some(span) != value.span())
}

fn items<'a>(list: &'a Value, was: &'a [Value], is: &'a [Value], out: &mut Vec<Change<'a>>) {
    let (mut at, mut gone, mut more) = (0, Vec::new(), Vec::new());
    for (index, item) in is.iter().enumerate() {
        if !item.sources.is_empty() {
            let found = was[at..].iter().position(|old| old.sources == item.sources).map_or(was.len(), |n| at + n);
            gone.extend(&was[at..found]);
            at = (found + 1).min(was.len());
            continue;
        }
        let is_kept = |old: &Value| is[index..].iter().any(|item| item.sources == old.sources);
        match was.get(at).filter(|old| !is_kept(old)) {
            Some(old) => {
                out.push(Change::Replace(old, item));
                at += 1;
            }
            None => more.push(item),
        }
    }
    gone.extend(&was[at..]);
    if !gone.is_empty() {
        out.push(Change::Remove(gone));
    }
    if !more.is_empty() {
        out.push(Change::Append(list, more));
    }
}
