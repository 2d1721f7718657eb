//! An engine behind SSH, reached as Docker's own command reaches it: `ssh HOST docker system dial-stdio`, whose
//! input and output are the engine's socket (docker/cli cli/connhelper, v29.7.2).
//!
//! The client speaks to sockets, so there is one of ours in between: each connection to it becomes the input and
//! output of an `ssh` of its own.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    os::{
        fd::OwnedFd,
        unix::net::{UnixListener, UnixStream},
    },
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use tempfile::TempDir;

use crate::probe::disk::Disk;

/// A socket that leads to the engine; it is gone when this is dropped.
pub(super) struct Tunnel {
    folder: TempDir,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    is_closed: AtomicBool,
    children: Mutex<Vec<Child>>,
    readers: Mutex<Vec<JoinHandle<()>>>,
    said: Mutex<String>,
}

impl Tunnel {
    /// Opens the socket; no `ssh` is started before somebody connects to it.
    ///
    /// # Errors
    /// As one clause: an address that cannot be understood, no `ssh`, no room for a socket.
    pub(super) fn open(address: &str, environment: &BTreeMap<String, String>) -> Result<Self, String> {
        let words = words(address)?;
        let ssh = Disk::new(Path::new("/")).on_path(environment, "ssh").ok_or("there is no `ssh` on PATH")?;
        let folder = tempfile::Builder::new().prefix("composegpu-").tempdir();
        let folder = folder.map_err(|error| format!("no folder for a socket: {error}"))?;
        let listener = UnixListener::bind(folder.path().join(SOCKET));
        let listener = listener.map_err(|error| format!("no socket to tunnel from: {error}"))?;
        let shared = Arc::new(Shared::default());
        let (environment, inner) = (environment.clone(), Arc::clone(&shared));
        let serve = move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if inner.is_closed.load(Ordering::SeqCst) {
                    break;
                }
                inner.start(Command::new(&ssh.path).args(&words).env_clear().envs(&environment), stream);
            }
        };
        let spawned = thread::Builder::new().name("probe-ssh".to_owned()).spawn(serve);
        spawned.map_err(|error| format!("no thread to tunnel in: {error}"))?;
        Ok(Self { folder, shared })
    }

    /// The address to connect to.
    pub(super) fn address(&self) -> String {
        format!("unix://{}", self.folder.path().join(SOCKET).display())
    }

    /// The last line that an `ssh` that has ended wrote as an error.
    pub(super) fn said(&self) -> Option<String> {
        for _ in 0..SETTLING {
            let readers = self.shared.readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.iter().all(JoinHandle::is_finished) {
                break;
            }
            drop(readers);
            thread::sleep(Duration::from_millis(10));
        }
        let said = self.shared.said.lock().unwrap_or_else(PoisonError::into_inner);
        Some(said.clone()).filter(|said| !said.is_empty())
    }
}

const SOCKET: &str = "docker.sock";

/// How many hundredths of a second an `ssh` may take to end after its connection did.
const SETTLING: usize = 30;

impl Shared {
    fn start(self: &Arc<Self>, ssh: &mut Command, stream: UnixStream) {
        let started = stream.try_clone().and_then(|input| {
            let (input, output) = (OwnedFd::from(input), OwnedFd::from(stream));
            ssh.stdin(Stdio::from(input)).stdout(Stdio::from(output)).stderr(Stdio::piped()).spawn()
        });
        let mut child = match started {
            Ok(child) => child,
            Err(error) => return self.say(format!("`ssh` cannot be run: {error}")),
        };
        let Some(errors) = child.stderr.take() else { return };
        self.children.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        let shared = Arc::clone(self);
        let read = move || {
            let lines = BufReader::new(errors).lines().map_while(Result::ok);
            lines.filter(|line| !line.trim().is_empty()).for_each(|line| shared.say(line.trim().to_owned()));
        };
        if let Ok(reader) = thread::Builder::new().spawn(read) {
            self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        }
    }

    fn say(&self, line: String) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.shared.is_closed.store(true, Ordering::SeqCst);
        // The thread that waits for a connection sees then that it is over.
        let _ = UnixStream::connect(self.folder.path().join(SOCKET));
        for mut child in self.shared.children.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What `ssh` is called with. It asks for no password: nobody may be there to answer.
fn words(address: &str) -> Result<Vec<String>, String> {
    let rest = address.strip_prefix("ssh://").unwrap_or(address);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let (host, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => host.rsplit_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || user.is_some_and(|user| user.is_empty() || user.contains(':')) {
        return Err("it should be `ssh://USER@HOST`, without a password".to_owned());
    }
    let mut words = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "-T"].map(str::to_owned).to_vec();
    for (flag, value) in [("-l", user), ("-p", port)] {
        words.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value.to_owned()]));
    }
    words.extend(["--", host, "docker"].map(str::to_owned));
    if !path.is_empty() {
        // The other side's shell reads this.
        words.extend(["--host".to_owned(), format!("'unix:///{}'", path.replace('\'', r"'\''"))]);
    }
    words.extend(["system", "dial-stdio"].map(str::to_owned));
    Ok(words)
}
