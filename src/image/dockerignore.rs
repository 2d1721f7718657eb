//! `.dockerignore`: which paths of a build context the builder never sees.
//!
//! Apart because the file has a language of its own: comments, negations, and a match on a
//! folder that holds for all below it.
//! Source: moby/patternmatcher `patternmatcher.go` (`MatchesOrParentMatches`) and
//! `ignorefile/ignorefile.go`.

use super::{pattern::Pattern, place};
use crate::source::{FileId, Span};

/// The patterns of one file, in order; the last one that matches decides.
#[derive(Clone, Debug, Default)]
pub struct Dockerignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    pattern: Pattern,
    is_exception: bool,
    span: Span,
}

impl Dockerignore {
    /// Reads the text of a `.dockerignore`.
    ///
    /// # Errors
    /// The line that is no pattern; the builder refuses such a file.
    pub fn parse(file: FileId, text: &str) -> Result<Self, String> {
        let mut rules = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = start;
            start += line.len();
            let line = line.trim_start_matches('\u{feff}');
            let pattern = line.trim();
            if line.starts_with('#') || pattern.is_empty() {
                continue;
            }
            let offset = at + text[at..].find(pattern).unwrap_or(0);
            let span = Span::new(file, offset, offset + pattern.len());
            rules.extend(rule(pattern, span)?);
        }
        Ok(Self { rules })
    }

    /// Whether any pattern takes something back in.
    pub fn has_exceptions(&self) -> bool {
        self.rules.iter().any(|rule| rule.is_exception)
    }

    /// The pattern that keeps a path out of the context; `None` where the path is in it.
    /// `path` is relative to the context, written with `/`.
    pub fn excludes(&self, path: &str) -> Option<Span> {
        let mut excluded = None;
        for rule in &self.rules {
            if rule.is_exception == excluded.is_some() && rule.matches(path) {
                excluded = (!rule.is_exception).then_some(rule.span);
            }
        }
        excluded
    }
}

impl Rule {
    /// A rule that matches a folder holds for all below it.
    fn matches(&self, path: &str) -> bool {
        let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
        parents.chain([path]).any(|path| self.pattern.matches(path))
    }
}

fn rule(line: &str, span: Span) -> Result<Option<Rule>, String> {
    let (is_exception, line) = match line.strip_prefix('!') {
        Some(rest) => (true, rest.trim()),
        None => (false, line),
    };
    let cleaned = place::normal(&format!("/{line}"));
    let cleaned = cleaned.trim_start_matches('/');
    if cleaned.is_empty() {
        return Ok(None);
    }
    let pattern = Pattern::new(cleaned).ok_or_else(|| format!("`.dockerignore` has `{line}`, which is no pattern"))?;
    Ok(Some(Rule { pattern, is_exception, span }))
}
