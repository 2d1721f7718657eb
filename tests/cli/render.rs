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
