//! An engine behind TLS: with whose files it is asked, and what is said where that does not work. The certificates
//! are `fixtures/tls/make`'s; what Docker's own command says of the same faults was seen with 28.5.

use std::{
    fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use composegpu::probe::{Settings, probe};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use tempfile::TempDir;

use crate::{
    fake_docker::{self, FakeDocker, Manner},
    settings,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(fixture(name)).expect("it is one")
}

/// A port with an engine behind TLS, which shows this certificate and asks for one of our authority.
struct Engine {
    _docker: FakeDocker,
    port: u16,
}

impl Engine {
    fn start(shown: &str) -> Self {
        let docker = FakeDocker::start(Manner::Engine(fake_docker::engine(None)));
        let socket = docker.address().trim_start_matches("unix://").to_owned();
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(certificate("ca.pem")).expect("it is one");
        let clients: Arc<dyn ClientCertVerifier> =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().expect("roots");
        let key = PrivateKeyDer::from_pem_file(fixture("engine-key.pem")).expect("it is one");
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("versions").with_client_cert_verifier(clients);
        let config = Arc::new(config.with_single_cert(vec![certificate(shown)], key).expect("they belong together"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a configuration that works");
                // Whoever has connected may go away, and most of them do: then there is nobody to tell.
                let _ = hand_on(StreamOwned::new(connection, stream), &socket);
            }
        });
        Self { _docker: docker, port }
    }

    fn address(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}

/// One request without a body, and its answer.
fn hand_on(mut near: StreamOwned<ServerConnection, TcpStream>, socket: &str) -> io::Result<()> {
    let (mut buffer, mut request) = ([0; 4096], Vec::new());
    while !request.ends_with(b"\r\n\r\n") {
        match near.read(&mut buffer)? {
            0 => return Ok(()),
            length => request.extend_from_slice(&buffer[..length]),
        }
    }
    let mut far = UnixStream::connect(socket)?;
    far.write_all(&request)?;
    let mut answer = Vec::new();
    far.read_to_end(&mut answer)?;
    near.write_all(&answer)?;
    near.conn.send_close_notify();
    near.flush()
}

/// A folder as DOCKER_CERT_PATH names it, with copies of these fixtures.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, of) in files {
        fs::copy(fixture(of), folder.path().join(name)).expect("a copy");
    }
    folder
}

const WHOLE: &[(&str, &str)] = &[("ca.pem", "ca.pem"), ("cert.pem", "cert.pem"), ("key.pem", "key.pem")];

/// The version that the engine gave, or why there is none, with `FOLDER` and `PORT` for what differs each time.
fn asked(engine: &Engine, folder: &Path, more: &[(&str, &str)]) -> Result<String, String> {
    let (address, place) = (engine.address(), folder.display().to_string());
    let mut variables = vec![("DOCKER_CERT_PATH", place.as_str())];
    if !more.iter().any(|(name, _)| *name == "DOCKER_CONTEXT") {
        variables.push(("DOCKER_HOST", &address));
    }
    variables.extend(more);
    let root = TempDir::new().expect("a folder");
    let settings = Settings { timeout: Duration::from_secs(10), ..settings(root.path(), &variables) };
    let facts = probe(&settings).docker;
    match facts.known() {
        Some(docker) => Ok(docker.server_version.clone()),
        None => Err(facts.reason().unwrap_or_default().replace(&address, "ENGINE").replace(&place, "FOLDER")),
    }
}

const VERIFIED: &[(&str, &str)] = &[("DOCKER_TLS_VERIFY", "1")];

#[test]
fn an_engine_behind_tls_is_asked_with_the_users_files() {
    let (engine, files) = (Engine::start("engine.pem"), folder(WHOLE));
    assert_eq!(asked(&engine, files.path(), VERIFIED), Ok("28.5.2".to_owned()));
    // Any value counts, as for Docker's own command.
    assert_eq!(asked(&engine, files.path(), &[("DOCKER_TLS_VERIFY", "0")]), Ok("28.5.2".to_owned()));
    let without_scheme = format!("127.0.0.1:{}", engine.port);
    let more = [("DOCKER_TLS_VERIFY", "1"), ("DOCKER_HOST", without_scheme.as_str())];
    assert_eq!(asked(&engine, files.path(), &more), Ok("28.5.2".to_owned()));
}

#[test]
fn an_engine_that_cannot_prove_itself_is_asked_where_nobody_wants_it_proven() {
    let files = folder(&[("cert.pem", "cert.pem"), ("key.pem", "key.pem")]);
    for shown in ["engine.pem", "engine-expired.pem", "engine-elsewhere.pem"] {
        assert_eq!(asked(&Engine::start(shown), files.path(), &[("DOCKER_TLS", "1")]), Ok("28.5.2".to_owned()));
    }
}

