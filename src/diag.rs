//! What a run has to say: findings with their places, and the edits that mend them.
//!
//! People call it a finding; the type is [`Diagnostic`]. It knows spans and text, no YAML
//! and no Compose, so that a report can print it without knowing either.

use std::fmt;

use crate::source::Span;

/// A rule's permanent number, such as `CG106`. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// Checked when a rule is compiled: `CG` or `CH` and three digits.
    ///
    /// # Panics
    /// At compile time, when the text is no code.
    pub const fn new(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        assert!(
            bytes.len() == 5 && bytes[0] == b'C' && (bytes[1] == b'G' || bytes[1] == b'H'),
            "CG or CH, then digits"
        );
        assert!(bytes[2].is_ascii_digit() && bytes[3].is_ascii_digit() && bytes[4].is_ascii_digit(), "three digits");
        Self(text)
    }

    /// The code as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.0)
    }
}

/// How bad it is, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing breaks.
    Info,
    /// Works on some hosts, or not for long.
    Warning,
    /// Does not load, does not start, or runs without the GPU that was asked for.
    Error,
}

impl Severity {
    /// Lower-case word, as people and JSON read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A span with the words that belong under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The bytes to underline.
    pub span: Span,
    /// Short, lower case; empty where the message says it all.
    pub message: String,
}

impl Label {
    /// A label with its words.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into() }
    }
}

impl From<Span> for Label {
    fn from(span: Span) -> Self {
        Self { span, message: String::new() }
    }
}

/// What a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Bytes of a file.
    Source(Label),
    /// A file that has no bytes to show: absent, unreadable, or not text.
    File(String),
    /// Something a host said.
    Evidence {
        /// Who said it, such as `docker /info`.
        source: String,
        /// The field, such as `CDISpecDirs`.
        field: String,
        /// Its value, as text.
        value: String,
        /// The field's line, from 1, where the source is a file.
        line: Option<u32>,
    },
}

impl Place {
    /// The span, where there is one.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Source(label) => Some(label.span),
            Self::File(_) | Self::Evidence { .. } => None,
        }
    }
}

/// How far a fix may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Shown, never applied: a person has to fill something in.
    DisplayOnly,
    /// Applied with `--unsafe-fixes`: it may change what the project does.
    Unsafe,
    /// Applied with `--fix`: the same behaviour, or a file that could not load or start and
    /// has only one reading.
    Safe,
}

impl Applicability {
    /// Word for JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DisplayOnly => "display-only",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// New text for a stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that go; empty for an insertion.
    pub span: Span,
    /// What comes in their place.
    pub text: String,
}

/// Edits that mend one finding, all or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the fix does, as an order: `remove the mount`.
    pub title: String,
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// Byte edits of the original text; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that speaks.
    pub code: Code,
    /// How bad this one is; a rule may raise or lower its own.
    pub severity: Severity,
    /// What happened, lower case, no full stop; makes sense alone.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Other places that belong to it, of any file.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// The service it is about.
    pub service: Option<String>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// It tells of something that is missing, which another file may bring: said only where every set of
    /// files with its place misses it.
    pub is_lack: bool,
}

impl Diagnostic {
    /// A finding with a place and nothing else yet.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>, place: Place) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            place,
            related: Vec::new(),
            help: None,
            service: None,
            fix: None,
            is_lack: false,
        }
    }

    /// The same, with help.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, with one more related label.
    #[must_use]
    pub fn with_related(mut self, label: Label) -> Self {
        self.related.push(label);
        self
    }
}

/// A finding that a comment of its file ignores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Diagnostic,
    /// What the comment says of it; may be empty.
    pub reason: String,
    /// The word of the comment that names the rule.
    pub word: Span,
}
