//! What a shell is given: a text behind `-c`, a script of the image, the scripts of packages.
//!
//! Apart from `command`, which comes here when a program is a shell, and is called for each command.

use super::{
    command::Walk,
    place::{entered, join},
    shell::{self, Joined, Simple, Token},
    starts::{Starts, Word},
};
use crate::source::Span;

impl Walk<'_> {
    /// `sh -c TEXT`, or `sh FILE`.
    pub(super) fn shell(&mut self, words: &[Word], depth: u32) -> Result<(), String> {
        let mut rest = words;
        while let Some((word, behind)) = rest.split_first() {
            rest = behind;
            match word.text.as_str() {
                "-o" => rest = rest.get(1..).unwrap_or_default(),
                text if text.starts_with('-') && !text.starts_with("--") => {
                    if text.ends_with('c') {
                        let script = rest.first().ok_or("`-c` without a text")?;
                        return self.script(script, depth);
                    }
                }
                _ => return self.file(word, rest, false, depth),
            }
        }
        Err("a shell without a script".to_owned())
    }

    pub(super) fn script(&mut self, script: &Word, depth: u32) -> Result<(), String> {
        if !script.is_known {
            return Err("the shell text holds a variable without a value".to_owned());
        }
        let commands = shell::split(&script.text, &|_| None).map_err(|what| format!("{what} is not followed"))?;
        let mut unknown = None;
        let is_caught: Vec<bool> = commands.iter().skip(1).map(is_shrug).chain([false]).collect();
        for (command, is_caught) in commands.into_iter().zip(is_caught) {
            let started = self.out.len();
            // Behind a branch that hands over to another program nothing is sure to run.
            if command.is_conditional && command.words.first().is_some_and(|word| word.text == "exec") {
                unknown = Some("a branch of the shell text starts another program".to_owned());
                break;
            }
            match self.simple(&command, script.span, depth) {
                Err(reason) => {
                    unknown = unknown.or(Some(reason));
                    self.before.push(command);
                }
                // Its failure is of no account.
                Ok(()) if is_caught => self.out.truncate(started),
                Ok(()) if command.words.first().is_some_and(|word| word.text == "chmod") => self.before.push(command),
                Ok(()) => {}
            }
        }
        if self.out.is_empty() { unknown.map_or(Ok(()), Err) } else { Ok(()) }
    }

    fn simple(&mut self, command: &Simple, span: Option<Span>, depth: u32) -> Result<(), String> {
        if command.joined == Joined::Else {
            return Err("a command behind `||` is not followed".to_owned());
        }
        if command.is_conditional {
            return Err(self.conditional(command));
        }
        let words = self.given(command, span);
        let words = self.assignments(&words);
        match words {
            [cd, rest @ ..] if cd.text == "cd" => {
                self.directory = match rest {
                    [to] if to.is_known && to.text.starts_with('/') => Some(join("/", &to.text)),
                    [to] if to.is_known && to.text != "-" => {
                        self.directory.as_deref().and_then(|directory| entered(directory, &to.text))
                    }
                    _ => None,
                };
                Ok(())
            }
            [export, rest @ ..] if export.text == "export" => {
                self.assignments(rest);
                Ok(())
            }
            [set, ..]
                if set.text == "shift" || set.text == "set" && words.get(1).is_some_and(|word| word.text == "--") =>
            {
                self.arguments = vec![Word { text: "$@".to_owned(), span, is_known: false }];
                Ok(())
            }
            [source, file, ..] if matches!(source.text.as_str(), "." | "source") => {
                let is_environment = file.text.ends_with("bin/activate");
                if is_environment { Ok(()) } else { Err(format!("the script `{}` is not read", file.text)) }
            }
            words => self.command(words, depth + 1),
        }
    }

    /// A file of the image that a shell reads: its commands run in a shell of their own.
    pub(super) fn file(&mut self, word: &Word, rest: &[Word], is_executed: bool, depth: u32) -> Result<(), String> {
        let starts = Starts::File { word: word.clone(), is_executed };
        let Some(text) = self.scripts.shell_text(self.directory.as_deref(), word) else {
            return Err(self.other(word.text.clone(), starts));
        };
        self.push(starts);
        let outer = (self.directory.clone(), self.python_path.clone());
        let arguments = std::mem::replace(&mut self.arguments, rest.to_vec());
        let through = self.through.replace(format!("`{}`", word.text));
        self.inside.push(word.text.clone());
        let may_follow = self.scripts_left > 0 && !self.inside[..self.inside.len() - 1].contains(&word.text);
        self.scripts_left = self.scripts_left.saturating_sub(1);
        let script = Word { text, span: word.span, is_known: may_follow };
        let followed = self.script(&script, depth + 1);
        self.inside.pop();
        if followed.is_err() {
            self.before.push(Simple::of_words(&[&word.text]));
        }
        (self.directory, self.python_path) = outer;
        (self.arguments, self.through) = (arguments, through);
        Ok(())
    }

    /// The words of a command, with the script's own words for `"$@"`.
    fn given(&self, command: &Simple, span: Option<Span>) -> Vec<Word> {
        let is_all = |token: &Token| !token.is_known && matches!(token.text.as_str(), "$@" | "${@}" | "$*");
        let word = |token: &Token| Word { text: token.text.clone(), span, is_known: token.is_known };
        let words = command.words.iter().flat_map(|token| match is_all(token) {
            true => self.arguments.clone(),
            false => vec![word(token)],
        });
        words.collect()
    }

    /// What a branch or a loop may have changed is not known behind it.
    fn conditional(&mut self, command: &Simple) -> String {
        let word = |at: usize| command.words.get(at).map_or("", |word| word.text.as_str());
        if word(0) == "cd" {
            self.directory = None;
        }
        if command.words.iter().any(|word| word.text.starts_with("PYTHONPATH=")) {
            self.python_path = Some(Token { text: String::new(), is_known: false });
        }
        "what a branch of the shell text starts is not known".to_owned()
    }

    /// Takes `NAME=value` words off the front, and keeps PYTHONPATH and FLASK_APP.
    pub(super) fn assignments<'w>(&mut self, words: &'w [Word]) -> &'w [Word] {
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let mut rest = words;
        while let Some((word, behind)) = rest.split_first() {
            let Some((name, value)) = word.text.split_once('=').filter(|(name, _)| is_name(name)) else { break };
            if name == "FLASK_APP" {
                self.flask_app = Some(Word { text: value.to_owned(), ..word.clone() });
            }
            if name == "PYTHONPATH" {
                self.python_path = Some(Token { text: value.to_owned(), is_known: word.is_known });
            }
            rest = behind;
        }
        rest
    }
}

/// Whether a command does nothing about the failure of the one before it: `|| true`.
fn is_shrug(command: &Simple) -> bool {
    let program = command.words.first().map_or("", |word| word.text.as_str());
    command.joined == Joined::Else && ["true", ":", "echo", "printf"].contains(&program)
}
