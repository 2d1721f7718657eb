//! `composegpu.toml`: where it is found, what it changes, and how its mistakes are told.

use serde_json::Value;

use super::folder::{Folder, GOOD, LEGACY, Outcome};

/// A folder with a finding of CG106 and this configuration.
fn with(configuration: &str) -> Folder {
    Folder::new(&[("compose.yaml", LEGACY), ("composegpu.toml", configuration), ("legacy/compose.yaml", LEGACY)])
}

#[track_caller]
fn count(outcome: &Outcome, code: &str) -> usize {
    let report = outcome.json();
    report["findings"].as_array().expect("a list").iter().filter(|finding| finding["code"] == code).count()
}

fn legacy(folder: &Folder, more: &[&str]) -> usize {
    count(&folder.run(&[&["lint", "--format", "json"], more].concat()), "CG106")
}

#[test]
fn rules_are_chosen_by_code_prefix_group_and_name() {
    for words in ["CG106", "CG1", "requests", "legacy-gpu-reservation", "all"] {
        assert_eq!(legacy(&with(&format!("ignore = ['{words}']")), &[]), 0, "{words}");
        assert_eq!(legacy(&with(&format!("select = ['{words}']")), &[]), 2, "{words}");
    }
    assert_eq!(legacy(&with("select = ['security', 'CG2']"), &[]), 0);
}

#[test]
fn the_command_line_wins() {
    let folder = with("ignore = ['CG106']\nfail-on = 'never'");
    assert_eq!(legacy(&folder, &[]), 0);
    assert_eq!(legacy(&folder, &["--select", "CG1"]), 2);
    assert_eq!(legacy(&folder, &["--extend-select", "CG106"]), 2);
    folder.run(&["lint", "--isolated"]).exits(1);
    folder.run(&["lint", "--extend-select", "CG106"]).exits(0);
    folder.run(&["lint", "--extend-select", "CG106", "--fail-on", "warning"]).exits(1);
    assert_eq!(legacy(&with("select = ['CG2']"), &["--ignore", "CG2"]), 0);
}

#[test]
fn severities_and_files() {
    let folder = with("severity = {CG1 = 'info', CG106 = 'error'}\nper-file-ignores = {'legacy/' = ['CG106']}");
    let outcome = folder.run(&["lint", "--format", "json"]).exits(1);
    assert_eq!(count(&outcome, "CG106"), 1);
    let finding = outcome.finding("CG106");
    assert_eq!((&finding["severity"], &finding["file"]), (&"error".into(), &"compose.yaml".into()));
    with("severity = {CG106 = 'info'}").run(&["lint"]).exits(0);
    let other = with("per-file-ignores = {'**/compose.yaml' = ['all']}").run(&["lint"]).exits(0);
    assert_eq!(other.out, "");
}

#[test]
fn it_is_found_upwards_as_far_as_the_repository() {
    let folder = Folder::new(&[
        ("composegpu.toml", "ignore = ['CG106']"),
        ("repository/.git/HEAD", ""),
        ("repository/sub/compose.yaml", LEGACY),
        ("plain/sub/compose.yaml", LEGACY),
        ("other.toml", "select = ['CG2']"),
    ]);
    assert_eq!(legacy(&folder, &["plain"]), 0);
    assert_eq!(legacy(&folder, &["plain/sub/compose.yaml"]), 0);
    assert_eq!(legacy(&folder, &["-f", "plain/sub/compose.yaml"]), 0);
    assert_eq!(legacy(&folder, &["repository/sub/compose.yaml"]), 1);
    assert_eq!(legacy(&folder, &["repository", "--config", "composegpu.toml"]), 0);
    assert_eq!(legacy(&folder, &["plain", "--config", "other.toml"]), 0);
    folder.run(&["lint", "--config", "none.toml"]).fails_with(3, "cannot read none.toml: no such file");
    folder.run(&["lint", "--config", "other.toml", "--isolated"]).exits(2);
}

