//! Findings that are known: comments that `--add-ignore` writes, and baselines.

use std::fs;

use composegpu::rules::{self, RETIRED};

use super::folder::{Folder, LEGACY, Outcome};

fn findings(outcome: &Outcome) -> usize {
    outcome.json()["findings"].as_array().expect("findings are a list").len()
}

/// Adds comments, and checks that nothing is found any more and nothing else has changed.
#[track_caller]
fn ignored(text: &str) -> String {
    let folder = Folder::new(&[("compose.yaml", text)]);
    let before = folder.run(&["config", "--format", "json"]).out;
    folder.run(&["lint", "--add-ignore=the hosts are ours"]).exits(0);
    let after = folder.read("compose.yaml");
    let outcome = folder.run(&["lint", "--format", "json"]).exits(0);
    assert_eq!(findings(&outcome), 0, "{after}");
    assert_eq!(folder.run(&["config", "--format", "json"]).out, before, "{after}");
    let said = |text: &str| {
        text.split("# composegpu:").map(|part| part.split('\n').skip(1).collect()).collect::<Vec<String>>()
    };
    let kept: String =
        after.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("# composegpu: ")).collect();
    assert!(
        kept.lines().zip(text.lines()).all(|(new, old)| new.starts_with(old.trim_end())),
        "{:?}\n{after}",
        said(&after)
    );
    assert_eq!(kept.contains("\r\n"), text.contains("\r\n"));
    after
}

#[test]
fn a_word_that_names_no_rule_is_answered_with_what_is_known() {
    let folder = Folder::new(&[("compose.yaml", "services:\n  a:\n    image: x # composegpu: ignore[CG804]\n")]);
    let answer = |word: &str| folder.run(&["explain", word]).exits(2).err;
    assert!(answer("CG811").contains("did you mean `shm-too-small` (CG801)?"));
    assert!(answer("legacy_gpu_reservation").contains("`legacy-gpu-reservation` (CG106)"));
    assert!(answer("mount").contains("`driver-library-mount` (CG301) or "));
    assert!(answer("CG999").contains("help: `composegpu rules` lists them all"));
    for (code, reason) in RETIRED {
        assert!(rules::by_text(code).is_none(), "{code} is a rule");
        let said = answer(code);
        assert!(said.contains(&format!("`{code}` is no rule\nhelp: {reason}")), "{said}");
        let mut words = reason.split(|letter: char| !letter.is_ascii_alphanumeric());
        assert!(words.any(|word| rules::by_text(word).is_some()), "{code}: {reason}");
        let said = folder.run(&["lint", "--select", code]).exits(2).err;
        assert!(said.contains(reason), "{said}");
    }
    assert!(folder.run(&["lint"]).exits(1).out.contains("CG806 adds up"));
}

#[test]
fn comments_are_written_where_they_hold() {
    let after = ignored(LEGACY);
    assert!(after.contains("            - driver: nvidia # composegpu: ignore[CG106] the hosts are ours\n"), "{after}");
    ignored(&LEGACY.replace('\n', "\r\n"));
    ignored(LEGACY.trim_end());
    let commented = LEGACY.replace("- driver: nvidia", "- driver: nvidia # a card");
    let after = ignored(&commented);
    assert!(
        after.contains(
            "            # composegpu: ignore[CG106] the hosts are ours\n            - driver: nvidia # a card\n"
        ),
        "{after}"
    );
}

#[test]
fn in_flow_style_in_merged_values_and_long_texts() {
    let flow = "services:\n  llm: {image: x, deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}}\n";
    ignored(flow);
    let long = "services:\n  llm:\n    image: x\n    deploy: {resources: {reservations: {devices: [\n      {driver: nvidia,\n        count: 1, capabilities: [gpu]}]}}}\n";
    ignored(long);
    let merged = "x-gpu: &gpu\n  deploy:\n    resources:\n      reservations:\n        devices:\n          - {driver: nvidia, count: 1, capabilities: [gpu]}\nservices:\n  a: {<<: *gpu, image: x}\n  b:\n    <<: *gpu\n    image: y\n";
    ignored(merged);
    let text = "version: '3'\nservices:\n  llm:\n    image: x\n    command: >-\n      serve\n      --key ${NO_SUCH_VARIABLE}\n      --more\n";
    ignored(text);
}

#[test]
fn a_comment_that_is_there_takes_the_rule_in() {
    let text = "services:\n  llm: {image: x, privileged: true, runtime: nvidia, environment: {NVIDIA_VISIBLE_DEVICES: '0'}} # composegpu: ignore[CG119]\n";
    let folder = Folder::new(&[("compose.yaml", text)]);
    let outcome = folder.run(&["lint", "--add-ignore", "--select", "CG119,CG701"]).exits(0);
    let after = folder.read("compose.yaml");
    assert!(after.ends_with("}} # composegpu: ignore[CG119, CG701]\n"), "{after}{outcome:#?}");
    assert_eq!(outcome.err, "ignored 1 finding in 1 file\n");
    let outcome = folder.run(&["lint", "--add-ignore", "--select", "CG119,CG701"]).exits(0);
    assert_eq!((outcome.err.as_str(), folder.read("compose.yaml")), ("ignored 0 findings in 0 files\n", after));
}

