//! What a service runs: Compose's `entrypoint` and `command` over the image's, through
//! shells and wrappers down to the program.
//!
//! Apart from `program`, which knows the programs themselves. A wrapper that is not in the
//! table makes the answer unknown.

use super::{
    install::base_name,
    npm::{Call, Package},
    place::{entered, join},
    program::{Starts, Word, starts},
    shell::{self, Joined, Simple, Token},
    wrapper::inner,
};
use crate::source::Span;

/// A module or a script that a service starts.
#[derive(Clone, Debug)]
pub(super) struct Start {
    /// Never [`Starts::Nothing`] or [`Starts::Unknown`].
    pub(super) starts: Starts,
    /// The working directory at that moment; `None` where it is not known.
    pub(super) directory: Option<String>,
    /// PYTHONPATH where the command itself sets it.
    pub(super) python_path: Option<Token>,
    /// What ran before it.
    pub(super) before: Vec<Simple>,
    /// The script of `package.json` that starts it, where one does.
    pub(super) through: Option<String>,
}

/// The package at a folder of the image.
pub(super) type Packages<'a> = &'a dyn Fn(&str) -> Result<Package, String>;

/// Follows a command line.
///
/// # Errors
/// Why it is not known what runs, as one clause.
pub(super) fn follow(words: &[Word], directory: Option<String>, packages: Packages<'_>) -> Result<Vec<Start>, String> {
    let mut walk = Walk {
        packages,
        scripts_left: MAX_SCRIPTS,
        directory,
        python_path: None,
        before: Vec::new(),
        through: None,
        out: Vec::new(),
        other: None,
    };
    match (walk.command(words, 0), walk.other.take()) {
        (Err(_), Some(name)) => {
            walk.push(name);
            Ok(walk.out)
        }
        (followed, _) => followed.map(|()| walk.out),
    }
}

struct Walk<'a> {
    packages: Packages<'a>,
    /// Scripts of `package.json` that are still followed.
    scripts_left: u32,
    directory: Option<String>,
    python_path: Option<Token>,
    before: Vec<Simple>,
    through: Option<String>,
    out: Vec<Start>,
    /// The last program that is not in the table.
    other: Option<Starts>,
}

/// Wrappers inside wrappers that are followed.
const MAX_DEPTH: u32 = 16;

/// Scripts of `package.json` that are followed: scripts that call each other twice over would multiply.
const MAX_SCRIPTS: u32 = 32;

impl Walk<'_> {
    fn command(&mut self, words: &[Word], depth: u32) -> Result<(), String> {
        let Some((program, rest)) = words.split_first() else { return Ok(()) };
        if !program.is_known {
            return Err(format!("`{}` holds a variable", program.text));
        }
        if depth > MAX_DEPTH {
            return Err("the command has too many wrappers".to_owned());
        }
        let name = base_name(&program.text);
        match name {
            "sh" | "bash" | "dash" | "ash" | "zsh" => self.shell(rest, depth),
            "env" => {
                let rest = self.assignments(rest);
                match rest.first() {
                    Some(word) if word.text.starts_with('-') => Err(format!("`env {}` is not followed", word.text)),
                    _ => self.command(rest, depth + 1),
                }
            }
            "npm" | "yarn" | "pnpm" | "bun" => match Call::parse(name, rest)? {
                Some(call) => self.package_script(&call, program.span, depth),
                None => self.program(words),
            },
            _ => match inner(name, rest) {
                Some(inner) => self.command(inner?, depth + 1),
                None => self.program(words),
            },
        }
    }

    /// `npm run SCRIPT`: a shell runs the script's text in the package's folder.
    fn package_script(&mut self, call: &Call, span: Option<Span>, depth: u32) -> Result<(), String> {
        self.scripts_left = self.scripts_left.checked_sub(1).ok_or("the scripts of `package.json` call each other")?;
        let directory = self.directory.clone().ok_or("the working directory is not known")?;
        let folder = call.folder.as_ref().map_or_else(|| directory.clone(), |folder| join(&directory, folder));
        let package = (self.packages)(&folder)?;
        let (first, text) = package.commands(call)?;
        let outer = (self.directory.replace(folder), self.through.replace(call.script.clone()));
        let followed = first.map_or(Ok(()), |first| {
            let commands = shell::split(&first, &|_| None).map_err(|what| format!("{what} is not followed"))?;
            self.before.extend(commands);
            Ok(())
        });
        let followed = followed.and_then(|()| self.script(&Word { text, span, is_known: true }, depth + 1));
        (self.directory, self.through) = outer;
        followed
    }

    fn program(&mut self, words: &[Word]) -> Result<(), String> {
        match starts(words) {
            Starts::Nothing => Ok(()),
            Starts::Unknown(reason) => Err(reason),
            Starts::Other(name) => Err(self.other(name.clone(), Starts::Other(name))),
            Starts::File { word, is_executed } => {
                Err(self.other(word.text.clone(), Starts::File { word, is_executed }))
            }
            found => {
                self.push(found);
                Ok(())
            }
        }
    }

    fn push(&mut self, starts: Starts) {
        self.out.push(Start {
            starts,
            directory: self.directory.clone(),
            python_path: self.python_path.clone(),
            before: self.before.clone(),
            through: self.through.clone(),
        });
    }

    fn other(&mut self, name: String, starts: Starts) -> String {
        self.other = Some(starts);
        format!("what `{name}` starts is not known")
    }

    /// `sh -c TEXT`; a script file is not read.
    fn shell(&mut self, words: &[Word], depth: u32) -> Result<(), String> {
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
                text => {
                    let file = Starts::File { word: word.clone(), is_executed: false };
                    return Err(self.other(text.to_owned(), file));
                }
            }
        }
        Err("a shell without a script".to_owned())
    }

    fn script(&mut self, script: &Word, depth: u32) -> Result<(), String> {
        if !script.is_known {
            return Err("the shell text holds a variable without a value".to_owned());
        }
        let commands = shell::split(&script.text, &|_| None).map_err(|what| format!("{what} is not followed"))?;
        let mut unknown = None;
        for command in commands {
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
        let word = |token: &Token| Word { text: token.text.clone(), span, is_known: token.is_known };
        let words: Vec<Word> = command.words.iter().map(word).collect();
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
            [source, file, ..] if matches!(source.text.as_str(), "." | "source") => {
                let is_environment = file.text.ends_with("bin/activate");
                if is_environment { Ok(()) } else { Err(format!("the script `{}` is not read", file.text)) }
            }
            words => self.command(words, depth + 1),
        }
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

    /// Takes `NAME=value` words off the front, and keeps PYTHONPATH.
    fn assignments<'w>(&mut self, words: &'w [Word]) -> &'w [Word] {
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let mut rest = words;
        while let Some((word, behind)) = rest.split_first() {
            let Some((name, value)) = word.text.split_once('=').filter(|(name, _)| is_name(name)) else { break };
            if name == "PYTHONPATH" {
                self.python_path = Some(Token { text: value.to_owned(), is_known: word.is_known });
            }
            rest = behind;
        }
        rest
    }
}
