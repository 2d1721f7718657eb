//! The command as a user meets it: exit codes, streams, formats, and which files it takes.

#![allow(clippy::disallowed_methods, reason = "each test makes files of its own")]

#[path = "cli/configuration.rs"]
mod configuration;
#[cfg(unix)]
#[path = "cli/contexts.rs"]
mod contexts;
#[path = "cli/discovery.rs"]
mod discovery;
#[path = "cli/fixes.rs"]
mod fixes;
#[path = "cli/folder.rs"]
mod folder;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/kept_out.rs"]
mod kept_out;
#[path = "cli/known.rs"]
mod known;
#[path = "cli/manual.rs"]
mod manual;
#[path = "cli/render.rs"]
mod render;
#[path = "cli/search.rs"]
mod search;
#[path = "cli/suppress.rs"]
mod suppress;

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

use folder::{Folder, GOOD, LEGACY, Outcome};

#[test]
fn a_good_file_is_passed_over_in_silence() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let outcome = folder.run(&["lint"]).exits(0);
    assert_eq!((outcome.out.as_str(), outcome.err.as_str()), ("", ""));
}

#[test]
fn wrong_use() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let wrong: [&[&str]; 12] = [
        &["--nope"],
        &["nope"],
        &["lint", "--nope"],
        &["lint", "-f"],
        &["lint", "-f", "compose.yaml", "compose.yaml"],
        &["lint", "--format", "nope"],
        &["lint", "--select", "nope"],
        &["lint", "--unsafe-fixes"],
        &["lint", "--fix", "-"],
        &["lint", "--stdin-filename", "x.yaml"],
        &["render", "--form", "nope"],
        &["probe", "--timeout", "0"],
    ];
    for args in wrong {
        let outcome = folder.run(args).exits(2);
        assert_eq!(outcome.out, "", "{args:?}");
        assert!(outcome.err.starts_with("error: "), "{args:?}: {outcome:#?}");
    }
    assert_eq!(folder.run(&[]).exits(2).out, "");
}

#[test]
fn help_is_no_mistake() {
    let folder = Folder::new(&[]);
    for verb in ["lint", "render", "config", "probe", "doctor", "explain", "rules"] {
        let outcome = folder.run(&[verb, "--help"]).exits(0);
        assert!(outcome.out.contains("Usage: composegpu") && outcome.err.is_empty(), "{outcome:#?}");
    }
    assert!(folder.run(&["--version"]).exits(0).out.starts_with("composegpu "));
}

#[test]
fn standard_input() {
    let folder = Folder::new(&[]);
    let mut command = folder.command(&["config", "-f", "-", "--services"]);
    assert_eq!(Outcome::of(command.write_stdin(GOOD)).exits(0).out, "web\n");
    let mut command = folder.command(&["lint", "-", "--stdin-filename", "deploy/compose.yaml", "--format", "json"]);
    let outcome = Outcome::of(command.write_stdin(LEGACY)).exits(1);
    assert_eq!(outcome.finding("CG106")["file"], "deploy/compose.yaml");
    for args in [&["lint", "-"][..], &["lint", "-f", "-"], &["config", "-f", "-"]] {
        Outcome::of(folder.command(args).write_stdin("services: [")).exits(1);
        Outcome::of(folder.command(args).write_stdin("")).exits(1);
    }
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[test]
fn exit_codes_of_lint() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    folder.run(&["lint"]).exits(1);
    folder.run(&["lint", "--exit-zero"]).exits(0);
    folder.run(&["lint", "--fail-on", "error"]).exits(0);
    folder.run(&["lint", "--fail-on", "never"]).exits(0);
    folder.run(&["lint", "--ignore", "CG1"]).exits(0);
    folder.run(&["lint", "--ignore", "legacy-gpu-reservation"]).exits(0);
    folder.run(&["lint", "--ignore", "CG1", "--select", "CG106"]).exits(1);
    folder.run(&["lint", "--select", "CG2,CG3"]).exits(0);
}

