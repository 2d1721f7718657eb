//! A Dockerfile as stages of instructions, each with its bytes.
//!
//! The only file that names the parser crate; everything above sees the types of
//! `instruction`. What the crate reads differently from the builder is refused here, so
//! that no answer rests on it.

use parse_dockerfile as crate_parser;

use super::instruction::{CommandLine, Flag, Instruction, Kind, RunText, Stage, Text, Transfer, TransferSource};
use crate::source::{FileId, Span};

/// A Dockerfile in which everything was understood.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// Its text.
    pub file: FileId,
    /// Arguments before the first FROM: name, and default as written.
    pub arguments: Vec<(String, Option<String>)>,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
}

/// Instructions (each source of a COPY is one more) and stages that are read at most; far above what
/// people write, and low enough that the work stays small on a generated file.
const MAX_INSTRUCTIONS: usize = 4000;
const MAX_STAGES: usize = 250;

/// Reads a Dockerfile.
///
/// # Errors
/// Why it cannot be read, as one clause.
pub fn parse(file: FileId, text: &str) -> Result<Dockerfile, String> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    if body.replace("\r\n", "").contains('\r') {
        return Err("the Dockerfile has line breaks that are not understood".to_owned());
    }
    let parsed = crate_parser::parse(body).map_err(|error| format!("the Dockerfile cannot be parsed: {error}"))?;
    check_directives(&parsed.parser_directives)?;
    if parsed.instructions.iter().map(parts).sum::<usize>() > MAX_INSTRUCTIONS {
        return Err(format!("the Dockerfile has more than {MAX_INSTRUCTIONS} instructions"));
    }
    if parsed.stages().len() > MAX_STAGES {
        return Err(format!("the Dockerfile has more than {MAX_STAGES} stages"));
    }
    let reader = Reader { file, text, shift: text.len() - body.len() };
    let arguments = parsed.global_args().flat_map(|arg| arguments(&arg.arguments.value)).collect();
    let stages = parsed.stages().map(|stage| reader.stage(&stage)).collect::<Result<_, _>>()?;
    Ok(Dockerfile { file, arguments, stages })
}

/// How many lookups an instruction stands for.
fn parts(instruction: &crate_parser::Instruction<'_>) -> usize {
    match instruction {
        crate_parser::Instruction::Copy(copy) => copy.src.len(),
        crate_parser::Instruction::Add(add) => add.src.len(),
        _ => 1,
    }
}

