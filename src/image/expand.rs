//! Variables of a Dockerfile, as the builder replaces them in its own instructions.
//!
//! Apart from the shell, whose rules are others: here quotes are taken off in paths, and a
//! variable that nobody declared may still come from the base image, so it is not known.
//! Source: moby/buildkit `frontend/dockerfile/shell/lex.go`.

use std::{collections::BTreeMap, iter::Peekable, str::Chars};

/// ARG and ENV as they stand at one instruction; `None` is declared, with a value that is
/// not known.
pub(super) type Variables = BTreeMap<String, Option<String>>;

/// Defaults inside defaults that are followed.
const MAX_DEPTH: u32 = 16;

/// A value that grows beyond this is not known: each that names the one before it twice doubles.
const MAX_BYTES: usize = 1 << 15;

/// Variables of one stage, and the bytes of their values together, that are kept at most: each RUN keeps
/// them as they stand there.
const MOST: usize = 256;
const MOST_BYTES: usize = 1 << 16;

/// Gives a variable its value; one too many is not known from there on.
pub(super) fn set(variables: &mut Variables, name: &str, value: Option<String>) {
    variables.remove(name);
    let bytes: usize = variables.values().flatten().map(String::len).sum();
    if variables.len() < MOST && bytes + value.as_ref().map_or(0, String::len) < MOST_BYTES {
        variables.insert(name.to_owned(), value);
    }
}

/// Replaces variables and takes off quotes; `None` where the result is not known.
pub(super) fn expand(text: &str, variables: &Variables) -> Option<String> {
    nested(text, variables, 0)
}

fn nested(text: &str, variables: &Variables, depth: u32) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', None) => out.extend(chars.next()),
            ('\\', Some('"')) => match chars.next() {
                Some(c @ ('"' | '$' | '\\')) => out.push(c),
                c => out.extend(std::iter::once('\\').chain(c)),
            },
            ('$', None | Some('"')) => out.push_str(&variable(&mut chars, variables, depth)?),
            (c, _) => out.push(c),
        }
        if out.len() > MAX_BYTES {
            return None;
        }
    }
    quote.is_none().then_some(out)
}

fn variable(chars: &mut Peekable<Chars<'_>>, variables: &Variables, depth: u32) -> Option<String> {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    if chars.next_if_eq(&'{').is_none() {
        let name: String = std::iter::from_fn(|| chars.next_if(is_name)).collect();
        return if name.is_empty() { Some("$".to_owned()) } else { variables.get(&name)?.clone() };
    }
    let name: String = std::iter::from_fn(|| chars.next_if(is_name)).collect();
    let mut rest = String::new();
    let mut open = 1;
    for c in chars.by_ref() {
        open += i32::from(c == '{') - i32::from(c == '}');
        if open == 0 {
            return operator(variables.get(&name)?.clone(), &rest, variables, depth + 1);
        }
        rest.push(c);
    }
    None
}

/// What stands behind the name in `${…}`: nothing, `:-word`, `-word`, `:+word`, `+word`.
fn operator(value: Option<String>, rest: &str, variables: &Variables, depth: u32) -> Option<String> {
    let value = value?;
    if let Some(word) = rest.strip_prefix(":-") {
        return if value.is_empty() { nested(word, variables, depth) } else { Some(value) };
    }
    if let Some(word) = rest.strip_prefix(":+") {
        return if value.is_empty() { Some(value) } else { nested(word, variables, depth) };
    }
    match (rest.strip_prefix('-'), rest.strip_prefix('+')) {
        (Some(_), _) => Some(value),
        (_, Some(word)) => nested(word, variables, depth),
        _ => rest.is_empty().then_some(value),
    }
}
