//! What a Dockerfile says, as our own types: no variable is replaced yet, no path joined.
//!
//! Apart from the parser so that everything above is free of the crate.

use crate::source::Span;

/// Text with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text, line continuations taken out, variables as written.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

/// One stage: FROM and what follows.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The name behind AS, lower case as the builder compares it.
    pub name: Option<String>,
    /// The image or stage behind FROM.
    pub base: Text,
    /// What `--platform` says.
    pub platform: Option<Text>,
    /// The bytes of FROM and its image.
    pub span: Span,
    /// The instructions behind FROM.
    pub instructions: Vec<Instruction>,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// From its keyword to the end of its last line.
    pub span: Span,
    /// What it says.
    pub kind: Kind,
}

/// What an instruction says.
#[derive(Clone, Debug)]
pub enum Kind {
    /// COPY.
    Copy(Transfer),
    /// ADD.
    Add(Transfer),
    /// WORKDIR.
    Workdir(Text),
    /// ENV: names and values as written.
    Env(Vec<(String, String)>),
    /// ARG: names and defaults as written.
    Arg(Vec<(String, Option<String>)>),
    /// CMD.
    Cmd(CommandLine),
    /// ENTRYPOINT.
    Entrypoint(CommandLine),
    /// SHELL.
    Shell(Vec<Text>),
    /// RUN.
    Run(RunText),
    /// ONBUILD: it acts in the images that are built on this one.
    Onbuild,
    /// An instruction that neither brings files nor changes what runs.
    Other,
}

/// `--name` or `--name=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes.
    pub name: String,
    /// What follows `=`.
    pub value: Option<String>,
}

/// COPY or ADD.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Its flags.
    pub flags: Vec<Flag>,
    /// What it takes.
    pub sources: Vec<TransferSource>,
    /// Where it puts it.
    pub destination: Text,
}

/// What a COPY or ADD takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferSource {
    /// A path, a pattern or an address.
    Path(Text),
    /// A here-document.
    Heredoc,
}

/// A command of CMD, ENTRYPOINT or RUN.
#[derive(Clone, Debug)]
pub enum CommandLine {
    /// A JSON list: started as it is.
    Exec {
        /// The words.
        words: Vec<Text>,
        /// The list's bytes.
        span: Span,
    },
    /// A line for the shell, line continuations still in it.
    Shell(Text),
}

impl CommandLine {
    /// The bytes of the command.
    pub fn span(&self) -> Span {
        match self {
            Self::Exec { span, .. } => *span,
            Self::Shell(text) => text.span,
        }
    }
}

/// RUN.
#[derive(Clone, Debug)]
pub struct RunText {
    /// Its flags.
    pub flags: Vec<Flag>,
    /// Its command; empty where a here-document is the script.
    pub command: CommandLine,
    /// The bodies of its here-documents.
    pub heredocs: Vec<String>,
}
