//! Which files of a folder are Compose files, and which of them belong together.

use super::folder::{Folder, GOOD, LEGACY};

#[track_caller]
fn shown(files: &[(&str, &str)], args: &[&str]) -> String {
    Folder::new(files).run(&[&["lint", "--show-files"], args].concat()).exits(0).out
}

const GPU: &str = "services:\n  web:\n    gpus: all\n";

#[test]
fn overlays_of_every_name_are_laid_on_their_base() {
    for name in ["gpu.yml", "docker-compose-gpu.yaml", "compose.gpu.yml", "docker-compose.gpu.yml", "nvidia.yaml"] {
        let base = if name == "gpu.yml" { "stack.yml" } else { "docker-compose.yml" };
        let set = format!("{base} + {name}\n");
        let files = [(base, GOOD), (name, GPU)];
        assert_eq!(
            shown(&files, &[]),
            if base < name || name.starts_with("docker") || name.starts_with("compose") {
                format!("{base}\n{set}")
            } else {
                format!("{set}{base}\n")
            }
        );
        assert_eq!(shown(&files, &[name]), set);
    }
}

#[test]
fn an_overlay_finds_the_base_that_has_its_services() {
    let other = GOOD.replace("web", "db");
    let files = [
        ("compose.yaml", GOOD),
        ("docker-compose.yml", GOOD),
        ("other-stack.yml", other.as_str()),
        ("other-stack.gpu.yml", "services:\n  db:\n    gpus: all\n"),
        ("db-gpu.yml", "services:\n  db:\n    gpus: all\n"),
        ("docker/compose.gpu.yml", GPU),
    ];
    let expected = "\
compose.yaml
other-stack.yml + db-gpu.yml
docker-compose.yml
other-stack.yml + other-stack.gpu.yml
other-stack.yml
compose.yaml + docker/compose.gpu.yml
";
    assert_eq!(shown(&files, &[]), expected);
    assert_eq!(shown(&files, &["docker/compose.gpu.yml"]), "compose.yaml + docker/compose.gpu.yml\n");
}

#[test]
fn an_overlay_that_names_images_leans_on_what_it_does_not_define() {
    let base = "services:\n  llm: {image: x}\n  db: {image: x}\nvolumes: {models: {}}\n";
    let leaning =
        "services:\n  llm:\n    image: x:cuda\n    gpus: all\n    depends_on: [db]\n    volumes: ['models:/m']\n";
    let whole = "services:\n  llm:\n    image: x:cuda\n    gpus: all\n    volumes: ['./m:/m']\n";
    let files = [("compose.yaml", base), ("compose.gpu.yaml", leaning), ("compose.nvidia.yaml", whole)];
    assert_eq!(shown(&files, &[]), "compose.yaml\ncompose.yaml + compose.gpu.yaml\ncompose.nvidia.yaml\n");
}

#[test]
fn a_base_that_its_overlays_complete_is_not_judged_alone() {
    let base = "services:\n  llm:\n    ports: ['1:1']\n";
    let gpu = "services:\n  llm:\n    image: x:cuda\n    gpus: all\n";
    let folder = Folder::new(&[("compose.yaml", base), ("compose.gpu.yaml", gpu), ("compose.cpu.yaml", gpu)]);
    let set = folder.run(&["lint", "--show-files"]).exits(0).out;
    assert_eq!(set, "compose.yaml\ncompose.yaml + compose.cpu.yaml\ncompose.yaml + compose.gpu.yaml\n");
    assert!(!folder.run(&["lint"]).out.contains("CG008"));
    let alone = Folder::new(&[("compose.yaml", base)]);
    assert!(alone.run(&["lint"]).exits(1).out.contains("CG008"), "nothing completes it");
}

#[test]
fn what_a_base_misses_is_not_said_where_an_overlay_brings_it() {
    let base = "services:\n  llm:\n    image: vllm/vllm-openai:v0.11.0\n    shm_size: 8gb\n";
    let named = "services:\n  a:\n    image: x/y\n    environment: {NVIDIA_VISIBLE_DEVICES: \"0\"}\n";
    let found = |base: &str, overlay: &str| {
        let files = [("compose.yaml", base), ("compose.gpu.yaml", overlay)];
        Folder::new(&files).run(&["lint", "--format", "concise", "--exit-zero"]).out
    };
    assert_eq!(found(base, "services:\n  llm:\n    gpus: all\n"), "");
    assert!(found(base, "services:\n  llm:\n    restart: always\n").contains("[CG508]"));
    assert!(found(base, "services:\n  db:\n    image: postgres\n    gpus: all\n").contains("[CG508]"));
    assert!(!found(named, "services:\n  a:\n    runtime: nvidia\n").contains("[CG202]"));
    assert!(found(named, "services:\n  a:\n    restart: always\n").contains("[CG202]"));
}

#[test]
fn a_merge_key_brings_an_image_only_where_its_anchor_has_one() {
    let base = "x-app: &app\n  image: x\nservices:\n  a:\n    <<: *app\n  b:\n    <<: [*app]\n";
    let wsl = "x-wsl: &wsl\n  devices: [/dev/dxg]\nservices:\n  a:\n    <<: *wsl\n  b:\n    <<: [*wsl, *wsl]\n";
    let files = [("docker-compose.yml", base), ("docker-compose.wsl.yml", wsl)];
    let set = "docker-compose.yml + docker-compose.wsl.yml\n";
    assert_eq!(shown(&files, &[]), format!("docker-compose.yml\n{set}"));
    assert_eq!(shown(&files, &["docker-compose.wsl.yml"]), set);
}

