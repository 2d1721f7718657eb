//! What a container that nothing can run in tells of its request.

use bollard::errors::Error;

use super::request::PROGRAM;
use crate::{host::TrialOutcome, lower::Form};

/// What came of one container.
pub(super) struct Seen {
    /// What the engine did.
    pub(super) outcome: TrialOutcome,
    /// The paths that its image has not, where the engine tells them.
    pub(super) paths: Option<Vec<String>>,
}

impl Seen {
    /// Docker meets a device request or refuses it. A runtime may ignore the variable: then nothing of the driver,
    /// of which each of its modes mounts libraries, has a place in the container.
    pub(super) fn judged(mut self, form: Form, plain: Option<&[String]>) -> Self {
        if form == Form::Runtime && self.outcome == TrialOutcome::Met && self.has_nothing_new(plain) {
            self.outcome = TrialOutcome::Silent;
        }
        self
    }

    /// Whether it is known to hold no path that a container without a request has not as well.
    fn has_nothing_new(&self, plain: Option<&[String]>) -> bool {
        let (Some(paths), Some(plain)) = (&self.paths, plain) else { return false };
        paths.iter().all(|path| plain.contains(path))
    }
}

/// The engine's refusal: of the request, or of the program that nobody wrote.
pub(super) fn refused(error: Error) -> Result<TrialOutcome, Error> {
    let Error::DockerResponseServerError { message, .. } = error else { return Err(error) };
    let is_missing = ["no such file", "not found"].iter().any(|said| message.to_lowercase().contains(said));
    Ok(if message.contains(PROGRAM) && is_missing { TrialOutcome::Met } else { TrialOutcome::Refused(message) })
}
