//! Commands written as one text, split into words as Compose splits them
//! (mattn/go-shellwords v1.0.12, neither variables nor backticks evaluated).

/// The words of a command line; what stands behind `;`, `&`, `|`, `<` or `>` is dropped.
///
/// # Errors
/// What is wrong with the text, as the end of a sentence.
pub(super) fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut splitter = Splitter::default();
    for character in line.chars() {
        if !splitter.take(character)? {
            break;
        }
    }
    splitter.finish()
}

#[derive(Default)]
struct Splitter {
    words: Vec<String>,
    word: String,
    /// Something belongs to the present word, if only a pair of quotes.
    has_word: bool,
    is_escaped: bool,
    in_single: bool,
    in_double: bool,
    in_backticks: bool,
    in_dollar: bool,
}

impl Splitter {
    /// Takes one character; false at the end of the command.
    fn take(&mut self, character: char) -> Result<bool, &'static str> {
        if self.is_escaped {
            self.is_escaped = false;
            self.push(character);
            return Ok(true);
        }
        match character {
            '\\' if !self.in_single => self.is_escaped = true,
            ' ' | '\t' | '\r' | '\n' => self.blank(character),
            '`' if !self.in_single && !self.in_double && !self.in_dollar => {
                self.in_backticks = !self.in_backticks;
                self.push(character);
            }
            '(' | ')' if !self.in_single && !self.in_double && !self.in_backticks => self.parenthesis(character)?,
            '"' if !self.in_single && !self.in_dollar => {
                self.in_double = !self.in_double;
                self.has_word |= !self.in_double;
            }
            '\'' if !self.in_double && !self.in_dollar => {
                self.in_single = !self.in_single;
                self.has_word |= !self.in_single;
            }
            ';' | '&' | '|' | '<' | '>' if !self.is_open() => {
                // `2>` is the redirection of a stream, not a word `2`.
                self.has_word &= !(character == '>' && self.word.starts_with(|c: char| c.is_ascii_digit()));
                return Ok(false);
            }
            _ => self.push(character),
        }
        Ok(true)
    }

    fn push(&mut self, character: char) {
        self.word.push(character);
        self.has_word = true;
    }

    fn blank(&mut self, character: char) {
        if self.is_open() {
            self.word.push(character);
        } else if self.has_word {
            self.words.push(std::mem::take(&mut self.word));
            self.has_word = false;
        }
    }

    /// Only `$(…)` may have them outside of quotes.
    fn parenthesis(&mut self, character: char) -> Result<(), &'static str> {
        if character == ')' {
            self.in_dollar = !self.in_dollar;
        } else if !self.in_dollar && self.word.ends_with('$') {
            self.in_dollar = true;
        } else {
            return Err("a `(` stands outside of quotes");
        }
        self.push(character);
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.in_single || self.in_double || self.in_backticks || self.in_dollar
    }

    fn finish(mut self) -> Result<Vec<String>, &'static str> {
        if self.is_open() || self.is_escaped {
            return Err("a quote, a parenthesis or a backslash is left open");
        }
        if self.has_word {
            self.words.push(self.word);
        }
        Ok(self.words)
    }
}
