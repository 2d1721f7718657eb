//! `explain` and `rules`: what a rule's page says, and which rules there are.

use std::io::{self, IsTerminal as _, Read, Write};

use serde_json::json;

use super::{
    Answer,
    args::{ExplainArgs, TextFormat},
    cuda,
    exit::{CliError, Exit},
    message, rule_name,
    rule_text::EXPLAIN_VERSION,
    settings::Surroundings,
};
use crate::{
    messages,
    report::page,
    rules::{self, Rule},
};

/// Prints the page of the rule that a text names, by code or by name, or says what the messages
/// in it mean. One word that is neither may be a misspelt rule: that is wrong use.
///
/// # Errors
/// When standard input, the project or the host cannot be had.
pub(super) fn run(
    args: &ExplainArgs,
    world: &Surroundings,
    stdin: &mut dyn Read,
    answer: &mut Answer,
) -> Result<Exit, CliError> {
    let (start, found) = match args.text.as_deref() {
        Some(text) if text != "-" => (text.to_owned(), messages::find(text)),
        said => {
            if args.project.files.iter().any(|file| file.as_os_str() == "-") {
                return Err(CliError::Usage("standard input can be read once: as text or as project".to_owned()));
            }
            if said.is_none() && io::stdin().is_terminal() {
                return Err(CliError::Usage("name a rule, or give the text of an error".to_owned()));
            }
            search(stdin)?
        }
    };
    let text = start.trim();
    if text.eq_ignore_ascii_case("cuda") {
        return answer.collect(|out, _| cuda::print(args.format == TextFormat::Json, out).map(|()| 0));
    }
    if let Some(rule) = rules::by_text(text) {
        return answer.collect(|out, _| print_page(rule, args.format == TextFormat::Json, out).map(|()| 0));
    }
    let is_one_word = !text.is_empty() && text.len() < MOST_START && !text.contains(char::is_whitespace);
    if is_one_word && found.is_empty() {
        answer.err = unknown(text);
        if world.working_directory.join(text).is_file() {
            answer.err.push_str(&format!("help: it is a file here: `composegpu explain < {text}`\n"));
        }
        return Ok(Exit::Usage);
    }
    message::explain(found, args, world, stdin, answer)
}

/// As much of a text as may be the name of a rule.
const MOST_START: usize = 200;

/// Reads a log of any length piece by piece: its start, and the messages in it.
fn search(stdin: &mut dyn Read) -> Result<(String, Vec<messages::Found>), CliError> {
    let (mut search, mut start, mut piece) = (messages::Search::default(), Vec::new(), vec![0; 64 << 10]);
    loop {
        match stdin.read(&mut piece) {
            Ok(0) => return Ok((String::from_utf8_lossy(&start).into_owned(), search.finish())),
            Ok(count) => {
                let read = &piece[..count];
                start.extend_from_slice(&read[..count.min(MOST_START - start.len())]);
                search.feed(read);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(CliError::read("standard input".as_ref(), error)),
        }
    }
}

fn unknown(text: &str) -> String {
    let (message, hint) = rule_name::unknown(text);
    format!("error: {message}\nhelp: {hint}\n")
}

fn print_page(rule: &Rule, is_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if !is_json {
        return out.write_all(page(rule.page).as_bytes());
    }
    let mut value = as_json(rule);
    value["page"] = page(rule.page).into();
    write_json(&json!({ "version": EXPLAIN_VERSION, "rule": value }), out)
}

/// Lists every rule.
///
/// # Errors
/// As the stream says.
pub(super) fn list(is_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if is_json {
        let all: Vec<serde_json::Value> = rules::ALL.iter().map(|rule| as_json(rule)).collect();
        return write_json(&json!({ "version": EXPLAIN_VERSION, "rules": all }), out);
    }
    let width = rules::ALL.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    writeln!(out, "code   group        {:width$}  severity  fix        summary", "name")?;
    for rule in rules::ALL {
        let (severity, fix) = (rule.severity.as_str(), rule.fix.as_str());
        let note = if rule.is_pedantic() { " (off by default)" } else { "" };
        let (code, group) = (rule.code, rules::group_of(rule.code.as_str()));
        writeln!(out, "{code}  {group:11}  {:width$}  {severity:8}  {fix:9}  {}{note}", rule.name, rule.summary)?;
    }
    Ok(())
}

fn as_json(rule: &Rule) -> serde_json::Value {
    json!({
        "code": rule.code.as_str(),
        "name": rule.name,
        "group": rules::group_of(rule.code.as_str()),
        "severity": rule.severity.as_str(),
        "fix": rule.fix.as_str(),
        "default": !rule.is_pedantic(),
        "since": rule.since,
        "summary": rule.summary,
    })
}

fn write_json(value: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
