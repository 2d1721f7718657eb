//! Paths into a Compose model, and the patterns that Compose's tables are keyed by.

/// Keys from the model's root. Items of a list are `[]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path(Vec<String>);

/// A pattern: `services.*.devices`, where `*` is any one step.
pub(crate) type Pattern = &'static str;

impl Path {
    /// Goes down a step.
    pub(crate) fn push(&mut self, step: &str) {
        self.0.push(step.to_owned());
    }

    /// Comes back up.
    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }

    /// The steps.
    pub(crate) fn steps(&self) -> &[String] {
        &self.0
    }

    /// Whether the pattern fits, step by step.
    pub(crate) fn matches(&self, pattern: Pattern) -> bool {
        let mut steps = self.0.iter();
        let fits = pattern.split('.').all(|part| steps.next().is_some_and(|step| part == "*" || part == step));
        fits && steps.next().is_none()
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0.join("."))
    }
}
