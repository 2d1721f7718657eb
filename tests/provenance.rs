//! Every value of a merged project knows where it was written: a finding shows the line that won
//! and, where another file said it first, that line too.

use std::path::PathBuf;

use composegpu::{
    compose::{self, LoadRequest, Loaded},
    diag::Diagnostic,
    gpu, image, rules,
    source::{MemoryFiles, SourceMap, Span},
    yaml::{Value, Via},
};

/// A loaded project with its texts.
struct Read {
    loaded: Loaded,
    findings: Vec<Diagnostic>,
    sources: SourceMap,
}

/// Loads the files; those whose name begins with `with-` are only there.
fn read(texts: &[(&str, &str)]) -> Read {
    let mut files = MemoryFiles::default();
    for (name, text) in texts {
        files.insert(PathBuf::from("/project").join(name), *text);
    }
    let named = texts.iter().map(|(name, _)| *name).filter(|name| !name.starts_with("with-")).map(PathBuf::from);
    let request = LoadRequest {
        files: named.collect(),
        working_directory: "/project".into(),
        is_interpolated: true,
        ..LoadRequest::default()
    };
    let mut sources = SourceMap::default();
    let mut loaded = compose::load(&request, &files, &mut sources).expect("the files are there");
    let images = image::collect(&loaded.project, &files, &mut sources);
    let requests = gpu::collect(&loaded.project);
    let cx = rules::ProjectCx { project: &loaded.project, requests: &requests, images: &images, sources: &sources };
    let mut findings = rules::run(&cx, None).diagnostics;
    findings.append(&mut loaded.diagnostics);
    Read { loaded, findings, sources }
}

impl Read {
    fn place(&self, span: Span) -> String {
        format!("{}:{}", self.sources.file(span.file).path().display(), self.sources.start(span).line)
    }

    /// `file:line` of everything that a finding points at, its own place first, then
    /// `file:line words` for each label.
    #[track_caller]
    fn finding(&self, code: &str) -> Vec<String> {
        let found = self.findings.iter().find(|finding| finding.code.as_str() == code);
        let found = found.unwrap_or_else(|| panic!("no {code}: {:#?}", self.findings));
        let own = found.place.span().map(|span| self.place(span));
        let labels = found.related.iter().map(|label| format!("{} {}", self.place(label.span), label.message));
        own.into_iter().chain(labels).collect()
    }

    #[track_caller]
    fn value(&self, service: &str, path: &[&str]) -> &Value {
        self.loaded.project.service(service).and_then(|service| service.at(path)).expect("the value is there")
    }

    /// Places of a value in the order in which they were laid on each other, and how it came.
    #[track_caller]
    fn sources(&self, value: &Value) -> Vec<String> {
        let via = |via: Via| match via {
            Via::Text => String::new(),
            Via::Alias(span) => format!(" by the alias of {}", self.place(span)),
            Via::MergeKey(span) => format!(" by the merge key of {}", self.place(span)),
            Via::Extends(span) => format!(" by extends of {}", self.place(span)),
            Via::Include(span) => format!(" by include of {}", self.place(span)),
        };
        value.sources.iter().map(|origin| self.place(origin.span) + &via(origin.via)).collect()
    }
}

const BASE: &str = "\
services:
  llm:
    image: x
    command: [serve]
    runtime: nvidia
    privileged: true
    devices:
      - /dev/nvidia0:/dev/nvidia0
    environment:
      NVIDIA_VISIBLE_DEVICES: '0'
      CUDA_VISIBLE_DEVICES: '1'
    deploy:
      resources:
        reservations:
          devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]
";

/// Three files, each of which says something about the same values.
const FILES: [(&str, &str); 3] = [
    ("compose.yaml", BASE),
    (
        "compose.gpu.yaml",
        "\
services:
  llm:
    runtime: nvidia
    privileged: true
    devices: ['/dev/nvidia0:/dev/nvidia0']
    environment: [CUDA_VISIBLE_DEVICES=2]
",
    ),
    (
        "compose.local.yaml",
        "\
services:
  llm:
    command: [serve, --fast]
    privileged: true
    environment: {CUDA_VISIBLE_DEVICES: '3'}
",
    ),
];

#[test]
fn a_value_of_three_files_has_three_places() {
    let read = read(&FILES);
    let of = |path: &[&str]| read.sources(read.value("llm", path));
    assert_eq!(of(&["image"]), ["compose.yaml:3"]);
    assert_eq!(of(&["command"]), ["compose.yaml:4", "compose.local.yaml:3"]);
    assert_eq!(of(&["runtime"]), ["compose.yaml:5", "compose.gpu.yaml:3"]);
    assert_eq!(of(&["privileged"]), ["compose.yaml:6", "compose.gpu.yaml:4", "compose.local.yaml:4"]);
}

#[test]
fn an_item_that_another_replaces_keeps_its_place() {
    let read = read(&FILES);
    let devices = read.value("llm", &["devices"]).as_seq().expect("devices are a list");
    assert_eq!(read.sources(&devices[0]), ["compose.yaml:8", "compose.gpu.yaml:5"]);
    // A mapping, a list, a mapping: each entry's places are kept on the way.
    let variables = read.value("llm", &["environment"]).as_seq().expect("merged variables are a list");
    let cuda = variables.iter().find(|item| item.as_str() == Some("CUDA_VISIBLE_DEVICES=3")).expect("the last one won");
    assert_eq!(read.sources(cuda), ["compose.yaml:11", "compose.gpu.yaml:6", "compose.local.yaml:5"]);
    let visible = variables.iter().find(|item| item.as_str() == Some("NVIDIA_VISIBLE_DEVICES=0"));
    assert_eq!(read.sources(visible.expect("the base's stays")), ["compose.yaml:10"]);
}

