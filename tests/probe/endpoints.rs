//! Which engine is asked, and what is said of those that cannot be reached.

use std::{fs, os::unix::fs::symlink};

use tempfile::TempDir;

use crate::{
    bounded, docker_reason,
    fake_docker::{self, FakeDocker, Manner},
    settings,
};

#[test]
fn ssh_and_tls_are_not_spoken_and_the_way_out_is_told() {
    let tail = "; open a tunnel (`ssh -NL /tmp/docker.sock:/var/run/docker.sock HOST`) and set \
                DOCKER_HOST=unix:///tmp/docker.sock, or run composegpu there";
    let said = |address: &str, more: &[(&str, &str)]| docker_reason(address, more);
    assert_eq!(said("ssh://build.example", &[]), format!("ADDRESS: composegpu speaks no SSH{tail}"));
    for name in ["DOCKER_TLS_VERIFY", "DOCKER_TLS"] {
        let expected = format!("ADDRESS: {name} is set, and composegpu speaks no TLS{tail}");
        assert_eq!(said("tcp://127.0.0.1:1", &[(name, "1")]), expected);
    }
    assert_eq!(said("https://build.example", &[]), format!("ADDRESS: composegpu speaks no TLS{tail}"));
}

#[test]
fn a_context_with_certificates_is_not_asked_without_them() {
    let home = TempDir::new().expect("a folder");
    let contexts = home.path().join("contexts");
    let meta = contexts.join("meta/0123abcd");
    fs::create_dir_all(&meta).expect("a folder");
    let text = r#"{"Name": "far", "Endpoints": {"docker": {"Host": "tcp://127.0.0.1:1"}}}"#;
    fs::write(meta.join("meta.json"), text).expect("a file");
    let config = home.path().to_str().expect("a plain name");
    let variables = [("DOCKER_CONFIG", config), ("DOCKER_CONTEXT", "far")];
    let look = || bounded(&settings(home.path(), &variables)).docker.reason().expect("nobody is there").to_owned();
    assert!(!look().contains("TLS"), "{}", look());
    fs::create_dir_all(contexts.join("tls/0123abcd/docker")).expect("a folder");
    assert!(look().starts_with("tcp://127.0.0.1:1: docker context `far` has TLS, and composegpu speaks no TLS"));
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
