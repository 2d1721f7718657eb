//! What a program starts, and the words that say so.

/// A word of a command line.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    /// Bytes in which the word stands.
    pub(super) span: Option<crate::source::Span>,
    /// Whether the text is what the program is given.
    pub(super) is_known: bool,
}

/// A file of settings that may name further folders to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settings {
    /// The program reads none.
    None,
    /// This one of the working directory, where it is there.
    Usual {
        file: &'static str,
        /// A variable with further options.
        variable: &'static str,
    },
    /// One that the words name, or may name.
    Named,
}

/// What a program starts.
#[derive(Clone, Debug)]
pub(super) enum Starts {
    /// A module by its dotted name.
    Module {
        name: Word,
        /// The last part may be a variable of the module before it (`celery -A proj.app`).
        may_end_in_variable: bool,
        /// A folder that is searched first, where it is not the working directory.
        folder: Option<Word>,
        /// Whether Python runs it as a program, rather than a server that imports it.
        is_run: bool,
        /// What may name further folders.
        settings: Settings,
    },
    /// A file that an interpreter is given.
    Script(Word),
    /// A file that is started by its path, or that a shell reads.
    File {
        word: Word,
        /// Whether the kernel starts it by its first line.
        is_executed: bool,
    },
    /// Nothing of the project.
    Nothing,
    /// A program that is not in the table.
    Other(String),
    /// Unknown, and why.
    Unknown(String),
}

/// The value of an option, from either spelling.
pub(super) fn option(words: &[Word], names: &[&str]) -> Option<Word> {
    words.iter().enumerate().find_map(|(at, word)| {
        if names.contains(&word.text.as_str()) {
            return words.get(at + 1).cloned();
        }
        let (name, value) = word.text.split_once('=')?;
        names.contains(&name).then(|| Word { text: value.to_owned(), ..word.clone() })
    })
}

/// A word as a module; anything but dotted names (and an attribute behind `:`) is unknown.
pub(super) fn named(word: &Word, may_end_in_variable: bool, folder: Option<Word>) -> Starts {
    let (module, attribute) =
        word.text.split_once(':').map_or((word.text.as_str(), ""), |(module, rest)| (module, rest));
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let is_attribute = attribute.is_empty() || attribute.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if !word.is_known {
        return unknown_word(word);
    }
    if !module.split('.').all(is_name) || !is_attribute {
        return Starts::Unknown(format!("`{}` is no module's name", word.text));
    }
    let name = Word { text: module.to_owned(), ..word.clone() };
    Starts::Module { name, may_end_in_variable, folder, is_run: false, settings: Settings::None }
}

pub(super) fn unknown_word(word: &Word) -> Starts {
    Starts::Unknown(format!("`{}` holds a variable", word.text))
}
