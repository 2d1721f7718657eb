//! Findings for people: a headline, the lines with the place marked, what to do, and a
//! last line that counts. The only file that knows the paint, `miette`.

use std::{
    error::Error,
    fmt::{self, Write as _},
};

use miette::{
    LabeledSpan, MietteError, MietteHandler, MietteHandlerOpts, MietteSpanContents, ReportHandler, RgbColors,
};

use super::{
    Counts, Report,
    excerpt::Excerpt,
    matrix::matrix,
    printable::{one_line, printable},
    statistics,
    unjudged::unjudged,
};
use crate::{
    diag::{Applicability, Diagnostic, Label, Place, Severity},
    source::{FileId, SourceMap},
};

/// Lines shown around a place.
const CONTEXT_LINES: usize = 1;

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Use colours.
    pub is_coloured: bool,
    /// Draw with characters beyond ASCII.
    pub is_unicode: bool,
    /// Make the codes of rules links to their pages, as terminals take them (OSC 8).
    pub has_links: bool,
    /// Columns to wrap messages at; `None` asks the terminal.
    pub width: Option<usize>,
}

/// The findings, and below them what could not be judged, the statistics and the counts;
/// nothing at all where there is nothing to say.
pub fn human(report: &Report<'_>, look: Look) -> String {
    let handler = handler(look);
    let mut out = String::new();
    for finding in report.findings {
        for part in parts(report, finding, look) {
            let painted = Painted { handler: &handler, diagnostic: &part };
            write!(out, "{painted}").expect("writing to a String cannot fail");
        }
        out.push('\n');
    }
    out.push_str(&unjudged(report, look));
    if report.has_statistics {
        for (code, count) in statistics(report.findings) {
            writeln!(out, "{count:>5}  {code} {}", report.name_of(code)).expect("writing to a String cannot fail");
        }
    }
    if let Some(services) = report.matrix {
        out.push_str(&matrix(services, look));
    }
    out.push_str(&summary(&Counts::of(report.findings)));
    out
}

/// `2 errors, 3 warnings; 1 fixable with --fix`; empty without findings.
fn summary(counts: &Counts) -> String {
    let kinds =
        [(counts.errors, "error", "errors"), (counts.warnings, "warning", "warnings"), (counts.infos, "info", "infos")];
    let kinds = kinds.iter().filter(|(count, ..)| *count > 0);
    let kinds: Vec<String> =
        kinds.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect();
    if kinds.is_empty() {
        return String::new();
    }
    let fixes = match (counts.fixable, counts.unsafe_fixable) {
        (0, 0) => String::new(),
        (safe, 0) => format!("; {safe} fixable with --fix"),
        (0, risky) => format!("; {risky} fixable with --fix --unsafe-fixes"),
        (safe, risky) => format!("; {safe} fixable with --fix, {risky} more with --unsafe-fixes"),
    };
    format!("{}{fixes}\n", kinds.join(", "))
}

fn handler(look: Look) -> MietteHandler {
    let options = MietteHandlerOpts::new()
        .force_graphical(true)
        .terminal_links(false)
        .rgb_colors(RgbColors::Never)
        .color(look.is_coloured)
        .unicode(look.is_unicode)
        .context_lines(CONTEXT_LINES);
    match look.width {
        Some(width) => options.width(width.max(20)),
        None => options,
    }
    .build()
}

/// Gives the handler's text.
struct Painted<'a> {
    handler: &'a MietteHandler,
    diagnostic: &'a dyn miette::Diagnostic,
}

impl fmt::Display for Painted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handler.debug(self.diagnostic, out)
    }
}

/// A finding as the paint wants it, or the part of one that lies in another file.
#[derive(Debug)]
struct Headline {
    code: Option<String>,
    severity: Severity,
    message: String,
    help: Option<String>,
    evidence: Option<Evidence>,
    excerpt: Option<Excerpt>,
    labels: Vec<String>,
}

/// What a host said, shown below the message as its cause.
#[derive(Debug)]
struct Evidence(String);

