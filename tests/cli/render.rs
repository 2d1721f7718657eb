//! `render` on recorded hosts: what goes where, and that nothing is written by halves.

use std::fs;

use super::folder::{Folder, GOOD, LEGACY, Outcome};

fn host(name: &str) -> String {
    format!("{}/fixtures/hosts/lab-{name}.json", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_host_decides_the_form() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let render = |name: &str| folder.run(&["render", "--format", "json", "--host", &host(name)]).exits(0);
    let cdi = render("cdi-ok");
    let service = &cdi.json()["services"]["llm"];
    assert_eq!(service["devices"][0]["source"], "nvidia.com/gpu=0", "{cdi:#?}");
    assert!(service.get("runtime").is_none() && service.get("deploy").is_none(), "{cdi:#?}");
    let runtime = render("full-auto-nospec");
    assert_eq!(runtime.json()["services"]["llm"]["runtime"], "nvidia", "{runtime:#?}");
    assert_eq!(render("cdi-ok").err, "", "reasons are told when asked for");
}

#[test]
fn a_host_without_a_gpu_is_refused_with_the_reasons() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let bare = host("bare");
    let outcome = folder.run(&["render", "--host", &bare, "-o", "out.yaml"]).exits(3);
    assert_eq!(outcome.out, "");
    assert!(outcome.err.starts_with("error: service `llm` (compose.yaml:"), "{outcome:#?}");
    assert!(outcome.err.contains("\n  cdi: ") && outcome.err.contains("--fallback cpu"), "{outcome:#?}");
    assert_eq!(folder.names(), ["compose.yaml"]);
    let outcome = folder.run(&["render", "--host", &bare, "--fallback", "cpu", "--format", "json"]).exits(0);
    assert!(outcome.err.starts_with("warning: service `llm` gets no GPU: "), "{outcome:#?}");
    assert_eq!(outcome.json()["services"]["llm"]["environment"]["NVIDIA_VISIBLE_DEVICES"], "void");
}

#[test]
fn a_host_has_a_name_or_the_names_are_listed() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let outcome = folder.run(&["render", "--format", "json", "--explain", "--host", "@wsl2"]).exits(0);
    assert_eq!(
        outcome.json()["services"]["llm"]["deploy"]["resources"]["reservations"]["devices"][0]["driver"],
        "nvidia"
    );
    assert!(outcome.err.contains("\n  because composed facts: "), "{outcome:#?}");
    for verb in ["render", "lint"] {
        let outcome = folder.run(&[verb, "--host", "@nope"]).exits(2);
        assert!(outcome.err.contains("there is no host `@nope`; there are @engine28-cdi, "), "{outcome:#?}");
        assert!(outcome.err.contains("@docker-desktop") && outcome.err.contains("@mig"), "{outcome:#?}");
    }
}

#[test]
fn what_compose_refuses_is_not_rendered() {
    let folder = Folder::new(&[("compose.yaml", &LEGACY.replace("              capabilities: [gpu]\n", ""))]);
    let outcome = folder.run(&["render", "--host", &host("cdi-ok")]).exits(1);
    assert!(outcome.out.is_empty() && outcome.err.contains("error[CG101]"), "{outcome:#?}");
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = Folder::new(&[("compose.yaml", LEGACY), ("sub/x", "")]);
    let cdi = host("cdi-ok");
    let printed = folder.run(&["render", "--host", &cdi]).exits(0).out;
    folder.write("out.yaml", b"old");
    let outcome = folder.run(&["render", "--host", &cdi, "-o", "out.yaml"]).exits(0);
    assert_eq!((outcome.out.as_str(), folder.read("out.yaml")), ("", printed));
    folder.run(&["render", "--host", &cdi, "-o", "sub"]).fails_with(3, "cannot write sub: is a directory");
    folder
        .run(&["render", "--host", &cdi, "-o", "no/out.yaml"])
        .fails_with(3, "cannot write no/out.yaml: no such file");
    assert_eq!(folder.names(), ["compose.yaml", "out.yaml", "sub"]);
    assert_eq!(fs::read_dir(folder.path().join("sub")).expect("it is there").count(), 1);
}

