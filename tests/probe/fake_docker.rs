//! A socket that behaves like Docker, or badly.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    sync::Arc,
    thread,
};

use tempfile::TempDir;

/// What happens to whoever connects.
#[derive(Clone)]
pub(crate) enum Manner {
    /// Nothing, ever.
    Hangs,
    /// The connection ends.
    Closes,
    /// These bytes, then the end.
    Says(Vec<u8>),
    /// A status and a body for every request.
    Answers(&'static str, String),
    /// A body that goes on and on.
    NeverEnds,
    /// `/version` and `/info`.
    Engine((String, String)),
    /// A status and a body by what is asked.
    Script(Answering),
}

/// Answers a request with a status and a body.
#[derive(Clone)]
pub(crate) struct Answering(Arc<Answer>);

type Answer = dyn Fn(&str) -> (&'static str, String) + Send + Sync;

impl Answering {
    pub(crate) fn new(answer: impl Fn(&str) -> (&'static str, String) + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }
}

/// The socket, for as long as this lives.
pub(crate) struct FakeDocker {
    folder: TempDir,
}

impl FakeDocker {
    pub(crate) fn start(manner: Manner) -> Self {
        let folder = TempDir::new().expect("a folder");
        let listener = UnixListener::bind(folder.path().join("docker.sock")).expect("a socket");
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let manner = manner.clone();
                thread::spawn(move || serve(stream, &manner));
            }
        });
        Self { folder }
    }

    pub(crate) fn address(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }
}

/// Whoever has connected may go away at any time; then there is nobody to tell.
fn serve(mut stream: UnixStream, manner: &Manner) {
    if matches!(manner, Manner::Closes) {
        return;
    }
    let Some(request) = request(&mut stream) else { return };
    let answer = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    match manner {
        Manner::Closes => {}
        Manner::Hangs => while request_again(&mut stream) {},
        Manner::Says(bytes) => drop(stream.write_all(bytes)),
        Manner::Answers(status, body) => drop(stream.write_all(answer(status, body).as_bytes())),
        Manner::NeverEnds => {
            let mut is_listening = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_ok();
            while is_listening {
                is_listening = stream.write_all(b"1\r\n \r\n").is_ok();
            }
        }
        Manner::Script(Answering(script)) => {
            let (status, body) = script(&request);
            drop(stream.write_all(answer(status, &body).as_bytes()));
        }
        Manner::Engine((version, info)) => {
            let body = if request.contains("/version") { version } else { info };
            drop(stream.write_all(answer("200 OK", body).as_bytes()));
        }
    }
}

/// A request with its body, where its length is given.
fn request(stream: &mut UnixStream) -> Option<String> {
    let (mut buffer, mut bytes) = ([0; 4096], Vec::new());
    loop {
        let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_lowercase();
        let wanted = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= wanted.unwrap_or_default() {
            return Some(text);
        }
    }
}

/// Waits until the other side has gone.
fn request_again(stream: &mut UnixStream) -> bool {
    request(stream).is_some()
}

/// The two answers of an engine on this machine, or on one of another name.
pub(crate) fn engine(name: Option<&str>) -> (String, String) {
    let here = |path: &str| fs::read_to_string(path).expect("Linux has it").trim().to_owned();
    let own = here("/proc/sys/kernel/hostname");
    let version = serde_json::json!({
        "Version": "28.5.2", "ApiVersion": "1.51", "MinAPIVersion": "1.24",
        "Components": [{"Name": "Engine", "Version": "28.5.2"}],
    });
    let info = serde_json::json!({
        "Name": name.unwrap_or(&own), "KernelVersion": here("/proc/sys/kernel/osrelease"), "ServerVersion": "28.5.2",
        "CDISpecDirs": ["/engines/cdi"], "DefaultRuntime": "runc",
        "Runtimes": {"runc": {"path": "runc"}, "nvidia": {"path": "/opt/nvidia/nvidia-container-runtime"}},
        "Swarm": {"LocalNodeState": "inactive"},
    });
    (version.to_string(), info.to_string())
}