/// The finding with the labels of its own file; below it, one part for each other file. The
/// paint shows one source at a time.
fn parts(report: &Report<'_>, finding: &Diagnostic, look: Look) -> Vec<Headline> {
    let (mut near, mut far): (Vec<&Label>, Vec<&Label>) = (Vec::new(), Vec::new());
    let home = finding.place.span().map(|span| span.file);
    if let Place::Source(label) = &finding.place {
        near.push(label);
    }
    for label in &finding.related {
        if Some(label.span.file) == home { near.push(label) } else { far.push(label) }
    }
    let help = finding.help.as_deref().map(|help| printable(help).into_owned());
    let main = Headline {
        code: Some(headline(report, finding, look)),
        severity: finding.severity,
        message: message(finding),
        help: None,
        evidence: evidence(&finding.place),
        excerpt: home.map(|file| Excerpt::new(report.sources.file(file), &near, CONTEXT_LINES)),
        labels: words(&near),
    };
    let others = by_file(&far).into_iter().map(|(file, labels)| elsewhere(report.sources, file, &labels));
    let mut parts: Vec<Headline> = std::iter::once(main).chain(others).collect();
    if let Some(last) = parts.last_mut() {
        last.help = help;
    }
    parts
}

fn elsewhere(sources: &SourceMap, file: FileId, labels: &[&Label]) -> Headline {
    Headline {
        code: None,
        severity: Severity::Info,
        message: format!("see also `{}`", one_line(&sources.file(file).path().display().to_string())),
        help: None,
        evidence: None,
        excerpt: Some(Excerpt::new(sources.file(file), labels, CONTEXT_LINES)),
        labels: words(labels),
    }
}

/// `warning[CG106] legacy-gpu-reservation`, with a mark where a fix can be applied.
fn headline(report: &Report<'_>, finding: &Diagnostic, look: Look) -> String {
    let fix = match finding.fix.as_ref().map(|fix| fix.applicability) {
        Some(Applicability::Safe) => " (--fix)",
        Some(Applicability::Unsafe) => " (--unsafe-fixes)",
        Some(Applicability::DisplayOnly) | None => "",
    };
    let code = match report.page_address(finding.code) {
        Some(address) if look.has_links => format!("\x1b]8;;{address}\x1b\\{}\x1b]8;;\x1b\\", finding.code),
        _ => finding.code.to_string(),
    };
    format!("{}[{code}] {}{fix}", finding.severity.as_str(), report.name_of(finding.code))
}

fn message(finding: &Diagnostic) -> String {
    match &finding.place {
        Place::File(path) if !finding.message.contains(path.as_str()) => {
            format!("{}: {}", one_line(path), one_line(&finding.message))
        }
        _ => one_line(&finding.message),
    }
}

fn evidence(place: &Place) -> Option<Evidence> {
    match place {
        Place::Evidence { source, field, value, line } => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            Some(Evidence(one_line(&format!("{source}{line} says {field} is {value}"))))
        }
        Place::Source(_) | Place::File(_) => None,
    }
}

fn words(labels: &[&Label]) -> Vec<String> {
    labels.iter().map(|label| one_line(&label.message)).collect()
}

/// The labels of each file, files in the order of their first label.
fn by_file<'a>(labels: &[&'a Label]) -> Vec<(FileId, Vec<&'a Label>)> {
    let mut files: Vec<(FileId, Vec<&Label>)> = Vec::new();
    for label in labels {
        match files.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, labels)) => labels.push(label),
            None => files.push((label.span.file, vec![label])),
        }
    }
    files
}

impl fmt::Display for Headline {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl Error for Headline {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.evidence.as_ref().map(|evidence| evidence as &(dyn Error + 'static))
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Error for Evidence {}

impl miette::Diagnostic for Headline {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let spans = &self.excerpt.as_ref()?.spans;
        Some(Box::new(spans.iter().zip(&self.labels).enumerate().map(|(at, (span, words))| {
            let words = (!words.is_empty()).then(|| words.clone());
            let place = (span.start, span.len());
            if at == 0 {
                LabeledSpan::new_primary_with_span(words, place)
            } else {
                LabeledSpan::new_with_span(words, place)
            }
        })))
    }
}

impl miette::SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, MietteError> {
        let range = span.offset()..span.offset() + span.len();
        let part = self.part(range, before, after).ok_or(MietteError::OutOfBounds)?;
        let place = (part.range.start, part.range.len()).into();
        let data = &self.text.as_bytes()[part.range];
        let contents =
            MietteSpanContents::new_named(self.name.clone(), data, place, part.line, part.column, part.line_count);
        Ok(Box::new(contents))
    }
}