#[test]
fn a_finding_shows_the_overlays_line_and_the_bases() {
    let read = read(&FILES);
    let privileged = read.finding("CG701");
    let places = ["compose.local.yaml:4", "compose.yaml:6 also set here", "compose.gpu.yaml:4 also set here"];
    assert!(places.iter().all(|place| privileged.iter().any(|found| found == place)), "{privileged:?}");
    // `privileged` shows every GPU; without it the variable counts among those asked for.
    let unprivileged = FILES.map(|(name, text)| (name, text.replace("    privileged: true\n", "    init: true\n")));
    let read = self::read(&unprivileged.each_ref().map(|(name, text)| (*name, text.as_str())));
    let renumbered = read.finding("CG203");
    assert_eq!(renumbered[0], "compose.local.yaml:5");
    for place in ["compose.yaml:11 also set here", "compose.gpu.yaml:6 also set here"] {
        assert!(renumbered.iter().any(|found| found == place), "{renumbered:?}");
    }
}

#[test]
fn a_finding_of_the_reader_shows_both_lines_too() {
    let base = "services:\n  llm:\n    image: x\n    mem_limit: 1g\n    labels: {a: b}\n";
    let overlay = "services:\n  llm:\n    mem_limit: two\n";
    let read = read(&[("compose.yaml", base), ("compose.gpu.yaml", overlay)]);
    assert_eq!(read.finding("CG008"), ["compose.gpu.yaml:3", "compose.yaml:4 also set here"]);
}

#[test]
fn a_value_that_one_file_alone_gives_has_no_other_place() {
    let overlay = "services:\n  llm:\n    privileged: true\n    environment: {A: b}\n";
    let base = "services:\n  llm:\n    image: x\n    gpus: all\n";
    let read = read(&[("compose.yaml", base), ("compose.gpu.yaml", overlay)]);
    assert!(read.finding("CG701").iter().all(|place| !place.contains("also set here")));
}

#[test]
fn what_override_and_reset_take_away_is_no_place() {
    let base = "services:\n  llm:\n    image: x\n    privileged: true\n    gpus: all\n    runtime: nvidia\n";
    let overlay = "services:\n  llm:\n    privileged: !override true\n    runtime: !reset null\n";
    let read = read(&[("compose.yaml", base), ("compose.gpu.yaml", overlay)]);
    assert_eq!(read.sources(read.value("llm", &["privileged"])), ["compose.gpu.yaml:3"]);
    assert!(read.loaded.project.service("llm").is_some_and(|service| service.get("runtime").is_none()));
    assert!(read.finding("CG701").iter().all(|place| !place.contains("also set here")));
}

#[test]
fn values_say_which_way_they_came() {
    let base = "\
x-gpu: &gpu {runtime: nvidia, environment: &env {A: '1'}}
services:
  by-alias: {image: x, environment: *env}
  by-merge-key:
    <<: *gpu
    image: x
  by-extends:
    extends: {service: base, file: with-base.yaml}
    image: y
include: [with-more.yaml]
";
    let other = "services:\n  base:\n    image: x\n    runtime: nvidia\n";
    let more = "services:\n  by-include:\n    image: x\n";
    let read = read(&[("compose.yaml", base), ("with-base.yaml", other), ("with-more.yaml", more)]);
    let of = |service: &str, path: &[&str]| read.sources(read.value(service, path));
    assert_eq!(of("by-alias", &["environment", "A"]), ["compose.yaml:1 by the alias of compose.yaml:3"]);
    assert_eq!(of("by-merge-key", &["runtime"]), ["compose.yaml:1 by the merge key of compose.yaml:5"]);
    assert_eq!(of("by-extends", &["runtime"]), ["with-base.yaml:4 by extends of compose.yaml:8"]);
    assert_eq!(of("by-extends", &["image"]), ["with-base.yaml:3 by extends of compose.yaml:8", "compose.yaml:9"]);
    assert_eq!(of("by-include", &["image"]), ["with-more.yaml:3 by include of compose.yaml:10"]);
}

#[test]
fn a_finding_about_what_extends_brought_shows_the_extended_line() {
    let here = "services:\n  a:\n    extends: {service: b, file: with-base.yaml}\n    privileged: true\n";
    let there = "services:\n  b:\n    image: x\n    gpus: all\n    privileged: true\n";
    let read = read(&[("compose.yaml", here), ("with-base.yaml", there)]);
    let found = read.finding("CG701");
    assert_eq!(found[0], "compose.yaml:4");
    assert!(found.contains(&"with-base.yaml:5 also set here".to_owned()), "{found:?}");
}

/// Every value of a merged project that a text gave has its place; nothing else has one.
#[test]
fn no_value_has_lost_its_place() {
    fn count(value: &Value, path: &str, without: &mut Vec<String>) -> usize {
        if value.sources.is_empty() {
            without.push(path.to_owned());
        }
        let below =
            |(key, value): (String, &Value), without: &mut Vec<String>| count(value, &format!("{path}.{key}"), without);
        1 + match (value.as_map(), value.as_seq()) {
            (Some(map), _) => map.iter().map(|(key, value)| below((key.clone(), value), without)).sum::<usize>(),
            (_, Some(items)) => {
                items.iter().enumerate().map(|(at, value)| below((at.to_string(), value), without)).sum()
            }
            _ => 0,
        }
    }
    let read = read(&FILES);
    let mut without = Vec::new();
    let services = read.loaded.project.model.get("services").expect("services");
    let all = count(services, "services", &mut without);
    assert!(all > 20);
    assert_eq!(without, [""; 0]);
}