#[test]
fn a_project_is_not_written_over_itself() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let outcome = folder.run(&["render", "--host", &host("cdi-ok"), "-o", "./compose.yaml"]);
    outcome.fails_with(2, "`./compose.yaml` is one of the project's own files");
    assert_eq!(folder.read("compose.yaml"), LEGACY);
}

#[test]
fn the_reasons_go_to_standard_error() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let outcome = folder.run(&["render", "--host", &host("full-auto-nospec"), "--explain"]).exits(0);
    assert!(outcome.err.starts_with("llm: runtime (0)\n  because "), "{outcome:#?}");
    assert!(outcome.err.contains("\n  not cdi: "), "{outcome:#?}");
    assert!(outcome.out.starts_with("name: "), "{outcome:#?}");
}

#[test]
fn without_a_gpu_no_host_is_looked_at() {
    let folder = Folder::new(&[("compose.yaml", GOOD)]);
    assert!(folder.run(&["render"]).exits(0).out.contains("image: nginx"));
    let mut command = folder.command(&["render", "--form", "cpu", "-f", "-"]);
    assert!(Outcome::of(command.write_stdin(LEGACY)).exits(0).out.contains("NVIDIA_VISIBLE_DEVICES: void"));
}

#[test]
fn each_form_can_be_named() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let full = host("full-auto");
    let service = |form: &str| {
        let outcome = folder.run(&["render", "--form", form, "--format", "json", "--host", &full]).exits(0);
        outcome.json()["services"]["llm"].take()
    };
    assert_eq!(service("cdi")["devices"][0]["source"], "nvidia.com/gpu=0");
    let reserved = |form: &str| service(form)["deploy"]["resources"]["reservations"]["devices"][0].take();
    let expected = serde_json::json!({"capabilities": ["gpu"], "driver": "cdi", "device_ids": ["nvidia.com/gpu=0"]});
    assert_eq!(reserved("cdi-reservation"), expected);
    let expected = serde_json::json!({"capabilities": ["gpu"], "driver": "nvidia", "device_ids": ["0"]});
    assert_eq!(reserved("reservation"), expected);
    assert_eq!(service("gpus")["gpus"], serde_json::json!([expected]));
    assert!(service("gpus").get("deploy").is_none());
    assert_eq!(service("runtime")["environment"]["NVIDIA_VISIBLE_DEVICES"], "0");
    assert_eq!(service("cpu")["environment"]["NVIDIA_VISIBLE_DEVICES"], "void");
}

#[test]
fn a_committed_file_is_checked() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let (cdi, other) = (host("cdi-ok"), host("full-auto-nospec"));
    folder.run(&["render", "--host", &cdi, "--check"]).fails_with(2, "name it with `-o FILE`");
    folder.run(&["render", "--check", "-o", "out.yaml"]).fails_with(2, "name a recorded one with `--host FILE`");
    let check = |host: &str| folder.run(&["render", "--host", host, "-o", "out.yaml", "--check"]);
    let absent = check(&cdi).exits(1);
    assert!(absent.out.is_empty() && absent.err.contains("\n+services:\n"), "{absent:#?}");
    assert_eq!(folder.names(), ["compose.yaml"], "nothing is written");
    folder.run(&["render", "--host", &cdi, "-o", "out.yaml"]).exits(0);
    assert_eq!(check(&cdi).exits(0).err, "");
    let stale = check(&other).exits(1);
    assert!(stale.err.starts_with("--- a/out.yaml\n+++ b/out.yaml\n@@ "), "{stale:#?}");
    assert!(stale.err.contains("\n+    runtime: nvidia\n"), "{stale:#?}");
}

