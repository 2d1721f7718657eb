//! The configuration's text: every key and value with its place, so that a mistake is named where it is.

use std::{
    fmt::Display,
    ops::Range,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Configuration, NamedSet};
use crate::{
    cli::{args::FailOn, exit::CliError, matcher::Matcher, selector::Selector},
    compose::suggest::closest,
    diag::Severity,
    source::{SourceMap, Span, decode},
};

/// Keys at the top of the file.
const KEYS: [&str; 11] = [
    "select",
    "extend-select",
    "ignore",
    "severity",
    "per-file-ignores",
    "fail-on",
    "exclude",
    "files",
    "host",
    "baseline",
    "projects",
];

/// Keys of a set of files.
const SET_KEYS: [&str; 3] = ["files", "profiles", "env-files"];

type Value<'a> = Spanned<DeValue<'a>>;

/// Reads a file that is shown as `path`; the paths in it start in `folder`.
///
/// # Errors
/// [`CliError::Configuration`] with the place of the first mistake.
pub(super) fn read(path: &Path, folder: &Path, content: Vec<u8>) -> Result<Configuration, CliError> {
    let (text, is_exact) =
        decode(content).map_err(|error| CliError::Configuration(format!("{} is no text: {error}", path.display())))?;
    let mut sources = SourceMap::default();
    sources.add(path, text.clone(), is_exact);
    let reader = Reader { sources: &sources, folder };
    let table = DeTable::parse(&text).map_err(|error| {
        let what = error.message().lines().collect::<Vec<_>>().join(", ");
        reader.mistake(error.span().unwrap_or(0..0), what)
    })?;
    let mut out = Configuration::default();
    for (key, value) in table.get_ref() {
        match key.get_ref().as_ref() {
            "select" => out.select = reader.rules(value)?,
            "extend-select" => out.extend_select = reader.rules(value)?,
            "ignore" => out.ignore = reader.rules(value)?,
            "severity" => out.severity = reader.severities(value)?,
            "per-file-ignores" => out.per_file_ignores = reader.per_file(value)?,
            "fail-on" => out.fail_on = Some(reader.fail_on(value)?),
            "exclude" => out.exclude = Some(reader.patterns(value)?),
            "files" => out.files = Some(reader.patterns(value)?),
            "host" => out.host = Some(reader.host(value)?),
            "baseline" => out.baseline = Some(folder.join(reader.text(value)?)),
            "projects" => out.projects = reader.sets(value)?,
            _ => return Err(reader.unknown(key.span(), key.get_ref(), &KEYS)),
        }
    }
    Ok(out)
}

struct Reader<'a> {
    sources: &'a SourceMap,
    folder: &'a Path,
}