#[test]
fn a_whole_project_that_another_extends_is_judged_by_itself_too() {
    let base = "services:\n  a:\n    image: x\n";
    let extends = |file: &str| format!("services:\n  a:\n    extends: {{file: {file}, service: a}}\n    gpus: all\n");
    let (cuda, cdi) = (extends("common.yaml"), extends("compose.cuda.yaml"));
    let files = [("common.yaml", base), ("compose.cuda.yaml", cuda.as_str()), ("compose.cuda-cdi.yaml", cdi.as_str())];
    assert_eq!(shown(&files, &[]), "compose.cuda-cdi.yaml\ncompose.cuda.yaml\n");
    assert_eq!(shown(&files, &["compose.cuda.yaml"]), "compose.cuda.yaml\n");
    let part = "services:\n  a:\n    gpus: all\n";
    let files = [("compose.cuda.yaml", part), ("compose.cuda-cdi.yaml", cdi.as_str())];
    assert_eq!(shown(&files, &[]), "compose.cuda-cdi.yaml\n");
}

#[test]
fn one_service_without_an_image_is_a_slip_and_none_at_all_an_overlay() {
    let slip = "services:\n  a: {image: x}\n  b: {ports: ['1:1']}\n";
    let folder = Folder::new(&[("stack.yml", slip)]);
    assert!(folder.run(&["lint", "stack.yml"]).exits(1).out.contains("CG008"));
    for (name, text) in [("stack.yml", GPU), ("stack.gpu.yml", slip), ("docker-compose.prod.yml", slip)] {
        let folder = Folder::new(&[(name, text)]);
        assert!(!folder.run(&["lint", name]).out.contains("CG008"), "{name}");
        assert!(!folder.run(&["lint"]).out.contains("CG008"), "{name}");
    }
}

#[test]
fn files_that_env_names() {
    let files = [
        (".env", "COMPOSE_FILE=compose.yaml:hw/nvidia.yml\n"),
        ("compose.yaml", GOOD),
        ("hw/nvidia.yml", GPU),
        ("compose.cpu.yaml", "services:\n  web:\n    environment: {A: b}\n"),
    ];
    assert_eq!(shown(&files, &[]), "compose.yaml + hw/nvidia.yml\ncompose.yaml + compose.cpu.yaml\n");
    assert_eq!(shown(&files, &["compose.yaml"]), "compose.yaml + hw/nvidia.yml\n");
}

#[test]
fn other_files_with_services_are_no_compose_files() {
    let none = [
        (".gitlab-ci.yml", "services:\n  - name: docker:dind\n    command: [x]\nbuild:\n  image: x\n  script: [x]\n"),
        (".github/workflows/ci.yml", "on: push\njobs:\n  t:\n    services:\n      db: {image: x, ports: ['1:1']}\n"),
        ("config/services.yaml", "services:\n  _defaults: {autowire: true}\n  App\\Mailer:\n    class: App\\Mailer\n"),
        (
            ".woodpecker.yml",
            "steps:\n  t: {image: x, commands: [x]}\nservices:\n  db: {image: x, environment: [A=b]}\n",
        ),
        (".drone.yml", "kind: pipeline\nservices:\n  - name: db\n    image: x\n"),
        (".lando.yml", "name: x\nrecipe: drupal\nservices:\n  app: {type: php, build: [x]}\n"),
        ("convox.yml", "services:\n  web: {build: ., port: 3000, scale: 2, health: /, domain: x}\n"),
        (
            "chart/templates/services.yaml",
            "services:\n{{- range .Values.services }}\n  {{ .name }}:\n    image: x\n{{- end }}\n",
        ),
        ("role/templates/stack.yml", "services:\n  web:\n    image: {{ image }}\n    ports: ['{{ port }}:80']\n"),
        ("docker-compose.tmpl.yml", "services:\n{% for x in y %}\n  {{ x }}:\n    image: x\n{% endfor %}\n"),
        ("{{cookiecutter.name}}/docker-compose.yml", "services:\n  web: {image: x}\n"),
        ("k8s/compose-deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec: {}\n"),
        ("compose-values.yaml", "replicas: 2\nfoo: {bar: 1}\n"),
        ("render.yaml", "services:\n  - type: web\n    image: x\n"),
        ("list.yml", "- services\n- image\n"),
        ("node_modules/x/compose.yaml", GOOD),
    ];
    let folder = Folder::new(&none);
    folder.run(&["lint", "--show-files"]).fails_with(3, "no Compose file found in ");
}

#[test]
fn compose_files_of_any_name() {
    let swarm = "version: '3.8'\nx-a: &a {image: x}\nservices:\n  web:\n    <<: *a\n    deploy: {replicas: 2}\n    command: \"{{.Task.Slot}}\"\n";
    let files = [
        (".devcontainer/docker-compose.yml", GOOD),
        ("deploy/stack.yml", swarm),
        ("docker-compose.yaml", GOOD),
        ("ollama.docker-compose.yml", LEGACY),
        ("services.yml", GOOD),
    ];
    let found = shown(&files, &[]);
    let mut found: Vec<&str> = found.lines().collect();
    found.sort_unstable();
    assert_eq!(found, files.map(|(path, _)| path));
}

#[test]
fn a_broken_file_of_a_compose_name_is_told() {
    let folder =
        Folder::new(&[("docker-compose.gpu.yml", "services:\n  a: [\n"), ("compose.old.yml", "web:\n  image: x\n")]);
    let out = folder.run(&["lint", "--format", "concise"]).exits(1).out;
    assert!(out.contains("docker-compose.gpu.yml") && out.contains("compose.old.yml"), "{out}");
}