#[test]
fn a_pipe_gets_no_colours_unless_it_asks() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let has_colour = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = folder.command(args);
        Outcome::of(command.envs(variables.iter().copied())).out.contains('\x1b')
    };
    assert!(!has_colour(&["lint"], &[]));
    assert!(has_colour(&["lint", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(has_colour(&["lint"], &[("FORCE_COLOR", "1")]));
    assert!(has_colour(&["lint"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_colour(&["lint"], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!has_colour(&["lint", "--color", "never"], &[("FORCE_COLOR", "1")]));
}

#[test]
fn forty_columns() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let outcome = Outcome::of(folder.command(&["lint"]).env("COLUMNS", "40")).exits(1);
    let wide: Vec<&str> =
        outcome.out.lines().filter(|line| line.starts_with("  ") && line.chars().count() > 40).collect();
    assert!(wide.is_empty(), "{}", outcome.out);
}

#[test]
fn pedantic_rules_are_off_until_they_are_selected() {
    let pinned = "services:\n  llm:\n    image: example/llm\n    devices: [nvidia.com/gpu=1]\n";
    let folder = Folder::new(&[("compose.yaml", pinned)]);
    assert_eq!(folder.run(&["lint", "--format", "concise"]).exits(0).out, "");
    let all = ["lint", "--format", "concise", "--fail-on", "info"];
    for flags in
        [["--select", "CG206"], ["--select", "index-pin"], ["--extend-select", "CG2"], ["--extend-select", "all"]]
    {
        let out = folder.run(&[&all[..], &flags].concat()).exits(1).out;
        assert!(out.contains("info[CG206]"), "{flags:?}: {out}");
    }
    folder.run(&[&all[..], &["--extend-select", "CG2", "--ignore", "CG206"]].concat()).exits(0);
    let rules = folder.run(&["rules"]).exits(0).out;
    assert!(rules.lines().any(|line| line.starts_with("CG206") && line.ends_with("(off by default)")), "{rules}");
}

#[test]
fn formats() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let finding = folder.run(&["lint", "--format", "json"]).exits(1).finding("CG106");
    assert_eq!((&finding["file"], &finding["service"]), (&Value::from("compose.yaml"), &Value::from("llm")));
    let line = finding["start"]["line"].as_u64().expect("a line is a number");
    let concise = folder.run(&["lint", "--format", "concise", "--select", "CG106"]).exits(1).out;
    assert!(concise.starts_with(&format!("compose.yaml:{line}:")), "{concise}");
    let github = folder.run(&["lint", "--format", "github", "--select", "CG106"]).exits(1).out;
    assert!(github.starts_with(&format!("::warning file=compose.yaml,line={line},")), "{github}");
    let empty = folder.run(&["lint", "--format", "json", "--select", "CG2"]).exits(0).json();
    assert_eq!(empty["findings"], Value::Array(Vec::new()));
}

#[test]
fn a_finding_of_the_base_is_told_once() {
    let overlay = "services:\n  llm:\n    environment: {A: b}\n";
    let files = [("compose.yaml", LEGACY), ("compose.a.yaml", overlay), ("compose.override.yaml", overlay)];
    let folder = Folder::new(&files);
    let report = folder.run(&["lint", "--format", "json", "--select", "CG106"]).exits(1).json();
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{report}");
}

#[test]
fn folders_are_grouped_into_projects() {
    let overlay = "services:\n  web:\n    gpus: all\n";
    let folder = Folder::new(&[
        ("a/compose.yaml", GOOD),
        ("a/compose.override.yml", overlay),
        ("a/compose.gpu.yaml", overlay),
        ("a/compose.alone.yaml", GOOD),
        ("b/stack.yml", GOOD),
        ("b/services.yaml", "services:\n  App\\Mailer:\n    class: App\\Mailer\n"),
        ("b/workflow.yml", "jobs:\n  x:\n    services:\n      db:\n        image: x\n"),
        (".devcontainer/docker-compose.yml", GOOD),
        ("ignored/compose.yaml", GOOD),
        ("node_modules/x/compose.yaml", GOOD),
        (".gitignore", "ignored/\n"),
    ]);
    let expected = "\
.devcontainer/docker-compose.yml
a/compose.yaml + a/compose.override.yml
a/compose.alone.yaml
a/compose.yaml + a/compose.gpu.yaml
b/stack.yml
";
    assert_eq!(folder.run(&["lint", "--show-files"]).exits(0).out, expected);
    let named = folder.run(&["lint", "--show-files", "a/compose.gpu.yaml", "b"]).exits(0).out;
    assert_eq!(named, "a/compose.yaml + a/compose.gpu.yaml\nb/stack.yml\n");
}

#[test]
fn what_is_printed_depends_on_no_thread() {
    let paths: Vec<String> = (0..40).map(|at| format!("{at}/compose.yaml")).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), LEGACY)).collect();
    let folder = Folder::new(&files);
    let with_threads = |count: &str| {
        let mut command = folder.command(&["lint", "--statistics"]);
        Outcome::of(command.env("RAYON_NUM_THREADS", count)).exits(1).out
    };
    let alone = with_threads("1");
    assert!(alone.contains("   40  CG106"), "{alone}");
    assert_eq!(alone, with_threads("8"));
}

