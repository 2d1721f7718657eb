//! Several formats in one run, each in its place.

use super::folder::{Folder, LEGACY, Outcome};

#[test]
fn one_run_writes_several_reports() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let formats = ["--format", "concise", "--format", "sarif=out.sarif", "--format", "markdown=summary.md"];
    let outcome = folder.run(&[&["lint"], &formats[..]].concat()).exits(1);
    assert!(outcome.out.starts_with("compose.yaml:"), "{outcome:#?}");
    let log = folder.read("out.sarif");
    assert!(log.contains("\"ruleId\": \"CG106\""), "{log}");
    let summary = folder.read("summary.md");
    assert!(summary.contains("CG106 legacy-gpu-reservation"), "{summary}");
}

#[test]
fn a_report_in_a_file_leaves_standard_output_alone() {
    let folder = Folder::new(&[("compose.yaml", &format!("version: '3'\n{LEGACY}"))]);
    let outcome = folder.run(&["lint", "--format", "json=out.json"]).exits(1);
    assert_eq!(outcome.out, "");
    let outcome = folder.run(&["lint", "--format", "human=out.txt", "--fix", "--diff", "--color", "always"]).exits(1);
    assert!(outcome.out.starts_with("--- "), "a patch is what --diff prints: {outcome:#?}");
    let text = folder.read("out.txt");
    assert!(text.contains("CG106") && !text.contains('\x1b'), "{text}");
}

#[test]
fn two_reports_for_one_place_are_wrong_use() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    for formats in [["human", "json"], ["sarif=a", "json=a"], ["human", "human"]] {
        let outcome = folder.run(&["lint", "--format", formats[0], "--format", formats[1]]);
        outcome.fails_with(2, "two reports would go to");
    }
    let outcome = folder.run(&["lint", "--format", "xml"]).exits(2);
    assert!(outcome.err.contains("human, concise, json, github, sarif, markdown"), "{outcome:#?}");
    folder.run(&["lint", "--format", "sarif="]).exits(2);
    folder.run(&["lint", "--format", "sarif=no/such/folder.sarif"]).fails_with(3, "no/such/folder.sarif");
}

#[test]
fn annotations_are_taken_from_the_root_of_the_repository() {
    let folder = Folder::new(&[("deploy/compose.yaml", LEGACY)]);
    let root = folder.path().canonicalize().expect("the folder is there");
    let mut command = folder.command(&["lint", "--format", "github"]);
    command.current_dir(root.join("deploy")).env("GITHUB_WORKSPACE", &root);
    let outcome = Outcome::of(&mut command).exits(1);
    assert!(outcome.out.lines().all(|line| line.contains(" file=deploy/compose.yaml,")), "{outcome:#?}");
}

#[test]
fn json_has_no_infinity() {
    let text = "services:\n  web:\n    image: nginx\n    cpus: .inf\n";
    let folder = Folder::new(&[("compose.yaml", text)]);
    assert!(folder.run(&["config"]).exits(0).out.contains("cpus: .inf"));
    folder.run(&["config", "--format", "json"]).fails_with(3, "compose.yaml:4:11: JSON has no `.inf`");
}