#[test]
fn what_is_wrong_with_the_engines_certificate_is_told() {
    let said = |shown: &str, ca: &str| {
        let files = folder(&[("ca.pem", ca), ("cert.pem", "cert.pem"), ("key.pem", "key.pem")]);
        asked(&Engine::start(shown), files.path(), VERIFIED).expect_err("it must not be trusted")
    };
    assert_eq!(said("engine.pem", "other-ca.pem"), "ENGINE: its certificate was not issued by `FOLDER/ca.pem`");
    assert_eq!(said("engine-expired.pem", "ca.pem"), "ENGINE: its certificate expired at 2021-01-01T00:00:00Z");
    let names = "ENGINE: its certificate is for gpu.example, 192.0.2.7, not for `127.0.0.1`";
    assert_eq!(said("engine-elsewhere.pem", "ca.pem"), names);
}

#[test]
fn what_is_wrong_with_ones_own_files_is_told() {
    let engine = Engine::start("engine.pem");
    let said = |files: &[(&str, &str)]| asked(&engine, folder(files).path(), VERIFIED).expect_err("it must not work");
    let way_out = "set DOCKER_CERT_PATH to the folder of ca.pem, cert.pem and key.pem";
    let no_ca = format!("ENGINE: DOCKER_TLS_VERIFY is set, and there is no `FOLDER/ca.pem`; {way_out}");
    assert_eq!(said(&[("cert.pem", "cert.pem"), ("key.pem", "key.pem")]), no_ca);
    assert_eq!(said(&[("ca.pem", "key.pem")]), "ENGINE: `FOLDER/ca.pem` holds no certificate");
    let ca = ("ca.pem", "ca.pem");
    let asks = "ENGINE: it asks for a certificate of ours, and there is no";
    assert_eq!(said(&[ca]), format!("{asks} `FOLDER/cert.pem`"));
    assert_eq!(said(&[ca, ("cert.pem", "cert.pem")]), format!("{asks} `FOLDER/key.pem`"));
    let swapped = [ca, ("cert.pem", "cert.pem"), ("key.pem", "other-key.pem")];
    assert_eq!(said(&swapped), "ENGINE: `FOLDER/key.pem` is not the key of `FOLDER/cert.pem`");
    let no_key = [ca, ("cert.pem", "cert.pem"), ("key.pem", "cert.pem")];
    assert_eq!(said(&no_key), "ENGINE: `FOLDER/key.pem` holds no private key");

    let locked = folder(&WHOLE[..2]);
    let text = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED PRIVATE KEY-----\n";
    fs::write(locked.path().join("key.pem"), text).expect("a file");
    let reason = "ENGINE: `FOLDER/key.pem` holds an encrypted private key, which Docker does not read either";
    assert_eq!(asked(&engine, locked.path(), VERIFIED), Err(reason.to_owned()));
}

#[test]
fn an_engine_that_wants_tls_says_how_it_is_spoken_to() {
    let refusal = Manner::Answers("400 Bad Request", "Client sent an HTTP request to an HTTPS server.\n".to_owned());
    let wants = "ADDRESS: it wants TLS; set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of ca.pem, cert.pem \
                 and key.pem";
    assert_eq!(crate::fake_reason(refusal), wants);
    assert_eq!(crate::docker_reason("https://build.example", &[]), wants);
}

#[test]
fn a_contexts_own_files_are_used() {
    let engine = Engine::start("engine.pem");
    let home = TempDir::new().expect("a folder");
    let (meta, tls) = (home.path().join("contexts/meta/01ab"), home.path().join("contexts/tls/01ab/docker"));
    fs::create_dir_all(&meta).expect("a folder");
    fs::create_dir_all(&tls).expect("a folder");
    let describe = |skips: bool| {
        let docker = serde_json::json!({"Host": engine.address(), "SkipTLSVerify": skips});
        let text = serde_json::json!({"Name": "far", "Endpoints": {"docker": docker}}).to_string();
        fs::write(meta.join("meta.json"), text).expect("a file");
    };
    let config = home.path().to_str().expect("a plain name");
    // What the environment says of certificates is not the context's business.
    let variables = [("DOCKER_CONFIG", config), ("DOCKER_CONTEXT", "far"), ("DOCKER_TLS_VERIFY", "1")];
    let look = || asked(&engine, &tls, &variables);
    for name in ["cert.pem", "key.pem"] {
        fs::copy(fixture(name), tls.join(name)).expect("a copy");
    }
    describe(false);
    let reason = look().expect_err("nobody says whom to trust");
    let start = "ENGINE: docker context `far` has TLS, and there is no `FOLDER/ca.pem`; recreate it with";
    assert!(reason.starts_with(start), "{reason}");
    describe(true);
    assert_eq!(look(), Ok("28.5.2".to_owned()));
    describe(false);
    fs::copy(fixture("ca.pem"), tls.join("ca.pem")).expect("a copy");
    assert_eq!(look(), Ok("28.5.2".to_owned()));
}
