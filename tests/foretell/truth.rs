//! What real engines did, the forms that they were given, and the facts of their hosts.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]

use std::{collections::BTreeMap, fs, path::Path};

use composegpu::{
    compose::{self, LoadRequest, Loaded},
    gpu::{self, GpuRequest},
    host::HostFacts,
    source::{MemoryFiles, SourceMap},
    yaml::Value,
};

/// By scenario and form: `gpu`, `no-gpu` or `fails`. A scenario whose engine did not start has no forms.
pub(crate) type Cells = BTreeMap<String, BTreeMap<String, String>>;

/// Each form as a service and its requests.
pub(crate) type Written = BTreeMap<String, (Value, Vec<GpuRequest>)>;

#[derive(serde::Deserialize)]
pub(crate) struct Truth {
    /// The lines of a service, by form.
    pub(crate) forms: BTreeMap<String, String>,
    pub(crate) scenarios: Cells,
    pub(crate) older_compose: OlderCompose,
}

#[derive(serde::Deserialize)]
pub(crate) struct OlderCompose {
    pub(crate) version: String,
    pub(crate) scenarios: Cells,
}

pub(crate) fn truth() -> Truth {
    let text = fs::read_to_string(fixture("lab-truth.json")).expect("the recording is there");
    serde_json::from_str(&text).expect("the recording has its shape")
}

impl Truth {
    pub(crate) fn written(&self) -> Written {
        self.forms.iter().map(|(form, lines)| (form.clone(), written(lines))).collect()
    }
}

/// A service that has these lines, and what it asks for.
fn written(lines: &str) -> (Value, Vec<GpuRequest>) {
    let loaded = loaded(lines, &mut SourceMap::default());
    let service = loaded.project.model.at(&["services", "t"]).expect("the service is there").clone();
    (service, gpu::collect(&loaded.project))
}

/// A project of one service that has these lines.
pub(crate) fn loaded(lines: &str, sources: &mut SourceMap) -> Loaded {
    let mut files = MemoryFiles::default();
    files.insert("/project/compose.yaml", format!("services:\n  t:\n    image: x\n{lines}"));
    let request = LoadRequest {
        files: vec!["compose.yaml".into()],
        working_directory: "/project".into(),
        is_interpolated: true,
        ..LoadRequest::default()
    };
    compose::load(&request, &files, sources).expect("the file is there")
}

pub(crate) fn facts(scenario: &str) -> HostFacts {
    let path = fixture(&format!("hosts/lab-{scenario}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    HostFacts::from_json(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}
