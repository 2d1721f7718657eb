//! What was said about the ways to print findings: `--format human --format sarif=out.sarif`.

use std::{path::PathBuf, str::FromStr};

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

const FORMATS: [(&str, LintFormat); 6] = [
    ("human", LintFormat::Human),
    ("concise", LintFormat::Concise),
    ("json", LintFormat::Json),
    ("github", LintFormat::Github),
    ("sarif", LintFormat::Sarif),
    ("markdown", LintFormat::Markdown),
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
        let Some((_, format)) = FORMATS.iter().find(|(known, _)| *known == name) else {
            let names: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
            return Err(format!("the formats are {}", names.join(", ")));
        };
        match file {
            Some("") => Err(format!("`{name}=` lacks the file's name")),
            file => Ok(Self { format: *format, file: file.map(PathBuf::from) }),
        }
    }
}