#[test]
fn mistakes_have_a_place() {
    for (text, said) in [
        ("# x\nselcet = ['CG1']", "composegpu.toml:2:1: unknown key `selcet`; did you mean `select`?"),
        ("colour = 1", "composegpu.toml:1:1: unknown key `colour`; the keys are select, "),
        ("select = ['CG1', 'CG999']", "composegpu.toml:1:18: no rule has the code or name `CG999`"),
        ("select = 'CG1'", "composegpu.toml:1:10: a list of strings belongs here, not a string"),
        ("select = [1]", "composegpu.toml:1:11: a string belongs here, not a number"),
        ("[severity]\nCG106 = 'off'", "composegpu.toml:2:9: `off` is no severity"),
        ("[severity]\nCG1x = 'info'", "composegpu.toml:2:1: no rule has the code or name `CG1x`"),
        ("fail-on = 'all'", "composegpu.toml:1:11: `all` is no severity to fail on"),
        ("exclude = ['a', '{']", "composegpu.toml:1:17: `{` is no pattern"),
        ("[projects.x]\nfile = ['a']", "composegpu.toml:2:1: unknown key `file`; did you mean `files`?"),
        ("[projects.x]\nprofiles = ['a']", "composegpu.toml:1:11: the project `x` names no `files`"),
        ("[projects.x]\nfiles = ['no.yml']", "the project `x` of composegpu.toml names no.yml, where no file is"),
        ("host = 'live'", "composegpu.toml:1:8: `live` is for the command line"),
        ("select = [", "composegpu.toml:1:11: "),
        ("select = []\nselect = []", "composegpu.toml:2:1: duplicate key"),
    ] {
        with(text).run(&["lint"]).fails_with(2, said);
    }
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    folder.write("composegpu.toml", b"\xff\xfe\0");
    folder.run(&["lint"]).exits(2);
}

#[test]
fn files_are_left_out_and_taken_in() {
    let folder = with("exclude = ['legacy/', '!legacy/kept']\nfiles = ['*.stack', 'odd.txt']");
    folder.write("a.stack", LEGACY.as_bytes());
    folder.write("sub/odd.txt", LEGACY.as_bytes());
    let shown = folder.run(&["lint", "--show-files"]).exits(0).out;
    assert_eq!(shown, "compose.yaml\na.stack\nsub/odd.txt\n");
    let named = folder.run(&["lint", "legacy/compose.yaml"]).exits(0);
    assert_eq!(named.err, "note: legacy/compose.yaml is excluded by the configuration\n");
}

#[test]
fn named_sets() {
    let sets = "[projects.gpu]\nfiles = ['compose.yaml', 'hw/cards.yml']\nprofiles = ['gpu']\nenv-files = ['ci.env']\n";
    let folder = Folder::new(&[
        ("composegpu.toml", sets),
        ("compose.yaml", "services:\n  llm:\n    image: \"llm:${TAG}\"\n    profiles: [gpu]\n"),
        ("hw/cards.yml", "services:\n  llm:\n    devices: [nvidia.com/gpu=0]\n    runtime: nvidia\n"),
        ("ci.env", "TAG=1\n"),
        ("other.yaml", GOOD),
    ]);
    let shown = folder.run(&["lint", "--show-files"]).exits(0).out;
    assert_eq!(shown, "compose.yaml + hw/cards.yml (project `gpu`)\nother.yaml\n");
    let shown = folder.run(&["lint", "--show-files", "hw/cards.yml"]).exits(0).out;
    assert_eq!(shown, "compose.yaml + hw/cards.yml (project `gpu`)\n");
    let report = folder.run(&["lint", "--format", "json", "--exit-zero"]).exits(0);
    assert_eq!(count(&report, "CG005"), 0, "{report:#?}");
}

#[test]
fn a_host_of_the_configuration() {
    let folder = with("host = '@nope'");
    folder.run(&["lint"]).fails_with(2, "there is no host `@nope`");
    folder.run(&["lint", "--host", "@engine28-cdi"]).exits(1);
    with("host = 'no.json'").run(&["lint"]).exits(3);
}

/// The schema's keys are the program's, and its examples are taken.
#[test]
fn the_schema_says_what_the_program_takes() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/composegpu.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let mut keys: Vec<&str> = schema["properties"].as_object().expect("keys").keys().map(String::as_str).collect();
    for key in &keys {
        let property = &schema["properties"][key];
        let named = property["$ref"].as_str().map(|name| &schema["$defs"][name.trim_start_matches("#/$defs/")]);
        let example = &named.unwrap_or(property)["examples"][0];
        // TOML's inline form is JSON with `=` behind a key.
        let text = format!("{key} = {}", example.to_string().replace("\":", "\"="));
        assert!(validator.is_valid(&serde_json::json!({ *key: example })), "{text}");
        let folder = with(&text);
        folder.write("composegpu-baseline.json", b"{\"version\": 1, \"findings\": []}");
        folder.run(&["lint", "--exit-zero"]).exits(0);
    }
    let said = with("zzzzzzzz = 1").run(&["lint"]).exits(2).err;
    let mut known: Vec<&str> =
        said.trim_end().rsplit("the keys are ").next().expect("a split has a part").split(", ").collect();
    keys.sort_unstable();
    known.sort_unstable();
    assert_eq!(known, keys);
    for wrong in ["{\"selcet\": []}", "{\"severity\": {\"CG1\": \"off\"}}", "{\"projects\": {\"x\": {}}}"] {
        assert!(!validator.is_valid(&serde_json::from_str(wrong).expect("JSON")), "{wrong}");
    }
}
