//! Which engine is asked, and what is said of those that cannot be reached.

use std::{
    fs, io,
    net::{Shutdown, TcpListener},
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::UnixStream,
    },
    path::Path,
    thread,
    time::Duration,
};

use composegpu::probe::{Settings, probe};

use tempfile::TempDir;

use crate::{
    bounded, docker_reason,
    fake_docker::{self, FakeDocker, Manner},
    settings,
};

/// A folder with a program `ssh` that does what the lines say, and a PATH that begins with it.
fn with_ssh(lines: &str) -> (TempDir, String) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("ssh");
    fs::write(&path, format!("#!/bin/bash\n{lines}")).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
    let search = format!("{}:/usr/bin:/bin", folder.path().display());
    (folder, search)
}

/// The port of a listener that leads each connection to a socket.
fn bridge(socket: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = UnixStream::connect(&socket) else { continue };
            let (mut input, mut output) = (near.try_clone().expect("a handle"), far.try_clone().expect("a handle"));
            thread::spawn(move || io::copy(&mut input, &mut output));
            let (mut input, mut output) = (far, near);
            thread::spawn(move || {
                let copied = io::copy(&mut input, &mut output);
                output.shutdown(Shutdown::Both).and(copied)
            });
        }
    });
    port
}

#[test]
fn an_engine_behind_ssh_is_asked_as_docker_asks_it() {
    let docker = FakeDocker::start(Manner::Engine(fake_docker::engine(None)));
    let port = bridge(docker.address().trim_start_matches("unix://").to_owned());
    let (folder, search) =
        with_ssh(&format!("echo \"$@\" >> \"$0.words\"\nexec 3<>/dev/tcp/127.0.0.1/{port}\ncat <&3 & cat >&3; wait\n"));
    let root = TempDir::new().expect("a folder");
    let address = "ssh://ada@[::1]:2222/run/user/1000/docker.sock";
    let settings = Settings {
        timeout: Duration::from_secs(10),
        ..settings(root.path(), &[("DOCKER_HOST", address), ("PATH", &search)])
    };
    let facts = probe(&settings).docker;
    let facts = facts.known().unwrap_or_else(|| panic!("{:?}", facts.reason()));
    assert_eq!((facts.endpoint.as_str(), facts.server_version.is_empty()), (address, false));
    let words = fs::read_to_string(folder.path().join("ssh.words")).expect("it was called");
    let expected = "-o BatchMode=yes -o ConnectTimeout=30 -T -l ada -p 2222 -- ::1 docker --host \
                    'unix:///run/user/1000/docker.sock' system dial-stdio";
    assert_eq!(words.lines().next(), Some(expected));
}

#[test]
fn what_ssh_says_is_the_reason() {
    let (_folder, search) =
        with_ssh("echo 'warning: a new key' >&2; echo 'ada@far: Permission denied (publickey).' >&2\n");
    let root = TempDir::new().expect("a folder");
    let look = |address: &str, path: &str| {
        let settings = Settings {
            timeout: Duration::from_secs(10),
            ..settings(root.path(), &[("DOCKER_HOST", address), ("PATH", path)])
        };
        probe(&settings).docker.reason().expect("nobody is there").to_owned()
    };
    let expected = "ssh://ada@far: `ssh` says: ada@far: Permission denied (publickey).";
    assert_eq!(look("ssh://ada@far", &search), expected);
    assert_eq!(look("ssh://far", "/nowhere"), "ssh://far: there is no `ssh` on PATH");
    let reason = "ssh://ada@far: it should be `ssh://USER@HOST`, without a password";
    assert_eq!(look("ssh://ada:secret@far", &search), reason);
}

#[test]
fn an_ssh_that_hangs_is_left_at_the_deadline() {
    let (folder, search) = with_ssh("echo $$ > \"$0.pid\"; exec sleep 60\n");
    assert_eq!(docker_reason("ssh://far", &[("PATH", &search)]), "ADDRESS: no answer in 0.4 s");
    let pid = fs::read_to_string(folder.path().join("ssh.pid")).expect("it was started");
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "`ssh` is still there");
}

#[test]
fn sockets_of_engines_without_root_are_found_where_the_usual_one_is_not() {
    let docker = FakeDocker::start(Manner::Engine(fake_docker::engine(None)));
    let socket = docker.address().trim_start_matches("unix://").to_owned();
    for name in ["docker.sock", "podman/podman.sock"] {
        let root = TempDir::new().expect("a folder");
        let place = root.path().join("runtime").join(name);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        symlink(&socket, &place).expect("a link");
        let runtime = root.path().join("runtime");
        let variables = [("XDG_RUNTIME_DIR", runtime.to_str().expect("a plain name"))];
        let facts = bounded(&settings(root.path(), &variables));
        assert_eq!(facts.docker.known().expect("it answers").endpoint, format!("unix://{}", place.display()));

        // The usual one goes first, whoever listens there.
        let usual = root.path().join("var/run");
        fs::create_dir_all(&usual).expect("a folder");
        fs::write(usual.join("docker.sock"), "").expect("a file");
        let found = bounded(&settings(root.path(), &variables)).docker;
        let own = format!("unix://{}", place.display());
        assert!(found.known().is_none_or(|docker| docker.endpoint != own), "{found:?}");
    }
}