#[test]
fn files_that_nobody_names() {
    let other = GOOD.replace("web", "other");
    let overlay = "services:\n  extra:\n    image: x\n";
    let folder = Folder::new(&[
        ("docker-compose.yml", GOOD),
        ("docker-compose.override.yml", overlay),
        ("other.yaml", &other),
        ("deep/er/x", ""),
    ]);
    assert_eq!(folder.run(&["config", "--services"]).exits(0).out.lines().collect::<Vec<_>>().len(), 2);
    let mut deep = folder.command(&["config", "--services"]);
    assert!(Outcome::of(deep.current_dir(folder.path().join("deep/er"))).exits(0).out.contains("web"));
    let mut chosen = folder.command(&["config", "--services"]);
    assert_eq!(Outcome::of(chosen.env("COMPOSE_FILE", "other.yaml")).exits(0).out, "other\n");
    let mut chosen = folder.command(&["config", "--services"]);
    chosen.env("COMPOSE_FILE", "other.yaml,docker-compose.yml").env("COMPOSE_PATH_SEPARATOR", ",");
    assert!(Outcome::of(&mut chosen).exits(0).out.contains("web"));
    folder.write("own.env", b"# which\nexport COMPOSE_FILE=\"other.yaml\"\n");
    assert_eq!(folder.run(&["config", "--services", "--env-file", "own.env"]).exits(0).out, "other\n");
    fs::rename(folder.path().join("own.env"), folder.path().join(".env")).expect("files can be renamed");
    assert_eq!(folder.run(&["config", "--services"]).exits(0).out, "other\n");
}

#[test]
fn rules_and_their_pages() {
    let folder = Folder::new(&[]);
    let list = folder.run(&["rules", "--format", "json"]).exits(0).json();
    let rules = list["rules"].as_array().expect("rules are a list");
    assert!(folder.run(&["rules"]).exits(0).out.lines().count() == rules.len() + 1);
    for text in ["CG106", "cg106", "legacy-gpu-reservation"] {
        assert!(folder.run(&["explain", text]).exits(0).out.starts_with("# CG106 legacy-gpu-reservation\n"));
    }
    let outcome = folder.run(&["explain", "legacy-gpu-reservatoin"]).exits(2);
    assert!(outcome.out.is_empty() && outcome.err.contains("did you mean `legacy-gpu-reservation`"), "{outcome:#?}");
}

#[cfg(not(feature = "probe"))]
#[test]
fn a_build_that_cannot_look_at_a_host_says_so() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    for args in [&["probe"][..], &["lint", "--host", "live"]] {
        folder.run(args).fails_with(3, "built without the feature `probe`");
    }
}

#[test]
fn config_prints_the_project() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let yaml = folder.run(&["config"]).exits(0).out;
    assert!(yaml.contains("image: nginx"), "{yaml}");
    assert_eq!(folder.run(&["config", "--format", "json"]).exits(0).json()["services"]["web"]["image"], "nginx");
    assert_eq!(folder.run(&["config", "--services"]).exits(0).out, "web\n");
    assert_eq!(folder.run(&["config", "--quiet"]).exits(0).out, "");
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let binary = env!("CARGO_BIN_EXE_composegpu");
    for verb in ["lint", "lint --format json", "config", "--help"] {
        // `exec 1>&-` would give a closed descriptor; a reader that ends at once gives a broken pipe.
        let script = format!("{{ '{binary}' {verb}; echo \"ended with $?\" >&2; }} | true");
        let outcome = Outcome::of(Command::new("/bin/sh").args(["-c", &script]).env_clear().current_dir(folder.path()));
        let is_fine = ["ended with 0\n", "ended with 1\n"].iter().any(|end| outcome.err.ends_with(end));
        assert!(is_fine && !outcome.err.contains("error"), "{outcome:#?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    let script = format!("'{}' config >/dev/full", env!("CARGO_BIN_EXE_composegpu"));
    let outcome = Outcome::of(Command::new("/bin/sh").args(["-c", &script]).env_clear().current_dir(folder.path()));
    outcome.fails_with(3, "cannot write standard output: the disk is full");
}
