//! What the engine did when it was asked for a GPU in truth.

use serde::{Deserialize, Serialize};

use super::HostFacts;
use crate::observed::Observed;

/// One container that asked for GPUs in one form, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The form, by the word of `--form`.
    pub form: String,
    /// The names that were asked for: qualified ones for `cdi` and `cdi-reservation`, else indices, UUIDs or `all`.
    pub devices: Vec<String>,
    /// What the engine did; unknown where it could not be tried.
    pub outcome: Observed<TrialOutcome>,
}

/// What an engine does with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialOutcome {
    /// The request was met: only the program was missing, of which the image has none.
    Met,
    /// The container was refused or did not start, with the engine's text.
    Refused(String),
}

impl HostFacts {
    /// What a trial of just this form and these names gave.
    pub fn trial(&self, form: &str, devices: &[String]) -> Option<&TrialOutcome> {
        let trial = self.trials.iter().find(|trial| trial.form == form && trial.devices == devices)?;
        trial.outcome.known()
    }
}
