//! Variables and files of variables that a repository keeps out, as a checkout in CI sees them.

use super::folder::Folder;

const COMPOSE: &str = "\
services:
  llm:
    image: llm:${TAG}
    env_file: gpu.env
    environment:
      - CUDA_VISIBLE_DEVICES=${GPU}
";

fn lines(files: &[(&str, &str)]) -> Vec<String> {
    let folder = Folder::new(files);
    let out = folder.run(&["lint", "--format", "concise", "--select", "CG005,CG006"]).out;
    let short = |line: &str| {
        let (place, rest) = line.split_once(": ").expect("a line has a place");
        format!("{} {}", place.split(':').nth(1).expect("a line"), rest.split(' ').next().expect("a code"))
    };
    out.lines().map(short).collect()
}

#[test]
fn what_nobody_keeps_out_is_missed() {
    assert_eq!(lines(&[("compose.yaml", COMPOSE)]), ["3 info[CG005]", "4 warning[CG006]", "6 warning[CG005]"]);
    let other = [("compose.yaml", COMPOSE), (".env", "A=b\n"), (".env.example", "TAG=1\n"), (".gitignore", "*.log\n")];
    assert_eq!(
        lines(&other),
        ["3 info[CG005]", "4 warning[CG006]", "6 warning[CG005]"],
        "`.env` is there and lacks them"
    );
}

#[test]
fn what_git_ignores_is_made_by_whoever_starts_the_project() {
    let files = [("x/compose.yaml", COMPOSE), (".gitignore", "*.env\n"), (".git/HEAD", "")];
    assert_eq!(lines(&files), ["3 info[CG005]", "4 info[CG006]", "6 info[CG005]"]);
    let kept = [("x/compose.yaml", COMPOSE), (".gitignore", "*.env\n"), ("x/.gitignore", "!gpu.env\n")];
    assert_eq!(lines(&kept), ["3 info[CG005]", "4 warning[CG006]", "6 info[CG005]"]);
    let outside = [("x/compose.yaml", COMPOSE), (".gitignore", "*.env\n"), ("x/.git/HEAD", "")];
    assert_eq!(
        lines(&outside),
        ["3 info[CG005]", "4 warning[CG006]", "6 warning[CG005]"],
        "it is another repository's"
    );
}

#[test]
fn an_example_says_what_to_set() {
    let files = [("compose.yaml", COMPOSE), (".env.example", "export TAG=1\n"), ("gpu.env.sample", "")];
    assert_eq!(lines(&files), ["4 info[CG006]", "6 info[CG005]"]);
    let commented = [("compose.yaml", COMPOSE), ("example.env", "TAG = 1\n# GPU=0\nTAGS=1\n")];
    assert_eq!(lines(&commented), ["4 warning[CG006]"]);
}

#[test]
fn variables_of_a_session_are_no_mistakes() {
    let text = "services:\n  viewer:\n    image: viewer:${TAG}\n    environment: {DISPLAY: \"${DISPLAY}\"}\n";
    let folder = Folder::new(&[("compose.yaml", text)]);
    let out = folder.run(&["lint", "--format", "concise"]).exits(0).out;
    assert!(out.contains("`TAG`") && !out.contains("DISPLAY"), "{out}");
}

#[test]
fn what_hangs_on_a_variable_without_value_is_no_mistake() {
    let text = "name: ${STACK}\nservices:\n  llm:\n    image: llm\n    secrets: [\"${SECRET}\", lost]\n  two:\n    image: two\n    secrets:\n      - source: $SECRET\n        target: x\n";
    let folder = Folder::new(&[("compose.yaml", text)]);
    let out = folder.run(&["lint", "--format", "concise", "--select", "CG008"]).exits(1).out;
    assert_eq!(out, "compose.yaml:5:28: error[CG008] service `llm` uses the secret `lost`, which is not defined\n");
    // Compose refuses it as it is, and so does what speaks for Compose.
    let err = folder.run(&["config"]).exits(1).err;
    assert!(err.contains("the project's name is empty") && err.contains("compose.yaml:1:7"), "{err}");
}
