//! Work that may take no longer than its deadline: a thread of our own, or a program.
//!
//! A call that never returns (a dead network folder, a hanging driver) cannot be stopped from
//! outside. Its thread is left behind and ends with the process.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use crate::observed::Observed;

/// Work that was started.
pub(super) struct Pending<T> {
    source: &'static str,
    timeout: Duration,
    until: Instant,
    answer: Option<Receiver<Observed<T>>>,
}

/// Starts work in a thread of its own; its time runs from now.
pub(super) fn start<T: Send + 'static>(
    source: &'static str,
    timeout: Duration,
    work: impl FnOnce() -> Observed<T> + Send + 'static,
) -> Pending<T> {
    let (sender, receiver) = mpsc::channel();
    let spawned = thread::Builder::new().name(format!("probe-{source}")).spawn(move || {
        // Nobody listens any more after the deadline.
        let _ = sender.send(work());
    });
    Pending { source, timeout, until: Instant::now() + timeout, answer: spawned.is_ok().then_some(receiver) }
}

impl<T> Pending<T> {
    /// The answer, or why there is none.
    pub(super) fn wait(self) -> Observed<T> {
        let Some(answer) = self.answer else {
            return Observed::unknown(self.source, "the system gave no thread to ask in");
        };
        // Work that watches the deadline itself gives a better reason; let it be first.
        let grace = Duration::from_millis(100);
        match answer.recv_timeout(self.until.saturating_duration_since(Instant::now()) + grace) {
            Ok(observed) => observed,
            Err(RecvTimeoutError::Timeout) => Observed::unknown(self.source, no_answer(self.timeout)),
            Err(RecvTimeoutError::Disconnected) => {
                Observed::unknown(self.source, "asking it ended in a bug of composegpu")
            }
        }
    }
}

/// The reason of everything that was too slow.
pub(super) fn no_answer(timeout: Duration) -> String {
    format!("no answer in {} s", timeout.as_secs_f32())
}

/// What a program printed.
#[derive(Debug)]
pub(super) struct Printed {
    /// On its standard output.
    pub(super) text: String,
    /// How it ended.
    pub(super) status: ExitStatus,
}

/// Why a program printed nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfinished {
    /// The system's reason.
    #[error("`{0}` cannot be run: {1}")]
    NotStarted(String, io::Error),
    /// It was not done in time.
    #[error("`{0}` gave {reason}", reason = no_answer(*.1))]
    TooSlow(String, Duration),
}

impl From<Unfinished> for String {
    fn from(unfinished: Unfinished) -> Self {
        unfinished.to_string()
    }
}

/// The most that a program may print before it is not listened to any more, in bytes.
const MAX_PRINTED: u64 = 4 << 20;

/// Runs a program with this environment alone and gives what it printed on its standard output.
///
/// # Errors
/// It cannot be started, or it is not done in time.
pub(super) fn run(
    program: &Path,
    arguments: &[&str],
    environment: &BTreeMap<String, String>,
    timeout: Duration,
) -> Result<Printed, Unfinished> {
    let until = Instant::now() + timeout;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(environment);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let name = || program.display().to_string();
    let mut child = command.spawn().map_err(|error| Unfinished::NotStarted(name(), error))?;
    let stdout = child.stdout.take().expect("standard output is piped");
    let (sender, receiver) = mpsc::channel();
    let reader = thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        // What was printed before a read error counts.
        let _ = stdout.take(MAX_PRINTED).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    let printed = match reader {
        Ok(_) => receiver.recv_timeout(until.saturating_duration_since(Instant::now())).ok(),
        Err(_) => None,
    };
    let status = printed.as_ref().and_then(|_| wait(&mut child, until));
    match (printed, status) {
        (Some(bytes), Some(status)) => Ok(Printed { text: String::from_utf8_lossy(&bytes).into_owned(), status }),
        _ => {
            abandon(child);
            Err(Unfinished::TooSlow(name(), timeout))
        }
    }
}

/// Waits for a program that has closed its output; `None` where it does not end.
fn wait(child: &mut Child, until: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(2)),
            Ok(None) | Err(_) => return None,
        }
    }
}

/// Ends a program. One that hangs inside the kernel ends only when the kernel lets it, so that a
/// thread of its own waits for it.
fn abandon(mut child: Child) {
    let _ = child.kill();
    let _ = thread::Builder::new().spawn(move || child.wait());
}
