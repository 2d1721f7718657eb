//! What parentheses and `case` put around commands. Both are turned into branches: what is in them may run,
//! and a folder that they enter is not known behind them.
//!
//! Apart from `shell`, which reads words and lists.
//! Source: POSIX.1-2017, Shell Command Language, 2.9.4.

use super::shell::{Joined, Reader, Token};

/// What is open around a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// A subshell.
    Subshell,
    /// The patterns of a `case`.
    Pattern,
    /// The commands behind a pattern.
    Branch,
}

impl Reader<'_> {
    pub(super) fn is_in_pattern(&self) -> bool {
        self.open.last() == Some(&Open::Pattern)
    }

    pub(super) fn is_in_case(&self) -> bool {
        self.open.last() == Some(&Open::Branch)
    }

    pub(super) fn is_in_subshell(&self) -> bool {
        self.open.last() == Some(&Open::Subshell)
    }

    pub(super) fn open_subshell(&mut self) {
        self.at += 1;
        self.open.push(Open::Subshell);
        self.reserved("if");
    }

    pub(super) fn close_subshell(&mut self) {
        self.at += 1;
        self.open.pop();
        self.reserved("fi");
    }

    /// `;;`, `;&` and `;;&` end the commands behind a pattern.
    pub(super) fn next_pattern(&mut self) {
        self.next(Joined::Then, 2);
        if self.peek(0) == Some('&') {
            self.at += 1;
        }
        self.open.pop();
        self.open.push(Open::Pattern);
    }

    /// Patterns up to their parenthesis, or `esac`.
    pub(super) fn pattern(&mut self, c: char) -> Result<(), &'static str> {
        match c {
            ')' => {
                self.next(Joined::Then, 1);
                self.open.pop();
                self.open.push(Open::Branch);
            }
            c if c.is_whitespace() || matches!(c, '|' | '(') => self.at += 1,
            ';' | '&' | '<' | '>' => return Err("a `case` without a pattern"),
            _ if self.word(true)?.text == "esac" => {
                self.open.pop();
                self.reserved("fi");
            }
            _ => {}
        }
        Ok(())
    }

    /// Opens a `case` behind its `in`, and closes one whose last commands end in `esac`.
    pub(super) fn watch_case(&mut self) {
        let words = &self.last().words;
        let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        if words.len() == 3 && text(0) == "case" && text(2) == "in" {
            self.last().words.clear();
            self.open.push(Open::Pattern);
            self.reserved("if");
        } else if words.len() == 1 && text(0) == "esac" && self.is_in_case() {
            self.last().words.clear();
            self.open.pop();
            self.reserved("fi");
        }
    }

    fn reserved(&mut self, word: &str) {
        self.next(Joined::Then, 0);
        self.last().words.push(Token { text: word.to_owned(), is_known: true });
        self.next(Joined::Then, 0);
    }

    /// `NAME()`: what follows runs where the name is called.
    pub(super) fn function(&mut self) {
        self.at += 2;
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let name = self.last().words.remove(0);
        self.functions.insert(name.text);
        self.last().words.push(Token { text: "function".to_owned(), is_known: true });
    }
}
