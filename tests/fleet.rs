//! `lint` with several hosts: what becomes of each service on each of them.
//!
//! The nodes of a cluster are recorded in fixtures/hosts, its project lies in fixtures/projects.
#![expect(clippy::disallowed_methods, reason = "a test starts the program")]

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

const NODES: &str = "../../../hosts/cluster-*.json";

/// The program in a form of the cluster's project.
fn lint(form: &str, columns: &str, arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/cluster-nodes").join(form);
    let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
    command.arg("lint").args(arguments).current_dir(folder).env_clear().env("COLUMNS", columns);
    command.output().expect("it starts")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The table and the reasons: everything from the line of the hosts' names on.
fn table(output: &Output) -> String {
    let text = said(output);
    text[text.find("\nservice ").expect("there is a table") + 1..].to_owned()
}

#[test]
fn each_service_has_its_form_on_each_node() {
    let output = lint("good", "100", &["--host", NODES]);
    assert_eq!(
        table(&output),
        "\
service   cluster-cooperator  cluster-director  cluster-projector
trainer   fails               fails             cdi
notebook  fails               cdi               cdi
gateway   cpu                 cdi               cdi
cpu: the NVIDIA driver is not loaded: no /proc/driver/nvidia/version and no libnvidia-ml.so.1
  gateway on cluster-cooperator
fails: `nvidia.com/gpu=1` is in no CDI spec; there are `nvidia.com/gpu=0`,
    `nvidia.com/gpu=GPU-61000000-c1a5-4e00-8000-000000000000`, `nvidia.com/gpu=all`
  trainer on cluster-director
fails: the NVIDIA driver is not loaded: no /proc/driver/nvidia/version and no libnvidia-ml.so.1
  notebook on cluster-cooperator
  trainer on cluster-cooperator

3 warnings
"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_form_that_has_to_be_rendered_is_shown_so() {
    let hosts = ["--host", "@engine28-cdi", "--host", "@podman5", "--host", "@wsl2"];
    let text = table(&lint("bad", "90", &hosts));
    let lines: Vec<&str> = text.lines().take(4).collect();
    assert_eq!(
        lines,
        [
            "service   @engine28-cdi  @podman5  @wsl2",
            "trainer   fails          no GPU    fails",
            "notebook  runtime        → cdi     runtime",
            "gateway   gpus           → cdi     gpus",
        ]
    );
    let dropped = "not as written: Podman drops device requests that are not CDI's\n  gateway on @podman5\n";
    assert!(text.contains(dropped), "{text}");
}

#[test]
fn a_job_summary_has_the_table() {
    let hosts = ["--host", "@engine28-cdi", "--host", "@podman5", "--format", "markdown"];
    let output = lint("bad", "90", &hosts);
    let table = "\
<code>docker-compose.yml</code>

| Service | <code>&#64;engine28-cdi</code> | <code>&#64;podman5</code> |
|---|---|---|
| <code>trainer</code> | fails | no GPU |
| <code>notebook</code> | runtime | → cdi |
| <code>gateway</code> | gpus | → cdi |
";
    assert!(said(&output).contains(table), "{}", said(&output));
    let reason = "- **not as written**: Podman drops device requests that are not CDI's (gateway on &#64;podman5)\n";
    assert!(said(&output).contains(reason), "{}", said(&output));
}

#[test]
fn a_sarif_log_has_the_table_among_the_properties() {
    let output = lint("bad", "90", &["--host", "@engine28-cdi", "--host", "@podman5", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&said(&output)).expect("it is JSON");
    let fleet = &log["runs"][0]["properties"]["fleet"];
    assert_eq!(fleet["hosts"], serde_json::json!(["@engine28-cdi", "@podman5"]));
    assert_eq!(fleet["services"][1]["hosts"][1]["outcome"], "rendered");
    let alone = lint("bad", "90", &["--host", "@engine28-cdi", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&said(&alone)).expect("it is JSON");
    assert!(log["runs"][0].get("properties").is_none());
}

#[test]
fn a_small_terminal_has_the_nodes_below_each_service() {
    let output = lint("good", "40", &["--host", NODES]);
    let below = "\
trainer
  cluster-cooperator  fails
  cluster-director    fails
  cluster-projector   cdi
";
    assert!(said(&output).contains(below), "{}", said(&output));
}

#[test]
fn findings_name_the_nodes_that_they_are_about() {
    let output = lint("bad", "90", &["--host", NODES, "--format", "concise", "--select", "CG121,CG207"]);
    assert_eq!(
        said(&output),
        "\
docker-compose.yml:10:15: warning[CG121] service `trainer` does not start on host `cluster-cooperator`: the NVIDIA driver is not loaded: no /proc/driver/nvidia/version and no libnvidia-ml.so.1
docker-compose.yml:11:33: warning[CG207] service `trainer` asks for GPU `1`, and there is none on host `cluster-director`
docker-compose.yml:16:5: warning[CG121] service `notebook` does not start on host `cluster-cooperator`: the engine has no runtime `nvidia` (`unknown or invalid runtime name: nvidia`)
docker-compose.yml:23:9: warning[CG121] service `gateway` does not start on host `cluster-cooperator`: the NVIDIA driver is not loaded: no /proc/driver/nvidia/version and no libnvidia-ml.so.1
"
    );
    // What works on no host of several is an error, and so is what one host alone refuses.
    let small = ["--host", "../../../hosts/cluster-director.json", "--host", "@cpu-only"];
    let select = ["--format", "concise", "--select", "CG121,CG207"];
    let text = said(&lint("good", "90", &[&small[..], &select].concat()));
    assert!(
        text.contains("error[CG207] service `trainer`") && text.contains("error[CG121] service `trainer`"),
        "{text}"
    );
    assert!(text.contains("warning[CG121] service `notebook`"), "{text}");
}

#[test]
fn programs_read_the_same_table() {
    let output = lint("good", "90", &["--host", NODES, "--format", "json"]);
    let report: Value = serde_json::from_str(&said(&output)).expect("a report is JSON");
    let schema = serde_json::from_str(include_str!("../schemas/report-v1.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(report["fleet"]["hosts"][2], "cluster-projector");
    let gateway = &report["fleet"]["services"][2];
    assert_eq!((&gateway["service"], &gateway["project"][0]), (&"gateway".into(), &"docker-compose.yml".into()));
    assert_eq!((&gateway["hosts"][0]["outcome"], &gateway["hosts"][1]["form"]), (&"cpu".into(), &"cdi".into()));
    // One host has findings and no table.
    let output = lint("good", "90", &["--host", "@cpu-only", "--format", "json"]);
    let report: Value = serde_json::from_str(&said(&output)).expect("a report is JSON");
    assert!(report.get("fleet").is_none());
}

#[test]
fn a_pattern_without_hosts_is_no_host() {
    let output = lint("good", "90", &["--host", "nowhere/*.json"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: no file matches nowhere/*.json; `composegpu probe -o FILE` records a host\n"
    );
}