#[test]
fn comments_as_a_patch_and_wrong_use() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let outcome = folder.run(&["lint", "--add-ignore", "--diff"]).exits(1);
    assert!(outcome.out.contains("\n+            - driver: nvidia # composegpu: ignore[CG106]\n"), "{outcome:#?}");
    assert_eq!(folder.read("compose.yaml"), LEGACY);
    folder.run(&["lint", "--add-ignore", "-"]).exits(2);
    folder.run(&["lint", "--add-ignore", "--fix"]).exits(2);
    folder.run(&["lint", "--add-ignore=a\nb"]).fails_with(2, "the reason of `--add-ignore` is one line");
}

#[test]
fn a_baseline_outlives_moved_lines() {
    let folder = Folder::new(&[("a/compose.yaml", LEGACY), ("b/compose.yaml", LEGACY)]);
    let outcome = folder.run(&["lint", "--baseline", "known.json", "--write-baseline"]).exits(0);
    assert!(outcome.err.starts_with("wrote ") && outcome.err.ends_with(" to known.json\n"), "{outcome:#?}");
    let first = folder.read("known.json");
    let outcome = folder.run(&["lint", "--format", "json", "--baseline", "known.json"]).exits(0);
    assert_eq!(findings(&outcome), 0);
    folder.write(
        "a/compose.yaml",
        format!("# moved\n\n\n{LEGACY}  more:\n    image: x:1\n    runtime: nvidia\n").as_bytes(),
    );
    let outcome = folder.run(&["lint", "--format", "json", "--baseline", "known.json"]).exits(1);
    let report = outcome.json();
    let services = report["findings"].as_array().expect("a list").iter().map(|one| &one["service"]).collect::<Vec<_>>();
    assert!(!services.is_empty() && services.iter().all(|service| service.as_str() == Some("more")), "{report}");
    let mut deep = folder.command(&["lint", "--baseline", "../known.json", "--select", "CG106"]);
    Outcome::of(deep.current_dir(folder.path().join("a"))).exits(0);
    folder.write("b/compose.yaml", b"services: {web: {image: nginx}}\n");
    let outcome = folder.run(&["lint", "--baseline", "known.json", "b"]).exits(0);
    assert!(outcome.err.contains("of the baseline"), "{outcome:#?}");
    folder.run(&["lint", "--baseline", "known.json", "--write-baseline", "b"]).exits(0);
    let second = folder.read("known.json");
    assert!(
        second.contains("a/compose.yaml") && !second.contains("b/compose.yaml") && first.contains("b/compose.yaml")
    );
}

#[test]
fn a_baseline_that_is_none() {
    let folder = Folder::new(&[("compose.yaml", LEGACY), ("odd.json", "{\"version\": 2, \"findings\": []}")]);
    folder.run(&["lint", "--baseline", "none.json"]).fails_with(3, "cannot read none.json: no such file");
    folder.run(&["lint", "--baseline", "odd.json"]).fails_with(2, "odd.json is no baseline");
    folder.run(&["lint", "--baseline", "odd.json", "--write-baseline"]).fails_with(2, "odd.json is no baseline");
    folder.run(&["lint", "--write-baseline"]).fails_with(2, "name it with `--baseline FILE`");
    folder.write("composegpu.toml", b"baseline = 'known.json'\n");
    folder.run(&["lint", "--write-baseline"]).exits(0);
    folder.run(&["lint"]).exits(0);
    fs::remove_file(folder.path().join("known.json")).expect("it was written");
    folder.run(&["lint"]).exits(3);
}

#[test]
fn what_breaks_nothing_or_is_not_sure_is_information() {
    let service = |name: &str, more: &str| format!("  {name}:\n    image: {more}\n");
    let text = [
        "services:\n".to_owned(),
        service("same", "example/llm\n    gpus: all\n    environment: {NVIDIA_VISIBLE_DEVICES: all}"),
        service("other", "example/llm\n    gpus: all\n    environment: {NVIDIA_VISIBLE_DEVICES: '1'}"),
        service("unknown", "example/llm\n    runtime: nvidia"),
        service("general", "python:3.12\n    runtime: nvidia"),
    ];
    let folder = Folder::new(&[("compose.yaml", &text.concat())]);
    let out = folder.run(&["lint", "--format", "concise", "--select", "CG201,CG401"]).exits(1).out;
    let found: Vec<&str> = out.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(found, ["info[CG201]", "warning[CG201]", "info[CG401]", "warning[CG401]"], "{out}");
}
