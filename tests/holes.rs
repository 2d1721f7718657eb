//! Where Compose stops, lint goes on: what is missing is said once, and the GPU findings are
//! there all the same.

#![allow(clippy::disallowed_methods, reason = "each test makes files of its own")]

#[path = "cli/folder.rs"]
#[allow(dead_code, reason = "the folder is shared with the tests of the command")]
mod folder;

use folder::Folder;

/// A GPU asked for in the old form, and a container that needs no `privileged`.
const GPU: &str = "    privileged: true
    deploy:
      resources:
        reservations:
          devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]
";

/// Codes of all findings with their lines, in order.
fn lint(files: &[(&str, &str)], args: &[&str], exit: i32) -> Vec<String> {
    let folder = Folder::new(files);
    let report = folder.run(&[&["lint", "--format", "json"], args].concat()).exits(exit).json();
    let findings = report["findings"].as_array().expect("findings are a list");
    let line = |finding: &serde_json::Value| {
        let line = finding["start"]["line"].as_u64().map_or(String::new(), |line| format!(":{line}"));
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}{line} {}", text("code"), text("file"), text("severity"))
    };
    findings.iter().map(line).collect()
}

/// Asserts that the reader says `reader` and nothing else, and that the rules see the GPU.
#[track_caller]
fn goes_on(files: &[(&str, &str)], args: &[&str], reader: &[&str]) {
    let found = lint(files, args, 1);
    let is_reader = |found: &&String| found.starts_with("CG00");
    assert_eq!(found.iter().filter(is_reader).collect::<Vec<_>>(), reader, "{found:#?}");
    for code in ["CG106", "CG701"] {
        assert_eq!(found.iter().filter(|found| found.starts_with(code)).count(), 1, "{code}: {found:#?}");
    }
}

fn service(lines: &str) -> String {
    format!("services:\n  llm:\n{lines}{GPU}")
}

#[test]
fn variables_that_must_be_set() {
    let text = service("    image: ${IMAGE:?name one}\n");
    goes_on(&[("compose.yaml", &text)], &[], &["CG005 compose.yaml:3 info"]);
    let text = service("    image: x\n    ports: ['${A?}:80', '${A?}:81']\n");
    goes_on(&[("compose.yaml", &text)], &[], &["CG005 compose.yaml:4 info"]);
}

#[test]
fn variables_that_are_not_set() {
    let text = service("    image: example/llm:${TAG}\n    container_name: ${NAME}\n    mem_limit: ${MEMORY}\n");
    let expected = ["CG005 compose.yaml:3 info", "CG005 compose.yaml:4 info", "CG005 compose.yaml:5 info"];
    goes_on(&[("compose.yaml", &text)], &[], &expected);
    let text = service(
        "    image: ${IMAGE}\n    shm_size: ${A}\n    cpus: ${B}\n    ports: ['${PORT}:80']\n    scale: ${N}\n",
    );
    let expected: Vec<String> = (3..8).map(|line| format!("CG005 compose.yaml:{line} info")).collect();
    goes_on(&[("compose.yaml", &text)], &[], &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn variables_that_choose_a_device() {
    let request = |device: &str| {
        let text = service("    image: x\n").replace("count: 1", device);
        goes_on(&[("compose.yaml", &text)], &[], &["CG005 compose.yaml:8 warning"]);
    };
    request("count: '${GPUS}'");
    request("device_ids: ['${GPU}']");
    request("device_ids: ['${GPU:?}']".replace(":?", "").as_str());
    let text = service("    image: x\n    runtime: ${RUNTIME}\n");
    goes_on(&[("compose.yaml", &text)], &[], &["CG005 compose.yaml:4 warning"]);
    let text = service("    image: x\n    environment: ['NVIDIA_VISIBLE_DEVICES=${GPU}']\n");
    let found = lint(&[("compose.yaml", &text)], &[], 1);
    assert_eq!(found.iter().filter(|found| found.starts_with("CG00")).count(), 1, "{found:#?}");
    assert!(found.iter().any(|found| found.starts_with("CG106")), "{found:#?}");
}

#[test]
fn an_env_file_that_is_not_there() {
    let text = service("    image: x\n    env_file: [.env.local]\n");
    goes_on(&[("compose.yaml", &text)], &[], &["CG006 compose.yaml:4 warning"]);
    let text = service("    image: x\n    env_file: [{path: a.env, required: false}]\n");
    goes_on(&[("compose.yaml", &text)], &[], &[]);
}

#[test]
fn an_overlay_without_its_base() {
    let text = service("    command: [serve]\n    ports: ['80:80']\n");
    goes_on(&[("compose.gpu.yaml", &text)], &["compose.gpu.yaml"], &[]);
    let named =
        "services:\n  llm:\n    depends_on: [db]\n    networks: [back]\n    volumes: ['data:/data']\n".to_owned() + GPU;
    goes_on(&[("docker-compose.nvidia.yml", &named)], &["docker-compose.nvidia.yml"], &[]);
}

#[test]
fn a_file_that_is_extended_and_not_there() {
    let text = service("    image: x\n    extends: {service: base, file: common.yaml}\n");
    goes_on(&[("compose.yaml", &text)], &[], &["CG008 compose.yaml:4 error"]);
    let text = service("    extends: {service: base, file: common.yaml}\n");
    goes_on(&[("compose.yaml", &text)], &[], &["CG008 compose.yaml:3 error"]);
    let two =
        service("    extends: {service: base, file: c.yaml}\n") + "  b: {extends: {service: base, file: c.yaml}}\n";
    goes_on(&[("compose.yaml", &two)], &[], &["CG008 compose.yaml:3 error", "CG008 compose.yaml:9 error"]);
    let other = "services: {other: {image: x}}\n";
    goes_on(
        &[("compose.yaml", &text), ("common.yaml", other)],
        &["-f", "compose.yaml"],
        &["CG008 compose.yaml:3 error"],
    );
}

#[test]
fn a_file_that_is_included_and_not_there() {
    let text =
        "include: [db.yaml]\n".to_owned() + &service("    image: x\n    depends_on: [db]\n    networks: [back]\n");
    goes_on(&[("compose.yaml", &text)], &[], &["CG008 compose.yaml:1 error"]);
}

#[test]
fn a_build_context_that_is_not_there() {
    goes_on(&[("compose.yaml", &service("    build: ./app\n"))], &[], &[]);
    goes_on(&[("compose.yaml", &service("    build: {context: ./app, dockerfile: gpu.Dockerfile}\n"))], &[], &[]);
}

#[test]
fn config_still_refuses_what_compose_refuses() {
    let refused = [
        service("    image: ${IMAGE:?name one}\n"),
        service("    image: x\n    env_file: [.env.local]\n"),
        service("    image: x\n    extends: {service: base, file: common.yaml}\n"),
        "include: [db.yaml]\n".to_owned() + &service("    image: x\n"),
        service("    command: [serve]\n"),
    ];
    for text in refused {
        let outcome = Folder::new(&[("compose.yaml", &text)]).run(&["config"]).exits(1);
        assert!(outcome.out.is_empty() && !outcome.err.is_empty(), "{outcome:#?}");
    }
}
