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

    /// Whether the pattern fits, step by step. Asked for every value and every pattern of a
    /// table, so it stops at the first byte that differs.
    pub(crate) fn matches(&self, pattern: Pattern) -> bool {
        let mut rest = Some(pattern);
        for step in &self.0 {
            let behind = rest.and_then(|rest| match rest.strip_prefix('*') {
                Some(behind) => Some(behind),
                None => rest.strip_prefix(step.as_str()).filter(|_| !step.contains('.')),
            });
            rest = match behind {
                Some("") => None,
                Some(behind) if behind.starts_with('.') => Some(&behind[1..]),
                _ => return false,
            };
        }
        rest.is_none()
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0.join("."))
    }
}
