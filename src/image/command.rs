//! What a service runs: Compose's `entrypoint` and `command` over the image's, through
//! shells and wrappers down to the program.
//!
//! Apart from `program`, which knows the programs themselves, and `shell_text`, which follows what
//! shells are given. A wrapper that is not in the table makes the answer unknown.

use super::{
    launcher,
    npm::{Call, Package},
    place::join,
    program::starts,
    program_name::base_name,
    shell::{self, Simple, Token},
    starts::{Starts, Word},
    wrapper::{inner, installs},
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
    /// The script that starts it, where one does.
    pub(super) through: Option<String>,
}

/// What of the image a command can be followed through.
pub(super) trait Scripts {
    /// The package at a folder of the image.
    ///
    /// # Errors
    /// Why it is not known, as one clause.
    fn package(&self, folder: &str) -> Result<Package, String>;

    /// Whether a folder of the container may have a file of that name.
    fn may_have(&self, directory: Option<&str>, file: &str) -> bool;

    /// What a variable of the container holds; `None` where that is not known.
    fn variable(&self, name: &str) -> Option<Word>;

    /// The text of a shell script, named from a folder; `None` where it is not known.
    fn shell_text(&self, directory: Option<&str>, word: &Word) -> Option<String>;
}

/// Follows a command line.
///
/// # Errors
/// Why it is not known what runs, as one clause.
pub(super) fn follow(words: &[Word], directory: Option<String>, scripts: &dyn Scripts) -> Result<Vec<Start>, String> {
    let mut walk = Walk {
        scripts,
        scripts_left: MAX_SCRIPTS,
        directory,
        python_path: None,
        flask_app: None,
        arguments: Vec::new(),
        before: Vec::new(),
        through: None,
        inside: Vec::new(),
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

pub(super) struct Walk<'a> {
    pub(super) scripts: &'a dyn Scripts,
    /// Scripts that are still followed.
    pub(super) scripts_left: u32,
    pub(super) directory: Option<String>,
    pub(super) python_path: Option<Token>,
    /// FLASK_APP where the command itself sets it.
    pub(super) flask_app: Option<Word>,
    /// What the script that is followed is given: its `"$@"`.
    pub(super) arguments: Vec<Word>,
    pub(super) before: Vec<Simple>,
    pub(super) through: Option<String>,
    /// Shell scripts that are being followed.
    pub(super) inside: Vec<String>,
    pub(super) out: Vec<Start>,
    /// The last program that is not in the table.
    other: Option<Starts>,
}

/// Wrappers inside wrappers that are followed.
const MAX_DEPTH: u32 = 16;

/// Scripts that are followed: scripts that call each other twice over would multiply.
const MAX_SCRIPTS: u32 = 32;

impl Walk<'_> {
    pub(super) fn command(&mut self, words: &[Word], depth: u32) -> Result<(), String> {
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
                None => self.program(words, depth),
            },
            _ => match inner(name, rest) {
                Some(inner) => {
                    let inner = inner?;
                    // Without a project there is nothing to install.
                    if self.scripts.may_have(self.directory.as_deref(), "pyproject.toml") {
                        self.before.extend(installs(name, rest));
                    }
                    self.command(inner, depth + 1)
                }
                None => self.program(words, depth),
            },
        }
    }

    /// `npm run SCRIPT`: a shell runs the script's text in the package's folder.
    fn package_script(&mut self, call: &Call, span: Option<Span>, depth: u32) -> Result<(), String> {
        self.scripts_left = self.scripts_left.checked_sub(1).ok_or("scripts call each other")?;
        let directory = self.directory.clone().ok_or("the working directory is not known")?;
        let folder = call.folder.as_ref().map_or_else(|| directory.clone(), |folder| join(&directory, folder));
        let package = self.scripts.package(&folder)?;
        let (first, text) = package.commands(call)?;
        let outer = (
            self.directory.replace(folder),
            self.through.replace(format!("script `{}` of `package.json`", call.script)),
        );
        let followed = first.map_or(Ok(()), |first| {
            let commands = shell::split(&first, &|_| None).map_err(|what| format!("{what} is not followed"))?;
            self.before.extend(commands);
            Ok(())
        });
        let followed = followed.and_then(|()| self.script(&Word { text, span, is_known: true }, depth + 1));
        (self.directory, self.through) = outer;
        followed
    }

    fn program(&mut self, words: &[Word], depth: u32) -> Result<(), String> {
        let application = self.flask_app.clone().or_else(|| self.scripts.variable("FLASK_APP"));
        match launcher::with_flask_app(words, application.as_ref())
            .map_or_else(|| starts(words), |words| starts(&words))
        {
            Starts::Nothing => Ok(()),
            Starts::Unknown(reason) => Err(reason),
            Starts::Other(name) => Err(self.other(name.clone(), Starts::Other(name))),
            Starts::File { word, .. } => self.file(&word, &words[1..], true, depth),
            found => {
                self.push(found);
                Ok(())
            }
        }
    }

    pub(super) fn push(&mut self, starts: Starts) {
        self.out.push(Start {
            starts,
            directory: self.directory.clone(),
            python_path: self.python_path.clone(),
            before: self.before.clone(),
            through: self.through.clone(),
        });
    }

    pub(super) fn other(&mut self, name: String, starts: Starts) -> String {
        self.other = Some(starts);
        format!("what `{name}` starts is not known")
    }
}