/// Another frontend may give any word another meaning; another escape character is for
/// Windows images.
fn check_directives(directives: &crate_parser::ParserDirectives<'_>) -> Result<(), String> {
    if let Some(syntax) = directives.syntax.as_ref().map(|directive| directive.value.value) {
        let name = syntax.strip_prefix("docker.io/").unwrap_or(syntax);
        if !name.starts_with("docker/dockerfile:") && name != "docker/dockerfile" {
            return Err(format!("the Dockerfile asks for the frontend `{syntax}`"));
        }
    }
    match directives.escape.as_ref().map(|directive| directive.value.value) {
        None | Some('\\') => Ok(()),
        Some(escape) => Err(format!("the Dockerfile escapes with `{escape}`")),
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    /// Bytes of a byte order mark, which the crate does not count.
    shift: usize,
}

impl Reader<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start + self.shift, range.end + self.shift)
    }

    fn text(&self, string: &crate_parser::UnescapedString<'_>) -> Text {
        Text { text: string.value.clone().into_owned(), span: self.span(string.span.clone()) }
    }

    fn stage(&self, stage: &crate_parser::Stage<'_, '_>) -> Result<Stage, String> {
        let from = stage.from;
        let platform = from.options.iter().find(|option| option.name.value == "platform");
        Ok(Stage {
            platform: platform.and_then(|option| option.value.as_ref()).map(|value| self.text(value)),
            name: from.as_.as_ref().map(|(_, name)| name.value.to_ascii_lowercase()),
            base: self.text(&from.image),
            span: self.span(from.from.span.start..from.image.span.end),
            instructions: stage.instructions.iter().map(|each| self.instruction(each)).collect::<Result<_, _>>()?,
        })
    }

    fn instruction(&self, instruction: &crate_parser::Instruction<'_>) -> Result<Instruction, String> {
        use crate_parser::Instruction as I;
        let (keyword, kind) = match instruction {
            I::Copy(copy) => (&copy.copy, self.transfer(false, &copy.options, &copy.src, &copy.dest)),
            I::Add(add) => (&add.add, self.transfer(true, &add.options, &add.src, &add.dest)),
            I::Workdir(workdir) => (&workdir.workdir, Kind::Workdir(self.text(&workdir.arguments))),
            I::Env(env) => (&env.env, Kind::Env(variables(&env.arguments.value))),
            I::Arg(arg) => (&arg.arg, Kind::Arg(arguments(&arg.arguments.value))),
            I::Cmd(cmd) => (&cmd.cmd, Kind::Cmd(self.command(&cmd.arguments))),
            I::Entrypoint(entry) => (&entry.entrypoint, Kind::Entrypoint(self.command(&entry.arguments))),
            I::Shell(shell) => {
                (&shell.shell, Kind::Shell(shell.arguments.iter().map(|word| self.text(word)).collect()))
            }
            I::Run(run) => (&run.run, Kind::Run(self.run(run)?)),
            I::Onbuild(onbuild) => (&onbuild.onbuild, Kind::Onbuild),
            I::From(from) => (&from.from, Kind::Other),
            I::Expose(expose) => (&expose.expose, Kind::Other),
            I::Label(label) => (&label.label, Kind::Other),
            I::Volume(volume) => (&volume.volume, Kind::Other),
            I::User(user) => (&user.user, Kind::Other),
            I::Healthcheck(check) => (&check.healthcheck, Kind::Other),
            I::Stopsignal(signal) => (&signal.stopsignal, Kind::Other),
            I::Maintainer(maintainer) => (&maintainer.maintainer, Kind::Other),
            _ => return Err("the Dockerfile has an instruction that is not known".to_owned()),
        };
        let start = keyword.span.start + self.shift;
        Ok(Instruction { span: Span::new(self.file, start, self.end(start, &kind)), kind })
    }

    /// The end of an instruction's last line, blanks and line break left out.
    fn end(&self, start: usize, kind: &Kind) -> usize {
        let inside = match kind {
            Kind::Copy(transfer) | Kind::Add(transfer) => transfer.destination.span.end as usize,
            Kind::Workdir(text) => text.span.end as usize,
            Kind::Cmd(command) | Kind::Entrypoint(command) => command.span().end as usize,
            Kind::Run(run) => (run.command.span().end as usize).max(start),
            _ => start,
        };
        let line = self.text[inside..].find('\n').map_or(self.text.len(), |at| inside + at);
        inside + self.text[inside..line].trim_end().len()
    }

    fn transfer(
        &self,
        is_add: bool,
        options: &[crate_parser::Flag<'_>],
        sources: &[crate_parser::Source<'_>],
        destination: &crate_parser::UnescapedString<'_>,
    ) -> Kind {
        let sources = sources.iter().map(|source| match source {
            crate_parser::Source::Path(path) => TransferSource::Path(self.text(path)),
            _ => TransferSource::Heredoc,
        });
        let transfer =
            Transfer { flags: flags(options), sources: sources.collect(), destination: self.text(destination) };
        if is_add { Kind::Add(transfer) } else { Kind::Copy(transfer) }
    }

    fn command(&self, command: &crate_parser::Command<'_>) -> CommandLine {
        match command {
            crate_parser::Command::Exec(words) => CommandLine::Exec {
                words: words.value.iter().map(|word| self.text(word)).collect(),
                span: self.span(words.span.clone()),
            },
            crate_parser::Command::Shell(text) => {
                CommandLine::Shell(Text { text: text.value.to_owned(), span: self.span(text.span.clone()) })
            }
            _ => unreachable!("the crate knows two forms of a command"),
        }
    }

    fn run(&self, run: &crate_parser::RunInstruction<'_>) -> Result<RunText, String> {
        let command = self.command(&run.arguments);
        let heredocs: Vec<String> = run.here_docs.iter().map(|each| each.value.clone().into_owned()).collect();
        // The crate reads a here-document only where it opens the instruction; of any other
        // it would take the body for instructions.
        if matches!(&command, CommandLine::Shell(text) if text.text.contains("<<")) {
            return Err("the Dockerfile has a here-document inside a RUN line".to_owned());
        }
        Ok(RunText { flags: flags(&run.options), command, heredocs })
    }
}

fn flags(options: &[crate_parser::Flag<'_>]) -> Vec<Flag> {
    let flag = |flag: &crate_parser::Flag<'_>| Flag {
        name: flag.name.value.clone().into_owned(),
        value: flag.value.as_ref().map(|value| value.value.clone().into_owned()),
    };
    options.iter().map(flag).collect()
}

/// `NAME=default OTHER` of ARG, defaults as written.
fn arguments(text: &str) -> Vec<(String, Option<String>)> {
    let split = |word: String| match word.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (word, None),
    };
    words(text).into_iter().map(split).collect()
}

/// `NAME=value OTHER="a value"` of ENV, or its old form `NAME value`; values as written.
fn variables(text: &str) -> Vec<(String, String)> {
    let text = text.trim();
    let first = text.split_whitespace().next().unwrap_or("");
    if !first.contains('=') {
        return vec![(first.to_owned(), text[first.len()..].trim().to_owned())];
    }
    let split = |word: String| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    words(text).into_iter().filter_map(split).collect()
}

/// Splits at blanks outside quotes; quotes and escapes stay for the expansion to take off.
fn words(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, None) if c.is_whitespace() => {
                out.push(String::new());
                continue;
            }
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        let word = out.last_mut().expect("there is always a word");
        word.push(c);
        if c == '\\' && quote != Some('\'') {
            word.extend(chars.next());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}
