//! A service's requests, a recorded host, and a decision as one line.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]

use std::{fs, path::Path};

use composegpu::{
    compose::{self, LoadRequest},
    gpu::{self, GpuRequest},
    host::HostFacts,
    lower::{Decision, Form, Unlowerable, Wanted, decide},
    source::{MemoryFiles, SourceMap},
    yaml::Value,
};

pub(crate) const AUTO: Wanted = Wanted { form: None, is_cpu_allowed: false };

/// The requests of a service that has these lines.
pub(crate) fn requests(lines: &str) -> Vec<GpuRequest> {
    written(lines).1
}

/// A service that has these lines, and its requests.
pub(crate) fn written(lines: &str) -> (Value, Vec<GpuRequest>) {
    let mut files = MemoryFiles::default();
    files.insert("/project/compose.yaml", format!("services:\n  a:\n    image: x\n{lines}"));
    let request = LoadRequest {
        files: vec!["compose.yaml".into()],
        working_directory: "/project".into(),
        is_interpolated: true,
        ..LoadRequest::default()
    };
    let loaded = compose::load(&request, &files, &mut SourceMap::default()).expect("the file is there");
    let service = loaded.project.model.at(&["services", "a"]).expect("the service is there").clone();
    (service, gpu::collect(&loaded.project))
}

pub(crate) fn reservation(what: &str) -> Vec<GpuRequest> {
    let item = format!("{{driver: nvidia, capabilities: [gpu], {what}}}");
    requests(&format!("    deploy: {{resources: {{reservations: {{devices: [{item}]}}}}}}\n"))
}

pub(crate) fn host(scenario: &str) -> HostFacts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/hosts/lab-{scenario}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    HostFacts::from_json(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `form: names` of a decision, or why there is none.
pub(crate) fn auto(requests: &[GpuRequest], host: &HostFacts) -> String {
    shown(decide(requests, host, AUTO))
}

pub(crate) fn only(form: Form, requests: &[GpuRequest], host: &HostFacts) -> String {
    shown(decide(requests, host, Wanted { form: Some(form), is_cpu_allowed: false }))
}

pub(crate) fn shown(decided: Result<Decision, Unlowerable>) -> String {
    match decided {
        Ok(decision) => format!("{}: {}", decision.form, decision.devices.join(" ")),
        Err(Unlowerable::NoWorkingForm(rejected)) => {
            let lines = rejected.iter().map(|(form, reason)| format!("not {form}: {reason}"));
            lines.collect::<Vec<_>>().join("\n")
        }
        Err(error) => error.to_string(),
    }
}
