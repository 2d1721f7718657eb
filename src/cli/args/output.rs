//! What was said about the ways to print findings: `--format human --format sarif=out.sarif`.

use std::{ffi::OsStr, path::PathBuf, str::FromStr};

use clap::builder::{PossibleValue, TypedValueParser, ValueParserFactory};

/// Formats of `lint`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum LintFormat {
    /// Headlines, lines and help.
    Human,
    /// One line a finding.
    Concise,
    /// One document for programs (schemas/report-v1.schema.json).
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// A table for a job summary or a comment.
    Markdown,
}

const FORMATS: [(&str, LintFormat, &str); 6] = [
    ("human", LintFormat::Human, "Headlines, lines and help"),
    ("concise", LintFormat::Concise, "One line a finding"),
    ("json", LintFormat::Json, "One document for programs (schemas/report-v1.schema.json)"),
    ("github", LintFormat::Github, "Annotations of GitHub Actions"),
    ("sarif", LintFormat::Sarif, "SARIF 2.1.0, for code scanning"),
    ("markdown", LintFormat::Markdown, "A table for a job summary or a comment"),
];

/// One format and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Output {
    /// How to print.
    pub(in crate::cli) format: LintFormat,
    /// The file to write; standard output where there is none.
    pub(in crate::cli) file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
        let Some((_, format, _)) = FORMATS.iter().find(|(known, ..)| *known == name) else {
            let names: Vec<&str> = FORMATS.iter().map(|(name, ..)| *name).collect();
            return Err(format!("the formats are {}", names.join(", ")));
        };
        match file {
            Some("") => Err(format!("`{name}=` lacks the file's name")),
            file => Ok(Self { format: *format, file: file.map(PathBuf::from) }),
        }
    }
}

/// Reads an [`Output`], and names the formats for help and completions.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct OutputParser;

impl ValueParserFactory for Output {
    type Parser = OutputParser;

    fn value_parser() -> OutputParser {
        OutputParser
    }
}

impl TypedValueParser for OutputParser {
    type Value = Output;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Output, clap::Error> {
        Output::from_str.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue>>> {
        Some(Box::new(FORMATS.iter().map(|(name, _, help)| PossibleValue::new(*name).help(*help))))
    }
}
