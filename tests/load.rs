//! Loading projects: texts in, model and findings out.

use std::path::PathBuf;

use composegpu::{
    compose::{self, LoadRequest, Loaded},
    gpu,
    source::{MemoryFiles, SourceMap},
    yaml,
};

fn load(texts: &[(&str, &str)], environment: &[(&str, &str)]) -> (Loaded, SourceMap) {
    let mut files = MemoryFiles::default();
    for (name, text) in texts {
        files.insert(PathBuf::from("/project").join(name), *text);
    }
    let request = LoadRequest {
        files: texts
            .iter()
            .map(|(name, _)| PathBuf::from(name))
            .filter(|name| name.extension().is_some_and(|ext| ext == "yaml"))
            .collect(),
        working_directory: "/project".into(),
        environment: environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        is_interpolated: true,
        ..LoadRequest::default()
    };
    let mut sources = SourceMap::default();
    let loaded = compose::load(&request, &files, &mut sources).expect("the files are there");
    (loaded, sources)
}

fn model(texts: &[(&str, &str)], environment: &[(&str, &str)]) -> String {
    yaml::to_json(&load(texts, environment).0.project.model).to_string()
}

#[test]
fn every_operator_of_interpolation() {
    let text = "x-a: ['$A', '${A}', '${B:-d}', '${E-d}', '${E:-d}', '${A:+r}', '${E:+r}', '${E+r}', '${B+r}', '$$A', '${B:-${A}-${C:-x}}', '${B:-{}}', 'a${A}b${B:-c}d']\n";
    let expected = r#"{"x-a":["1","1","d","","d","r","","r","","$A","1-x","{}","a1bcd"]}"#;
    assert_eq!(model(&[("compose.yaml", text)], &[("A", "1"), ("E", "")]), expected);
}

#[test]
fn the_callers_environment_wins_over_the_env_file() {
    let env = "A=file\nB=\"two words\" # no\nC='$A'\nD=$A-x # comment\nexport F: yes\n# all\nG=a#b\n";
    let text = "x-a: [$A, $B, $C, $D, $F, $G]\n";
    let files = [(".env", env), ("compose.yaml", text)];
    assert_eq!(model(&files, &[("A", "caller")]), r#"{"x-a":["caller","two words","$A","caller-x","yes","a#b"]}"#);
}

#[test]
fn overlays_merge_by_composes_rules() {
    let base = "services:\n  a:\n    environment: {A: 1, B: 2}\n    command: [x]\n    devices: [/dev/a:/dev/x, /dev/b]\n    gpus: [{count: 1}]\n    deploy: {resources: {reservations: {memory: 1G, devices: [{capabilities: [gpu]}]}}}\n";
    let overlay = "services:\n  a:\n    environment: [B=3, C=4]\n    command: [y, z]\n    devices: [/dev/c:/dev/x]\n    gpus: [{count: 2}]\n    deploy: {resources: {reservations: {devices: !reset []}}}\n    runtime: nvidia\n";
    let (loaded, _) = load(&[("compose.yaml", base), ("compose.gpu.yaml", overlay)], &[]);
    let service = loaded.project.service("a").expect("a service");
    let show = |path: &[&str]| yaml::to_json(service.at(path).expect("a value")).to_string();
    assert_eq!(show(&["environment"]), r#"["A=1","B=3","C=4"]"#);
    assert_eq!(show(&["command"]), r#"["y","z"]"#);
    assert_eq!(show(&["gpus"]), r#"[{"count":1},{"count":2}]"#);
    assert_eq!(show(&["deploy", "resources", "reservations"]), r#"{"memory":"1G"}"#);
    assert_eq!(service.get("devices").and_then(|devices| devices.as_seq()).map(<[_]>::len), Some(2));
}

#[test]
fn requests_are_found_through_anchors_merge_keys_and_overlays() {
    let base = "x-gpu: &gpu\n  deploy: {resources: {reservations: {devices: [{driver: nvidia, device_ids: ['0', GPU-1], capabilities: [gpu]}]}}}\nservices:\n  a:\n    <<: *gpu\n  b:\n    gpus: all\n  c: {deploy: {}, <<: *gpu}\n";
    let overlay = "services:\n  a:\n    runtime: nvidia\n    environment: [NVIDIA_VISIBLE_DEVICES=0]\n    devices: [nvidia.com/gpu=all, /dev/nvidia0, /dev/dri]\n";
    let (loaded, sources) = load(&[("compose.yaml", base), ("compose.gpu.yaml", overlay)], &[]);
    let requests = gpu::collect(&loaded.project);
    let shown: Vec<String> = requests
        .iter()
        .map(|request| {
            let at = sources.start(request.span());
            format!(
                "{} {:?} {:?} {} {}:{}",
                request.service, request.form, request.vendor, request.selector, at.line, at.column
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "a DeployReservation Nvidia GPUs 0, GPU-1 2:49",
            "a RuntimeEnv Nvidia GPU 0 3:14",
            "a CdiDevice Nvidia all GPUs 5:15",
            "a DeviceNode Nvidia GPU 0 5:35",
            "b Gpus Unnamed all GPUs 7:11",
        ]
    );
}

#[test]
fn what_is_no_compose_file_is_one_finding() {
    for (text, expected) in [
        ("", "CG003 the file is empty"),
        ("# only a comment\n", "CG003 the file is empty"),
        ("- a\n- b\n", "CG003 this is no Compose file: its top level is a list, not a mapping"),
        ("hello\n", "CG003 this is no Compose file: its top level is a string, not a mapping"),
        (
            "apiVersion: v1\nkind: Pod\n",
            "CG003 this is no Compose file: none of its keys (`apiVersion`, `kind`) is one of Compose's",
        ),
        ("a: [\n", "CG001 not YAML from here on: a bracket or brace is not closed"),
        ("\u{0}\u{1}", "CG001 a NUL byte: this is no text file"),
    ] {
        let (loaded, _) = load(&[("compose.yaml", text)], &[]);
        let found: Vec<String> =
            loaded.diagnostics.iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect();
        assert_eq!(found, [expected], "{text:?}");
        assert!(!loaded.project.is_accepted);
    }
}
