//! What was seen of a host, and what could not be seen.
//!
//! "No" and "could not tell" never share a value: an absent thing is `Known(None)` or
//! `Known(vec![])`, and `Unknown` says which source kept silent and why.

use serde::{Deserialize, Serialize};

/// A fact, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Observed<T> {
    /// The source answered.
    Known(T),
    /// The source could not be asked, did not answer in time, or gave an answer that made no sense.
    Unknown {
        /// Who was asked, such as `docker /info`.
        source: String,
        /// Why there is no answer, as one clause.
        reason: String,
    },
}

impl<T> Observed<T> {
    /// An unknown with its source and reason.
    pub fn unknown(source: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Unknown { source: source.into(), reason: reason.into() }
    }

    /// The fact, if there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown { .. } => None,
        }
    }

    /// The reason why there is no fact.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown { reason, .. } => Some(reason),
        }
    }

    /// The same observation of something derived from the fact.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Observed<U> {
        match self {
            Self::Known(value) => Observed::Known(with(value)),
            Self::Unknown { source, reason } => Observed::Unknown { source, reason },
        }
    }

    /// The observation by reference.
    pub fn as_ref(&self) -> Observed<&T> {
        match self {
            Self::Known(value) => Observed::Known(value),
            Self::Unknown { source, reason } => Observed::Unknown { source: source.clone(), reason: reason.clone() },
        }
    }
}
