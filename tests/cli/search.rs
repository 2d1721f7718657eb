//! Which files a project has when nobody names them: the recorded cases of fixtures/merge that
//! are about searching, run through the command.

use std::{fs, path::Path};

use assert_cmd::Command;

use super::folder::{Folder, GOOD, LEGACY, Outcome};

#[test]
fn files_are_found_as_compose_finds_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/merge");
    let mut count = 0;
    for entry in fs::read_dir(root).expect("the cases are there") {
        let folder = entry.expect("the cases can be listed").path();
        let Ok(case) = fs::read_to_string(folder.join("case.toml")) else { continue };
        let case: toml::Table = case.parse().expect("a case is TOML");
        if case.get("search").and_then(toml::Value::as_bool) == Some(true) {
            check(&folder, &case);
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} cases");
}

#[track_caller]
fn check(folder: &Path, case: &toml::Table) {
    let below = case.get("cwd").and_then(toml::Value::as_str).unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
    command.env_clear().env("HOME", "/home/user").current_dir(folder.join(below)).args(["config", "--format", "json"]);
    for (name, value) in case.get("env").and_then(toml::Value::as_table).into_iter().flatten() {
        command.env(name, value.as_str().expect("a variable is a string"));
    }
    let outcome = Outcome::of(&mut command).exits(0);
    let expected = fs::read_to_string(folder.join("expected.json")).expect("Compose takes the case");
    let expected = expected.replace("$DIR", &folder.to_string_lossy());
    let expected: serde_json::Value = serde_json::from_str(&expected).expect("Compose prints JSON");
    assert_eq!(outcome.json(), expected, "{}", folder.display());
}

#[test]
fn a_pattern_stands_for_what_it_matches() {
    let folder = Folder::new(&[("a/compose.yaml", LEGACY), ("b/compose.yaml", LEGACY), ("c[1].yaml", GOOD)]);
    let outcome = folder.run(&["lint", "--format", "concise", "?/compose.yaml"]).exits(1);
    assert_eq!(outcome.out.lines().filter(|line| line.contains("CG106")).count(), 2, "{}", outcome.out);
    folder.run(&["lint", "c[1].yaml"]).exits(0);
    folder.run(&["lint", "d*/compose.yaml"]).fails_with(3, "`d*/compose.yaml`");
}

/// A service copied for each kind of host, as stacks with a CPU and a GPU profile have it.
const COPIES: &str = "\
x-llm: &llm
  image: example/llm
  container_name: llm
services:
  llm-cpu:
    <<: *llm
    profiles: [cpu]
  llm-gpu:
    <<: *llm
    profiles: [gpu]
    devices: [nvidia.com/gpu=0]
  front:
    image: example/front
    depends_on: [llm-gpu]
    profiles: [all]
";

#[test]
fn copies_for_different_profiles_do_not_meet() {
    let folder = Folder::new(&[("compose.yaml", COPIES)]);
    folder.run(&["lint"]).exits(0);
    // Compose refuses them only where both are on.
    folder.run(&["config", "-q", "--profile", "*"]).exits(1);
    let same = COPIES.replace("[cpu]", "[gpu]");
    let folder = Folder::new(&[("compose.yaml", &same)]);
    folder.run(&["lint", "--format", "json"]).exits(1).finding("CG008");
}

#[test]
fn a_part_that_others_extend_is_judged_where_it_is_used() {
    let base = "services:\n  ml: {image: example/ml, extends: {file: hwaccel.yml, service: cuda}}\n";
    let parts = "services:\n  cpu: {}\n  cuda:\n    gpus: [{count: 1, device_ids: ['0']}]\n";
    let folder = Folder::new(&[("compose.yaml", base), ("hwaccel.yml", parts)]);
    for path in [".", "hwaccel.yml"] {
        let outcome = folder.run(&["lint", "--format", "concise", path]).exits(1);
        let findings: Vec<&str> = outcome.out.lines().collect();
        assert!(matches!(findings[..], [one] if one.contains("hwaccel.yml:4:13: error[CG102]")), "{findings:#?}");
    }
}

#[test]
fn device_nodes_lack_the_drivers_libraries_only_where_nothing_brings_them() {
    let nodes = "services:\n  a:\n    image: x\n    devices: [/dev/nvidia0, /dev/nvidiactl, /dev/nvidia-uvm]\n";
    let volume = "    volumes: ['nvidia-driver-vol:/usr/nvidia']\nvolumes: {nvidia-driver-vol: {external: true}}\n";
    let headline = |more: &str| {
        let folder = Folder::new(&[("compose.yaml", &format!("{nodes}{more}"))]);
        let out = folder.run(&["lint", "--format", "concise"]).exits(1).out;
        out.lines().find(|line| line.contains("[CG303]")).expect("the nodes are told").contains("without the driver's")
    };
    assert!(headline(""));
    assert!(!headline("    gpus: all\n"));
    assert!(!headline(volume));
    assert!(!headline("    volumes: ['/usr/lib/x86_64-linux-gnu/libcuda.so.1:/usr/lib/libcuda.so.1']\n"));
}

#[test]
fn a_dockerfile_brings_in_the_projects_that_build_it() {
    let compose = "services:\n  app:\n    build: {context: ., dockerfile: docker/gpu.Dockerfile}\n    command: python -m worker\n    environment: {CUDA_VISIBLE_DEVICES: all}\n    gpus: all\n";
    let docker = "FROM python:3.12\nWORKDIR /app\nCOPY app/ ./app/\n";
    let folder = Folder::new(&[
        ("compose.yaml", compose),
        ("docker/gpu.Dockerfile", docker),
        ("app/main.py", "print()\n"),
        ("worker/__main__.py", "print()\n"),
        ("other/Dockerfile", docker),
    ]);
    let outcome = folder.run(&["lint", "--format", "concise", "docker/gpu.Dockerfile"]).exits(1);
    assert_eq!(outcome.out.matches("CG601").count(), 1, "{outcome:#?}");
    assert!(!outcome.out.contains("CG204"), "what does not touch the file is not told: {outcome:#?}");
    let outcome = folder.run(&["lint", "--format", "concise", "compose.yaml", "docker/gpu.Dockerfile"]).exits(1);
    assert_eq!(outcome.out.matches("CG601").count(), 1, "{outcome:#?}");
    let outcome = folder.run(&["lint", "other/Dockerfile"]).exits(0);
    assert_eq!(outcome.out, "");
}