#[test]
fn decisions_are_told_to_programs() {
    let schema = serde_json::from_str(include_str!("../../schemas/decisions-v1.schema.json")).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let lenient = LEGACY.replace("image: vllm/vllm-openai:v0.6.0", "image: vllm\n    command: [\"${UNSET}\"]");
    let folder = Folder::new(&[("compose.yaml", &lenient)]);
    let explain = |name: &str, code: i32| {
        let outcome = folder.run(&["render", "--host", &host(name), "--explain", "json"]).exits(code);
        assert_eq!(outcome.out.is_empty(), code != 0, "{outcome:#?}");
        let document: serde_json::Value = serde_json::from_str(&outcome.err).expect("it is JSON alone");
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        document["services"][0].clone()
    };
    let taken = explain("full-auto-nospec", 0);
    assert_eq!((&taken["service"], &taken["form"]), (&"llm".into(), &"runtime".into()));
    assert_eq!((&taken["devices"][0], &taken["rejected"][0]["form"]), (&"0".into(), &"cdi".into()));
    let refused = explain("bare", 3);
    assert_eq!((refused["form"].is_null(), &refused["is_refused"]), (true, &true.into()));
    assert_eq!(refused["rejected"].as_array().map(Vec::len), Some(5));
    let same = folder.run(&["render", "--host", &host("bare"), "--explain=json"]).exits(3);
    assert!(same.err.starts_with("{\n  \"version\": 1,\n"), "{same:#?}");
}

#[test]
fn an_overlay_is_yaml_to_lay_over_the_files() {
    let folder = Folder::new(&[("compose.yaml", LEGACY)]);
    let cdi = host("cdi-ok");
    folder.run(&["render", "--overlay", "--format", "json", "--host", &cdi]).fails_with(2, "`--overlay` is YAML");
    let expected = "\
# Needs Docker Compose 2.18.0 or newer (!reset).
services:
  llm:
    deploy: !reset null
    devices:
      - source: nvidia.com/gpu=0
        target: nvidia.com/gpu=0
        permissions: rwm
";
    let printed = folder.run(&["render", "--overlay", "--host", &cdi]).exits(0);
    assert_eq!((printed.out.as_str(), printed.err.as_str()), (expected, ""));
    folder.run(&["render", "--overlay", "--host", &cdi, "-o", "compose.gpu.yaml"]).exits(0);
    assert_eq!(folder.read("compose.gpu.yaml"), expected);
    let both = ["-f", "compose.yaml", "-f", "compose.gpu.yaml", "--format", "json"];
    let laid = folder.run(&[&["config"][..], &both].concat()).exits(0);
    let whole = folder.run(&["render", "--host", &cdi, "--format", "json"]).exits(0);
    assert_eq!(laid.json(), whole.json());
}

#[test]
fn an_optional_gpu_is_done_without() {
    let optional = format!("{LEGACY}    x-composegpu: {{gpu: optional, cpu: {{image: \"llm:cpu\"}}}}\n");
    let folder = Folder::new(&[("compose.yaml", &optional)]);
    let outcome = folder.run(&["render", "--host", &host("bare"), "--format", "json"]).exits(0);
    assert_eq!(outcome.json()["services"]["llm"]["image"], "llm:cpu");
    assert!(outcome.err.starts_with("warning: service `llm` gets no GPU: "), "{outcome:#?}");
    let odd = Folder::new(&[("compose.yaml", &optional.replace("gpu: optional", "gpu: maybe"))]);
    let outcome = odd.run(&["render", "--host", &host("bare")]).exits(1);
    assert!(outcome.out.is_empty() && outcome.err.contains("error[CG010]"), "{outcome:#?}");
    assert!(odd.run(&["config"]).exits(0).out.contains("x-composegpu:\n      cpu:\n"), "it is Compose's to take");
}

#[test]
fn a_copy_for_the_cpu_is_named_where_it_takes_the_place_of_the_other() {
    let project = "x-composegpu: {profiles: {gpu: cuda, cpu: plain}}\nservices:\n  \
                   llm-gpu: {image: x, gpus: all, profiles: [cuda]}\n  llm-cpu: {image: y, profiles: [plain]}\n";
    let folder = Folder::new(&[("compose.yaml", project)]);
    let outcome = folder.run(&["render", "--host", &host("bare")]).exits(0);
    let said = "warning: service `llm-gpu` stays off, and profile `plain` runs in its place: ";
    assert!(outcome.err.starts_with(said), "{outcome:#?}");
}