impl Reader<'_> {
    /// `composegpu.toml:3:1: unknown key …`
    fn mistake(&self, range: Range<usize>, what: impl Display) -> CliError {
        let (id, file) = self.sources.iter().next().expect("the file was added");
        let at = self.sources.start(Span::new(id, range.start, range.end));
        CliError::Configuration(format!("{}:{}:{}: {what}", file.path().display(), at.line, at.column))
    }

    fn unknown(&self, range: Range<usize>, key: &str, known: &[&str]) -> CliError {
        let hint = match closest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys are {}", known.join(", ")),
        };
        self.mistake(range, format!("unknown key `{key}`; {hint}"))
    }

    fn text<'a>(&self, value: &'a Value<'_>) -> Result<&'a str, CliError> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            other => Err(self.mistake(value.span(), format!("a string belongs here, not {}", kind(other)))),
        }
    }

    /// The strings of a list, with their places.
    fn texts<'a>(&self, value: &'a Value<'_>) -> Result<Vec<(Range<usize>, &'a str)>, CliError> {
        let DeValue::Array(items) = value.get_ref() else {
            let kind = kind(value.get_ref());
            return Err(self.mistake(value.span(), format!("a list of strings belongs here, not {kind}")));
        };
        items.iter().map(|item| Ok((item.span(), self.text(item)?))).collect()
    }

    fn table<'a, 'b>(&self, value: &'a Value<'b>) -> Result<&'a DeTable<'b>, CliError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            other => Err(self.mistake(value.span(), format!("a table belongs here, not {}", kind(other)))),
        }
    }

    fn rule(&self, range: Range<usize>, word: &str) -> Result<Selector, CliError> {
        Selector::read(word).map_err(|reason| self.mistake(range, reason))
    }

    fn rules(&self, value: &Value<'_>) -> Result<Vec<Selector>, CliError> {
        self.texts(value)?.into_iter().map(|(range, word)| self.rule(range, word)).collect()
    }

    fn severities(&self, value: &Value<'_>) -> Result<Vec<(Selector, Severity)>, CliError> {
        let severity = |value: &Value<'_>| match self.text(value)? {
            "error" => Ok(Severity::Error),
            "warning" => Ok(Severity::Warning),
            "info" => Ok(Severity::Info),
            other => {
                let what =
                    format!("`{other}` is no severity; `error`, `warning` and `info` are (`ignore` switches off)");
                Err(self.mistake(value.span(), what))
            }
        };
        let entries = self.table(value)?.iter();
        entries.map(|(key, value)| Ok((self.rule(key.span(), key.get_ref())?, severity(value)?))).collect()
    }

    fn per_file(&self, value: &Value<'_>) -> Result<Vec<(Matcher, Vec<Selector>)>, CliError> {
        let entries = self.table(value)?.iter();
        entries.map(|(key, value)| Ok((self.matcher(&[(key.span(), key.get_ref())])?, self.rules(value)?))).collect()
    }

    fn patterns(&self, value: &Value<'_>) -> Result<Matcher, CliError> {
        self.matcher(&self.texts(value)?)
    }

    fn matcher(&self, patterns: &[(Range<usize>, &str)]) -> Result<Matcher, CliError> {
        for (range, pattern) in patterns {
            Matcher::new(self.folder, [*pattern]).map_err(|reason| self.mistake(range.clone(), reason))?;
        }
        let all = patterns.iter().map(|(_, pattern)| *pattern);
        Matcher::new(self.folder, all).map_err(|reason| self.mistake(0..0, reason))
    }

    fn fail_on(&self, value: &Value<'_>) -> Result<FailOn, CliError> {
        match self.text(value)? {
            "error" => Ok(FailOn::Error),
            "warning" => Ok(FailOn::Warning),
            "info" => Ok(FailOn::Info),
            "never" => Ok(FailOn::Never),
            other => {
                let what = format!("`{other}` is no severity to fail on; `error`, `warning`, `info` and `never` are");
                Err(self.mistake(value.span(), what))
            }
        }
    }

    /// `@NAME` stays as it is; a file's path starts in the configuration's folder. What a repository
    /// holds makes nobody look at a machine: `live` has to be said on the command line.
    fn host(&self, value: &Value<'_>) -> Result<String, CliError> {
        match self.text(value)? {
            "live" => {
                Err(self.mistake(value.span(), "`live` is for the command line; name a recorded host's file here"))
            }
            name if name.starts_with('@') => Ok(name.to_owned()),
            path => Ok(self.folder.join(path).display().to_string()),
        }
    }

    fn sets(&self, value: &Value<'_>) -> Result<Vec<NamedSet>, CliError> {
        let entries = self.table(value)?.iter();
        entries.map(|(key, value)| self.set(key.get_ref(), key.span(), value)).collect()
    }

    fn set(&self, name: &str, place: Range<usize>, value: &Value<'_>) -> Result<NamedSet, CliError> {
        let mut set =
            NamedSet { name: name.to_owned(), files: Vec::new(), profiles: Vec::new(), env_files: Vec::new() };
        for (key, value) in self.table(value)? {
            let texts = |value| Ok::<_, CliError>(self.texts(value)?.into_iter().map(|(_, text)| text));
            let paths =
                |value| Ok::<Vec<PathBuf>, CliError>(texts(value)?.map(|path| self.folder.join(path)).collect());
            match key.get_ref().as_ref() {
                "files" => set.files = paths(value)?,
                "env-files" => set.env_files = paths(value)?,
                "profiles" => set.profiles = texts(value)?.map(str::to_owned).collect(),
                _ => return Err(self.unknown(key.span(), key.get_ref(), &SET_KEYS)),
            }
        }
        if set.files.is_empty() {
            return Err(self.mistake(place, format!("the project `{name}` names no `files`")));
        }
        Ok(set)
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
