//! A shell line as simple commands of words.
//!
//! Only what can be followed without running it: lists (`&&`, `||`, `;`, pipes), quotes and
//! known variables. What is in compound commands (`compound`) is marked, and a word that needs
//! the shell to be known says so.
//! Source: POSIX.1-2017, Shell Command Language, 2.2 to 2.4, 2.6 and 2.9.

use std::collections::BTreeSet;

use super::{compound::flatten, shell_nest::Open};

/// What the variables of a shell are known to hold.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A word after quotes are taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its text; what is not known stands as it was written.
    pub(super) text: String,
    /// Whether the text is what the program is given.
    pub(super) is_known: bool,
}

/// How a command follows the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// First, or behind `;`, `&&`, `&` or a line break: it runs if all goes well.
    Then,
    /// Behind `||`: it runs if something goes wrong.
    Else,
    /// Behind `|`: it runs beside the one before and reads what that prints.
    Pipe,
}

/// One simple command.
#[derive(Clone, Debug)]
pub(super) struct Simple {
    pub(super) joined: Joined,
    pub(super) words: Vec<Token>,
    /// Files that it writes to.
    pub(super) writes: Vec<Token>,
    /// Whether it stands in a branch or a loop.
    pub(super) is_conditional: bool,
}

impl Simple {
    /// A command of these words.
    pub(super) fn of_words(words: &[&str]) -> Self {
        let words = words.iter().map(|text| Token { text: (*text).to_owned(), is_known: true }).collect();
        Self { joined: Joined::Then, words, writes: Vec::new(), is_conditional: false }
    }
}

/// Splits a line, or the lines of a script.
///
/// # Errors
/// What of the text cannot be followed.
pub(super) fn split(text: &str, lookup: Lookup<'_>) -> Result<Vec<Simple>, &'static str> {
    let mut reader = Reader::new(text, lookup);
    reader.begin();
    while let Some(c) = reader.peek(0) {
        reader.token(c)?;
    }
    if reader.open.is_empty() {
        flatten(reader.out, &reader.functions)
    } else {
        Err("a compound shell command that is not closed")
    }
}

/// Splits into words alone, as Compose splits a `command` string: operators are words like
/// any other and nothing is replaced.
///
/// Source: mattn/go-shellwords as compose-go uses it, with environment and backticks off.
pub(super) fn words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut out = Vec::new();
    let mut reader = Reader::new(text, &|_| None);
    while let Some(c) = reader.peek(0) {
        if c.is_whitespace() {
            reader.at += 1;
        } else if matches!(c, ';' | '&' | '|' | '<' | '>' | '(' | ')' | '`') {
            return Err("a shell operator outside a shell");
        } else {
            out.push(reader.word(false)?.text);
        }
    }
    Ok(out)
}

pub(super) struct Reader<'a> {
    chars: Vec<char>,
    pub(super) at: usize,
    lookup: Lookup<'a>,
    out: Vec<Simple>,
    joined: Joined,
    /// Bytes that values of variables may still bring.
    room: usize,
    /// Names of functions.
    pub(super) functions: BTreeSet<String>,
    /// What is open around the place that is read.
    pub(super) open: Vec<Open>,
}

/// Bytes that the values of variables bring into one text at most.
const MAX_VALUES: usize = 1 << 20;

