//! The command line: what was said, what it means, and one verb a file.
//!
//! Only this floor and `probe` touch the disk, the environment and the streams. A verb puts
//! all it has to say into an `Answer`; that is written when the verb is done, so nothing
//! is ever printed by halves.
#![allow(clippy::disallowed_methods, reason = "this is the floor that meets the disk and the environment")]

mod args;
mod baseline;
mod config;
mod configuration;
mod cuda;
mod default_files;
mod doctor;
mod examples;
mod exit;
mod explain;
mod files;
mod fix;
mod fleet;
mod group;
mod hosts;
mod join;
mod judge;
mod kept_out;
mod lint;
mod matcher;
mod mending;
mod message;
mod open_values;
mod output;
mod overlay;
mod patch;
mod patterns;
#[cfg(feature = "probe")]
mod probe;
mod progress;
mod propose;
mod referred;
mod render;
mod rewrite;
mod rule_name;
mod rule_text;
mod select;
mod selector;
mod settings;
mod sniff;
mod write;

use std::{
    ffi::OsString,
    fmt,
    io::{self, Read, Write},
};

use self::{
    args::{Args, TextFormat, Verb, completions, man},
    exit::{CliError, Exit},
    settings::Surroundings,
};

/// What a process reads and writes.
pub struct Streams<'a> {
    /// Standard input; read only when a file is `-`.
    pub stdin: &'a mut dyn Read,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
}

impl fmt::Debug for Streams<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Streams")
    }
}

/// All that a verb has to say.
#[derive(Debug, Default)]
struct Answer {
    /// For standard output.
    out: String,
    /// For standard error.
    err: String,
}

impl Answer {
    /// Runs a verb that writes bytes and gives a number, and takes both.
    fn collect(&mut self, verb: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>) -> io::Result<u8>) -> Result<Exit, CliError> {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = verb(&mut out, &mut err).map_err(|error| CliError::write("standard output".as_ref(), error))?;
        self.out.push_str(&String::from_utf8_lossy(&out));
        self.err.push_str(&String::from_utf8_lossy(&err));
        Ok([Exit::Clean, Exit::Findings, Exit::Usage]
            .into_iter()
            .find(|one| *one as u8 == exit)
            .unwrap_or(Exit::Failed))
    }
}

/// Does what the arguments say (the first is the program's name) and returns the number to
/// exit with.
pub fn run(args: impl IntoIterator<Item = OsString>, streams: Streams<'_>) -> u8 {
    let mut answer = Answer::default();
    let exit = match args::parse(args) {
        Ok(args) => dispatch(&args, streams.stdin, &mut answer).unwrap_or_else(|error| {
            answer.out.clear();
            answer.err.push_str(&format!("error: {error}\n"));
            error.exit()
        }),
        Err((text, exit)) => {
            let stream = if exit == Exit::Clean { &mut answer.out } else { &mut answer.err };
            stream.push_str(&text);
            exit
        }
    };
    deliver(&answer, streams.stdout, streams.stderr, exit) as u8
}

fn dispatch(args: &Args, stdin: &mut dyn Read, answer: &mut Answer) -> Result<Exit, CliError> {
    let world = Surroundings::of_process(args.color)?;
    match &args.verb {
        Verb::Lint(args) => lint::run(args, &world, stdin, answer),
        Verb::Render(args) => render::run(args, &world, stdin, answer),
        Verb::Config(args) => config::run(args, &world, stdin, answer),
        Verb::Probe(args) => hosts::probe(args, &world, answer),
        #[cfg(feature = "probe")]
        Verb::NvmlAnswer => hosts::nvml_answer(answer),
        Verb::Doctor(args) => doctor::run(args, &world, answer),
        Verb::Explain(args) => explain::run(args, &world, stdin, answer),
        Verb::Completions(args) => answer.collect(|out, _| completions(args, out).map(|()| 0)),
        Verb::Man => answer.collect(|out, _| man(out).map(|()| 0)),
        Verb::Rules(args) => answer.collect(|out, _| explain::list(args.format == TextFormat::Json, out).map(|()| 0)),
    }
}

/// Writes the answer. A reader that has gone away has seen what it wanted.
fn deliver(answer: &Answer, stdout: &mut dyn Write, stderr: &mut dyn Write, exit: Exit) -> Exit {
    let write = |stream: &mut dyn Write, text: &str| {
        if text.is_empty() { Ok(()) } else { stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) }
    };
    let said = write(stdout, &answer.out);
    // Where standard error cannot be written there is nowhere left to say so.
    let _ = write(stderr, &answer.err);
    match said {
        Ok(()) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean,
        Err(error) => {
            let error = CliError::write("standard output".as_ref(), error);
            let _ = write(stderr, &format!("error: {error}\n"));
            Exit::Failed
        }
    }
}

/// Standard input to its end.
fn read_stdin(stdin: &mut dyn Read) -> Result<Vec<u8>, CliError> {
    let mut content = Vec::new();
    let limit = crate::source::SourceMap::MAX_BYTES as u64 + 1;
    stdin.take(limit).read_to_end(&mut content).map_err(|error| CliError::read("standard input".as_ref(), error))?;
    Ok(content)
}
