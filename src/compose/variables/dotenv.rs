//! Compose's own dialect of `.env` files.
//!
//! Source: compose-go dotenv/parser.go and godotenv.go (v2.9.1).

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::template::{self, TemplateError};

/// What a file sets, in order, up to the first line that Compose refuses.
#[derive(Debug, Default)]
pub(in crate::compose) struct Parsed {
    pub(in crate::compose) values: IndexMap<String, String>,
    pub(in crate::compose) problem: Option<Problem>,
}

/// What Compose refuses, with the bytes of the line or value.
#[derive(Debug)]
pub(in crate::compose) struct Problem {
    pub(in crate::compose) start: usize,
    pub(in crate::compose) end: usize,
    pub(in crate::compose) message: String,
}

/// Reads a file's text. `lookup` gives the variables that are there already; they win over
/// the file's own where a value names them.
pub(in crate::compose) fn parse(text: &str, lookup: template::Lookup<'_>) -> Parsed {
    parse_over(text, lookup, IndexMap::new())
}

/// The same, onto the values of earlier files, which this one's values may name.
pub(in crate::compose) fn parse_over(
    text: &str,
    lookup: template::Lookup<'_>,
    values: IndexMap<String, String>,
) -> Parsed {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser { text, at: 0, lookup, values };
    let mut problem = None;
    while let Some(start) = parser.next_statement() {
        if let Err(message) = parser.statement(start) {
            let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
            problem = Some(Problem { start, end, message });
            break;
        }
    }
    Parsed { values: parser.values, problem }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    lookup: template::Lookup<'a>,
    values: IndexMap<String, String>,
}

impl<'a> Parser<'a> {
    /// The first byte of the next statement, comments passed over.
    fn next_statement(&mut self) -> Option<usize> {
        loop {
            let rest = self.text[self.at..].trim_start();
            self.at = self.text.len() - rest.len();
            if rest.is_empty() {
                return None;
            }
            if !rest.starts_with('#') {
                return Some(self.at);
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn statement(&mut self, start: usize) -> Result<(), String> {
        let mut source = &self.text[start..];
        if let Some(rest) = source.strip_prefix("export").filter(|rest| rest.starts_with(char::is_whitespace)) {
            source = rest.trim_start();
            if source.is_empty() {
                return Err("nothing stands behind `export`".to_owned());
            }
        }
        let (name, separator) = name(source)?;
        let offset = self.text.len() - source.len();
        let end = offset + name.len();
        let name = name.trim_end();
        if separator.is_some() && name.contains(' ') {
            return Err(format!("the variable name `{name}` holds a space"));
        }
        match separator {
            // A name alone takes the caller's value, if the caller has one.
            Some('\n') => {
                self.at = end;
                if let Some(value) = (self.lookup)(name) {
                    self.values.insert(name.to_owned(), value);
                }
            }
            // Compose finds no name where the file ends in one, and takes it for the value of a
            // variable without a name.
            None => {
                self.at = offset;
                let value = self.value()?;
                self.values.insert(String::new(), value);
            }
            Some(separator) => {
                let rest = &self.text[end + separator.len_utf8()..];
                let rest = rest.trim_start_matches(|c: char| c != '\n' && c.is_whitespace());
                self.at = self.text.len() - rest.len();
                let value = self.value()?;
                self.values.insert(name.to_owned(), value);
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Result<String, String> {
        let rest = &self.text[self.at..];
        match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(rest, quote),
            _ => {
                let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
                self.at += line.len();
                let value = line.split(" #").next().unwrap_or_default().trim_end();
                self.expand(value)
            }
        }
    }

    fn quoted(&mut self, rest: &str, quote: char) -> Result<String, String> {
        let mut value = String::new();
        let mut is_escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            if c == quote && !is_escaped {
                self.at += at + 1;
                return if quote == '"' { self.expand(&unescape(&value)) } else { Ok(value) };
            }
            if c == '\\' && !is_escaped {
                is_escaped = true;
                continue;
            }
            if std::mem::take(&mut is_escaped) && c != quote {
                value.push('\\');
            }
            value.push(c);
        }
        Err("a quoted value is not closed".to_owned())
    }

    fn expand(&self, value: &str) -> Result<String, String> {
        let lookup = |name: &str| (self.lookup)(name).or_else(|| self.values.get(name).cloned());
        template::substitute(value, &lookup).map(|out| out.text).map_err(|error| match error {
            TemplateError::Invalid(_) => "a `$` begins no variable that Compose can read".to_owned(),
            TemplateError::Required { variable, reason } => format!("the variable `{variable}` must be set: {reason}"),
        })
    }
}

/// A statement's name, up to its separator (`=`, `:` or the end of the line).
fn name(source: &str) -> Result<(&str, Option<char>), String> {
    for (at, c) in source.char_indices() {
        match c {
            '=' | ':' | '\n' => return Ok((&source[..at], Some(c))),
            '_' | '.' | '-' | '[' | ']' => {}
            c if c.is_alphanumeric() || c.is_whitespace() => {}
            c => return Err(format!("a variable name cannot hold `{c}`")),
        }
    }
    Ok((source, None))
}

/// The escapes of a double-quoted value: `\n` and its kin, octal `\0…`, and `\$`, which
/// becomes `$$` so that no variable begins there.
fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let Some(c) = tail.chars().next() else {
            out.push('\\');
            return out;
        };
        let mut used = c.len_utf8();
        match c {
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'v' => out.push('\u{b}'),
            '\\' => out.push('\\'),
            '$' => out.push_str("$$"),
            '0' => {
                let digits = tail[1..].bytes().take(3).take_while(u8::is_ascii_digit).count();
                let octal = u8::from_str_radix(&tail[1..=digits], 8).ok().filter(|_| digits == 3);
                match octal {
                    Some(code) => out.push(code.into()),
                    // Compose drops the zero of what is no byte, and leaves the rest.
                    None => write!(out, "\\{}", &tail[1..=digits]).expect("a string takes all"),
                }
                used += digits;
            }
            c => {
                out.push('\\');
                out.push(c);
            }
        }
        rest = &tail[used..];
    }
    out.push_str(rest);
    out
}
