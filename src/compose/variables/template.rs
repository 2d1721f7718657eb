//! `$V`, `${V:-default}` and their kin inside one text.
//!
//! Source: compose-go template/template.go (v2.9.1). Its regular expression and its way of
//! finding the closing brace decide the odd cases, so they are followed to the letter.

/// What a variable's lookup gives.
pub(in crate::compose) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A text with its variables replaced.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::compose) struct Substituted {
    /// The new text.
    pub(in crate::compose) text: String,
    /// Variables that have no value and no default, in order.
    pub(in crate::compose) unset: Vec<String>,
    /// Whether anything was replaced.
    pub(in crate::compose) has_variables: bool,
}

/// Why a text cannot be substituted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::compose) enum TemplateError {
    /// A `$` that begins no variable, at this byte of the text.
    Invalid(usize),
    /// `${V:?reason}` and `V` is not there.
    Required { variable: String, reason: String },
}

/// Replaces the variables of a text.
pub(in crate::compose) fn substitute(text: &str, lookup: Lookup<'_>) -> Result<Substituted, TemplateError> {
    let mut out = Substituted::default();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.text.push_str(&rest[..at]);
        let offset = text.len() - rest.len() + at;
        out.has_variables = true;
        let used = variable(&rest[at..], lookup, &mut out).map_err(|error| match error {
            TemplateError::Invalid(_) => TemplateError::Invalid(offset),
            required @ TemplateError::Required { .. } => required,
        })?;
        rest = &rest[at + used..];
    }
    out.text.push_str(rest);
    Ok(out)
}

/// Replaces the variable that `text` begins with; answers how many bytes it took.
fn variable(text: &str, lookup: Lookup<'_>, out: &mut Substituted) -> Result<usize, TemplateError> {
    let after = &text[1..];
    if after.starts_with('$') {
        out.text.push('$');
        return Ok(2);
    }
    if let Some(inner) = after.strip_prefix('{') {
        return braced(text, inner, lookup, out);
    }
    let name = name(after);
    // A `$` that no name follows is itself.
    if name.is_empty() {
        out.text.push('$');
        return Ok(1);
    }
    plain(name, lookup, out);
    Ok(1 + name.len())
}

fn plain(name: &str, lookup: Lookup<'_>, out: &mut Substituted) {
    match lookup(name) {
        Some(value) => out.text.push_str(&value),
        None => out.unset.push(name.to_owned()),
    }
}

fn braced(text: &str, inner: &str, lookup: Lookup<'_>, out: &mut Substituted) -> Result<usize, TemplateError> {
    let name = name(inner);
    let tail = &inner[name.len()..];
    if name.is_empty() {
        return Err(TemplateError::Invalid(0));
    }
    if tail.starts_with('}') {
        plain(name, lookup, out);
        return Ok(2 + name.len() + 1);
    }
    let operator = operator(tail).ok_or(TemplateError::Invalid(0))?;
    // The expression runs to the last brace of the line; the closing brace is then counted for.
    let line = text.find('\n').map_or(text, |at| &text[..at]);
    let last = line.rfind('}').ok_or(TemplateError::Invalid(0))?;
    let end = closing_brace(&line[..=last]).unwrap_or(last);
    let start = 2 + name.len() + operator.len();
    let argument = text.get(start..end).ok_or(TemplateError::Invalid(0))?;
    apply(operator, name, argument, lookup, out)?;
    Ok(end + 1)
}

/// `[_a-z][_a-z0-9]*`, whatever the case.
fn name(text: &str) -> &str {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !text.starts_with(is_first) {
        return "";
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn operator(tail: &str) -> Option<&str> {
    [":?", ":-", ":+", "?", "-", "+"]
        .into_iter()
        .find(|operator| tail.starts_with(operator))
        .map(|found| &tail[..found.len()])
}

/// The brace that closes the first one. The character behind an opening brace is passed
/// over, as in `getFirstBraceClosingIndex`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0i32;
    let mut skip = false;
    for (at, byte) in text.bytes().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        match byte {
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                skip = true;
            }
            _ => {}
        }
    }
    None
}

fn apply(
    operator: &str,
    name: &str,
    argument: &str,
    lookup: Lookup<'_>,
    out: &mut Substituted,
) -> Result<(), TemplateError> {
    let value = lookup(name);
    let counts = match operator.as_bytes()[0] {
        b':' => value.as_ref().is_some_and(|value| !value.is_empty()),
        _ => value.is_some(),
    };
    // What stands behind the operator is looked at whether or not it is used, and so is what
    // is wrong with it.
    let inner = substitute(argument, lookup)?;
    let is_used = match operator.as_bytes()[operator.len() - 1] {
        b'-' => !counts,
        b'+' => counts,
        _ if !counts => return Err(TemplateError::Required { variable: name.to_owned(), reason: inner.text }),
        _ => false,
    };
    if is_used {
        out.text.push_str(&inner.text);
        out.unset.extend(inner.unset);
    } else {
        out.text.push_str(&value.unwrap_or_default());
    }
    Ok(())
}