impl<'a> Reader<'a> {
    fn new(text: &str, lookup: Lookup<'a>) -> Self {
        let (chars, out) = (text.chars().collect(), Vec::new());
        let (functions, open) = (BTreeSet::new(), Vec::new());
        Self { chars, at: 0, lookup, out, joined: Joined::Then, room: MAX_VALUES, functions, open }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn begin(&mut self) {
        let (words, writes) = (Vec::new(), Vec::new());
        self.out.push(Simple { joined: self.joined, words, writes, is_conditional: false });
    }

    pub(super) fn next(&mut self, joined: Joined, length: usize) {
        self.at += length;
        self.joined = joined;
        self.begin();
    }

    fn token(&mut self, c: char) -> Result<(), &'static str> {
        if self.is_in_pattern() {
            return self.pattern(c);
        }
        match (c, self.peek(1)) {
            (';', Some(';')) if self.is_in_case() => self.next_pattern(),
            ('\n' | ';', _) => self.next(Joined::Then, 1),
            (c, _) if c.is_whitespace() => self.at += 1,
            ('\\', Some('\n')) => self.at += 2,
            ('#', _) => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            }
            ('&', Some('&')) => self.next(Joined::Then, 2),
            ('&', Some('>')) => {
                self.at += 1;
                self.redirect()?;
            }
            ('&', _) => self.next(Joined::Then, 1),
            ('|', Some('|')) => self.next(Joined::Else, 2),
            ('|', _) => self.next(Joined::Pipe, 1),
            ('(', Some(')')) if self.last().words.len() == 1 => self.function(),
            ('(', _) if self.last().words.is_empty() => self.open_subshell(),
            (')', _) if self.is_in_subshell() => self.close_subshell(),
            ('(' | ')', _) => return Err("a parenthesis"),
            ('<' | '>', _) => self.redirect()?,
            _ => self.push()?,
        }
        Ok(())
    }

    fn push(&mut self) -> Result<(), &'static str> {
        let word = self.word(true)?;
        // A number right before `<` or `>` names a descriptor.
        let is_descriptor = word.text.chars().all(|c| c.is_ascii_digit()) && matches!(self.peek(0), Some('<' | '>'));
        if !is_descriptor {
            self.last().words.push(word);
            self.watch_case();
        }
        Ok(())
    }

    pub(super) fn last(&mut self) -> &mut Simple {
        self.out.last_mut().expect("a command was begun")
    }

    fn redirect(&mut self) -> Result<(), &'static str> {
        let is_write = self.peek(0) == Some('>');
        while let Some(c @ ('<' | '>' | '|' | '&')) = self.peek(0) {
            if c == '<' && self.peek(1) == Some('<') {
                return Err("a here-document");
            }
            self.at += 1;
        }
        while self.peek(0).is_some_and(|c| c == ' ' || c == '\t') {
            self.at += 1;
        }
        let target = self.word(true)?;
        let is_device = target.text.starts_with("/dev/") || target.text.chars().all(|c| c.is_ascii_digit());
        if is_write && !is_device {
            self.last().writes.push(target);
        }
        Ok(())
    }

    /// One word; `is_shell` replaces variables and stops at operators.
    pub(super) fn word(&mut self, is_shell: bool) -> Result<Token, &'static str> {
        let mut word = Token { text: String::new(), is_known: true };
        if is_shell && self.peek(0) == Some('~') {
            word.is_known = false;
        }
        while let Some(c) = self.peek(0) {
            if c.is_whitespace() || (is_shell && matches!(c, ';' | '&' | '|' | '<' | '>' | '(' | ')')) {
                break;
            }
            self.at += 1;
            match c {
                '\'' => self.quoted(&mut word)?,
                '"' => self.double_quoted(&mut word, is_shell)?,
                '\\' if self.peek(0) == Some('\n') => self.at += 1,
                '\\' => word.text.extend(self.take()),
                '$' | '`' if is_shell => self.expansion(c, &mut word)?,
                c => word.text.push(c),
            }
        }
        Ok(word)
    }

    fn take(&mut self) -> Option<char> {
        self.at += 1;
        self.chars.get(self.at - 1).copied()
    }

    fn quoted(&mut self, word: &mut Token) -> Result<(), &'static str> {
        loop {
            match self.take().ok_or("a quote that is not closed")? {
                '\'' => return Ok(()),
                c => word.text.push(c),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Token, is_shell: bool) -> Result<(), &'static str> {
        loop {
            match self.take().ok_or("a quote that is not closed")? {
                '"' => return Ok(()),
                '\\' => match self.take().ok_or("a quote that is not closed")? {
                    '\n' => {}
                    c @ ('"' | '\\' | '$' | '`') => word.text.push(c),
                    c => word.text.extend(['\\', c]),
                },
                c @ ('$' | '`') if is_shell => self.expansion(c, word)?,
                c => word.text.push(c),
            }
        }
    }

    /// Behind a `$` or a backtick.
    fn expansion(&mut self, opener: char, word: &mut Token) -> Result<(), &'static str> {
        let start = self.at;
        if opener == '`' {
            while self.take().ok_or("a backtick that is not closed")? != '`' {}
        } else if let Some((open, close)) = self.peek(0).and_then(bracket) {
            let mut depth = 0;
            loop {
                let c = self.take().ok_or("an expansion that is not closed")?;
                depth += i32::from(c == open) - i32::from(c == close);
                if depth == 0 {
                    break;
                }
            }
        } else {
            while self.peek(0).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                self.at += 1;
            }
        }
        let inner: String = self.chars[start..self.at].iter().collect();
        let name = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(&inner);
        match (self.lookup)(name) {
            Some(value) if opener == '$' => {
                self.room = self.room.checked_sub(value.len()).ok_or("variables that grow too much")?;
                word.text.push_str(&value);
            }
            _ => {
                word.is_known = false;
                word.text.push(opener);
                word.text.push_str(&inner);
            }
        }
        Ok(())
    }
}

fn bracket(c: char) -> Option<(char, char)> {
    match c {
        '{' => Some(('{', '}')),
        '(' => Some(('(', ')')),
        _ => None,
    }
}
