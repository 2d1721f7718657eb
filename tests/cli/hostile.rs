//! Input that is not what it should be: one clear finding or error, the right exit code, and
//! never half an output.

use std::fs;

use super::folder::{Folder, GOOD, Outcome};

/// Lints one file of such content; every verb that loads it must cope too.
#[track_caller]
fn lint_content(content: &[u8]) -> Outcome {
    let folder = Folder::new(&[]);
    folder.write("compose.yaml", content);
    let config = folder.run(&["config"]).exits(1);
    assert_eq!(config.out, "", "a refused project prints nothing");
    assert!(config.err.contains("error["), "{config:#?}");
    let human = folder.run(&["lint"]).exits(1);
    assert!(human.out.ends_with('\n') && human.out.contains("compose.yaml"), "{human:#?}");
    folder.run(&["lint", "--format", "json"]).exits(1)
}

#[test]
fn no_yaml() {
    let outcome = lint_content(b"services: [\n  web: {image: nginx\n");
    assert_eq!(outcome.finding("CG001")["severity"], "error");
}

#[test]
fn yaml_but_no_compose_file() {
    let manifest = b"apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {}\n";
    for content in [&b"- a\n- b\n"[..], b"just words\n", b"42\n", manifest, b"services: 3\n", b"services: [a]\n"] {
        let report = lint_content(content).json();
        assert!(report["summary"]["errors"].as_u64() >= Some(1), "{report}");
        assert!(report["findings"][0]["message"].as_str().is_some_and(|message| !message.is_empty()), "{report}");
    }
}

#[test]
fn nothing_in_the_file() {
    for content in [&b""[..], b"\n\n", b"# only words\n", b"---\n", b"\xef\xbb\xbf"] {
        let report = lint_content(content).json();
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{content:?}: {report}");
    }
}

#[test]
fn not_text() {
    for content in [
        &b"services:\n  web:\n    image: \xff\xfe\n"[..],
        b"\xff\xfes\0e",
        b"services: \0\n",
        b"\x7fELF\x02\x01\x01\0\0",
    ] {
        let report = lint_content(content).json();
        assert!(report["summary"]["errors"].as_u64() >= Some(1), "{content:?}: {report}");
    }
}

#[test]
fn utf_16_is_text() {
    let units = GOOD.encode_utf16();
    let content: Vec<u8> = [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect();
    let folder = Folder::new(&[]);
    folder.write("compose.yaml", &content);
    folder.run(&["lint"]).exits(0);
}

#[test]
fn twenty_megabytes_of_junk() {
    let junk: Vec<u8> = (0..20_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let letters = vec![b'x'; 20 << 20];
    let lines = "a: b\n".repeat(4 << 20).into_bytes();
    for content in [junk, letters, lines] {
        let outcome = lint_content(&content);
        assert!(outcome.out.len() < 10_000, "{}", &outcome.out[..1000]);
        assert_eq!(outcome.json()["findings"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn twenty_megabytes_on_standard_input() {
    let folder = Folder::new(&[]);
    for args in [&["lint", "-"][..], &["lint", "-f", "-"], &["config", "-f", "-"]] {
        let outcome = Outcome::of(folder.command(args).write_stdin(vec![b'x'; 20 << 20])).exits(1);
        assert!((outcome.out + &outcome.err).contains("larger than 16 MiB"), "{args:?}");
    }
}

#[test]
fn no_file() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    folder.run(&["lint", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["lint", "-f", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["config", "-f", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["render", "-f", "nope.yaml"]).fails_with(3, "cannot read nope.yaml: no such file");
    folder.run(&["lint", "compose.yaml/x"]).fails_with(3, "cannot read compose.yaml/x");
    folder.run(&["lint", "--host", "nope.json"]).fails_with(3, "cannot read nope.json: no such file");
}

#[test]
fn a_directory_where_a_file_belongs() {
    let folder = Folder::new(&[("sub/compose.yaml", GOOD)]);
    for verb in ["lint", "config", "render"] {
        folder.run(&[verb, "-f", "sub"]).fails_with(3, "cannot read sub: is a directory");
    }
    let folder = Folder::new(&[("compose.yaml/x", GOOD)]);
    folder.run(&["config", "-f", "compose.yaml"]).fails_with(3, "cannot read compose.yaml: is a directory");
}

#[test]
fn nothing_to_judge() {
    let folder = Folder::new(&[("notes.txt", "hello"), ("ci.yml", "services: [docker]\n")]);
    folder.run(&["lint"]).fails_with(3, "no Compose file found in ");
    folder.run(&["config"]).fails_with(3, "no Compose file found in ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_it_is_read() {
    let folder = Folder::new(&[]);
    for verb in ["lint", "config", "render"] {
        folder.run(&[verb, "-f", "/proc/self/mem"]).fails_with(3, "cannot read /proc/self/mem: ");
    }
}

#[cfg(unix)]
#[test]
#[allow(clippy::print_stdout, reason = "a check that cannot be made is said aloud")]
fn unreadable() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new(&[]);
    let path = folder.write("compose.yaml", GOOD.as_bytes());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("the mode can be set");
    if fs::read(&path).is_ok() {
        println!("not checked: this user reads files of mode 000");
        return;
    }
    folder.run(&["lint", "compose.yaml"]).fails_with(3, "cannot read compose.yaml: permission denied");
    folder.run(&["config"]).fails_with(3, "cannot read compose.yaml: permission denied");
}

#[cfg(unix)]
#[test]
fn a_link_to_itself() {
    let folder = Folder::new(&[]);
    std::os::unix::fs::symlink("compose.yaml", folder.path().join("compose.yaml")).expect("links can be made");
    folder.run(&["lint", "compose.yaml"]).fails_with(3, "cannot read compose.yaml: ");
}
