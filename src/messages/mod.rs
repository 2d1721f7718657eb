//! What engines, the toolkit and Compose say when a GPU cannot be had: texts, causes, ways out.
//!
//! A table of texts with holes, and the search for them in whatever a person pastes: one line, or
//! a log of thousands, with any prefix and suffix. It names rules by code and knows nothing else.

mod cdi;
mod compose;
mod driver;
mod engine;
mod line;
mod models;
mod pattern;
mod programs;
mod project;
mod search;
mod toolkit;

pub use search::Search;

/// One text of a program, as far as it is always the same.
#[derive(Debug)]
pub struct Message {
    /// Kebab-case name of the row.
    pub name: &'static str,
    /// The text, with `{holes}`; a blank stands for any white space, letters for both cases.
    pub text: &'static str,
    /// Why the program says so; holes of the text may occur in it.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// Codes of the rules that know more, the closest first; none where no rule does yet.
    pub rules: &'static [&'static str],
    /// What of a project it is about.
    pub about: About,
    /// Where the text was read: a source file at a version, a manual, or a recorded run.
    pub source: &'static str,
}

/// What of a project a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Requests that a device driver of the engine fulfils; of the hole `driver`, where there is one.
    Driver,
    /// CDI names; those in the hole `devices`, where there is one.
    Cdi,
    /// Services with a runtime.
    Runtime,
    /// Device nodes.
    Node,
    /// The service in the hole `service`.
    Service,
    /// Every request.
    Any,
}

/// A message that occurs in a text.
#[derive(Clone, Debug)]
pub struct Found {
    /// The row of the table.
    pub message: &'static Message,
    /// The text as it occurs, on one line.
    pub text: String,
    /// What stands in the holes.
    pub holes: Vec<(&'static str, String)>,
}

impl Found {
    /// What stands in a hole.
    pub fn hole(&self, name: &str) -> Option<&str> {
        self.holes.iter().find(|(hole, _)| *hole == name).map(|(_, text)| text.as_str())
    }

    /// The cause, with what stands in the holes.
    pub fn cause(&self) -> String {
        let fill = |text: String, (hole, value): &(&str, String)| text.replace(&format!("{{{hole}}}"), value);
        self.holes.iter().fold(self.message.cause.to_owned(), fill)
    }
}

/// All rows; of two that fit the same place the first counts.
pub fn all() -> impl Iterator<Item = &'static Message> {
    [
        project::MESSAGES,
        compose::MESSAGES,
        driver::MESSAGES,
        toolkit::MESSAGES,
        cdi::MESSAGES,
        engine::MESSAGES,
        models::MESSAGES,
        programs::MESSAGES,
    ]
    .into_iter()
    .flatten()
}

/// The known messages that occur in a text, in its order, each with the same holes once.
pub fn find(text: &str) -> Vec<Found> {
    let mut search = Search::default();
    search.feed(text.as_bytes());
    search.finish()
}
