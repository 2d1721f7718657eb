//! Compound shell commands (`if`, loops, groups) as the simple commands in them: each may run, and none
//! in a branch or a loop is sure to.
//!
//! Apart from `shell`, which reads words.
//! Source: POSIX.1-2017, Shell Command Language, 2.9.4 and 2.9.5.

use std::collections::BTreeSet;

use super::shell::Simple;

/// Compound commands inside each other that are followed.
const MAX_DEPTH: usize = 64;

/// Takes the reserved words off, and marks what they make conditional. The commands of a function stand
/// where it is defined; calls of `functions` are left out.
///
/// # Errors
/// What of the commands cannot be followed.
pub(super) fn flatten(commands: Vec<Simple>, functions: &BTreeSet<String>) -> Result<Vec<Simple>, &'static str> {
    let mut open: Vec<&'static str> = Vec::new();
    let mut out = Vec::new();
    let mut is_tested = false;
    for mut command in commands {
        let reserved = reserved(&command, &mut open, &mut is_tested)?;
        if open.len() > MAX_DEPTH {
            return Err("a compound shell command of too many levels");
        }
        command.words.drain(..reserved.count);
        if reserved.is_header {
            command.words.clear();
        }
        command.is_conditional = open.iter().any(|word| *word != "{");
        let is_call = command.words.first().is_some_and(|word| functions.contains(&word.text));
        if !is_call && (!command.words.is_empty() || !command.writes.is_empty()) {
            out.push(command);
        }
    }
    if open.is_empty() && !is_tested { Ok(out) } else { Err("a compound shell command that is not closed") }
}

struct Reserved {
    /// Words that are the shell's own.
    count: usize,
    /// Whether the rest are no program and its words, but what a loop or a test is about.
    is_header: bool,
}

fn reserved(command: &Simple, open: &mut Vec<&'static str>, is_tested: &mut bool) -> Result<Reserved, &'static str> {
    let ends_test = command.words.last().is_some_and(|word| word.text == "]]");
    if *is_tested {
        *is_tested = !ends_test;
        return Ok(Reserved { count: 0, is_header: true });
    }
    let mut is_header = false;
    let mut count = 0;
    for word in &command.words {
        match word.text.as_str() {
            "if" => open.push("if"),
            "while" | "until" => open.push("while"),
            "{" if count > 0 && command.words[count - 1].text == "function" => open.push("function"),
            "{" => open.push("{"),
            "function" if command.words.get(count + 1).is_some_and(|word| word.text == "{") => {}
            "for" | "select" => {
                open.push("while");
                is_header = true;
            }
            "then" | "elif" | "else" if open.last() == Some(&"if") => {}
            "do" if open.last() == Some(&"while") => {}
            "fi" | "done" | "}" => {
                let opened = open.pop().ok_or("a compound shell command")?;
                if !matches!((word.text.as_str(), opened), ("fi", "if") | ("done", "while") | ("}", "{" | "function")) {
                    return Err("a compound shell command");
                }
            }
            "[[" => {
                *is_tested = !ends_test;
                is_header = true;
            }
            "then" | "elif" | "else" | "do" | "case" | "esac" | "function" => return Err("a compound shell command"),
            "!" => {}
            _ => break,
        }
        count += 1;
        if is_header {
            break;
        }
    }
    Ok(Reserved { count, is_header })
}
