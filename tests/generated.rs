//! What holds of lowering and rewriting, tried on projects made up by chance: thousands of texts with
//! comments, flow style, anchors, odd indentation, all quotes and both line ends.
//!
//! A case is its seed; a failure names it. GENERATED_SEEDS=N tries so many, and GENERATED_DIR=FOLDER
//! writes the projects there, for tests/compare_render to ask a real Compose about.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]
#![expect(clippy::print_stdout, reason = "the counts are for whoever runs the tests")]

#[path = "generated/dice.rs"]
mod dice;
#[path = "generated/project.rs"]
mod project;
#[path = "generated/rewriting.rs"]
mod rewriting;
#[path = "generated/text.rs"]
mod text;

use std::{fs, ops::Range, path::Path};

use composegpu::{
    compose::{self, Form as Printed, LoadRequest, Project},
    gpu::{self, GpuRequest},
    host::HostFacts,
    lower::{Decision, Form, Rendered, Wanted, decide, overlay, render},
    source::{MemoryFiles, SourceMap},
    yaml::{Value, emit},
};
use project::generate;

pub(crate) const FORMS: [Form; 6] =
    [Form::Cdi, Form::CdiReservation, Form::Runtime, Form::Reservation, Form::Gpus, Form::Cpu];

/// How many projects there are where nobody says.
const SEEDS: u64 = 120;

fn seeds() -> Range<u64> {
    let said = std::env::var("GENERATED_SEEDS").ok();
    0..said.map_or(SEEDS, |said| said.parse().expect("GENERATED_SEEDS is a number"))
}

/// A host on which every form works.
pub(crate) fn host() -> HostFacts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts/lab-full-auto.json");
    HostFacts::from_json(&fs::read_to_string(path).expect("it is there")).expect("they are facts")
}

/// A project of these files, its sources and its requests; `None` where Compose refuses it.
pub(crate) fn load(files: &[(&str, &str)]) -> Option<(Project, SourceMap, Vec<GpuRequest>)> {
    let mut memory = MemoryFiles::default();
    let mut request =
        LoadRequest { working_directory: "/project".into(), is_interpolated: true, ..LoadRequest::default() };
    for (path, text) in files {
        memory.insert(Path::new("/project").join(path), *text);
        request.files.push(path.into());
    }
    let mut sources = SourceMap::default();
    let loaded = compose::load(&request, &memory, &mut sources).expect("the files are there");
    let requests = gpu::collect(&loaded.project);
    loaded.project.is_accepted.then_some((loaded.project, sources, requests))
}

fn accepted(seed: u64, files: &[(&str, &str)]) -> (Project, Vec<GpuRequest>) {
    let (project, _, requests) = load(files).unwrap_or_else(|| panic!("seed {seed}: Compose refuses {files:#?}"));
    (project, requests)
}

fn printed(project: &Project) -> String {
    emit::to_yaml(&compose::portable(project, Printed::Yaml))
}

fn meaning(project: &Project) -> Value {
    compose::portable(project, Printed::Yaml)
}

#[test]
fn lowering_keeps_the_devices_and_has_nothing_to_do_twice() {
    let (host, mut count) = (host(), 0);
    for seed in seeds() {
        let text = generate(seed).text;
        for form in FORMS {
            let wanted = Wanted { form: Some(form), is_cpu_allowed: false };
            let (project, requests) = accepted(seed, &[("compose.yaml", &text)]);
            let base = project.model.clone();
            let rendered = render(project, &requests, Some(&host), wanted).expect("every form works there");
            let once = printed(&rendered.project);
            let (again, own) = accepted(seed, &[("compose.yaml", &once)]);
            same_devices(seed, &rendered, &own, &host, wanted);
            let twice = render(again, &own, Some(&host), wanted).expect("it was written for it");
            assert_eq!(printed(&twice.project), once, "seed {seed} {form}");
            let over = overlay(&base, &rendered.project.model);
            let (laid, _) = accepted(seed, &[("compose.yaml", &text), ("over.yaml", &over)]);
            assert_eq!(meaning(&laid), meaning(&rendered.project), "seed {seed} {form}:\n{text}\n{over}");
            count += 1;
        }
    }
    println!("{count} projects rendered, read again, rendered again, and laid over");
}

fn same_devices(seed: u64, rendered: &Rendered, requests: &[GpuRequest], host: &HostFacts, wanted: Wanted) {
    for service in &rendered.services {
        let before = service.outcome.as_ref().expect("every form works there");
        let own: Vec<&GpuRequest> = requests.iter().filter(|request| request.service == service.service).collect();
        if before.form == Form::Cpu {
            assert!(own.is_empty(), "seed {seed}: {own:#?}");
            continue;
        }
        let Decision { devices, form, .. } = decide(&own, host, wanted).expect("it was written for it");
        assert_eq!((form, &devices), (before.form, &before.devices), "seed {seed}");
    }
}

#[test]
fn rewriting_in_place_touches_requests_alone() {
    let mut count = rewriting::Count::default();
    let host = host();
    for seed in seeds() {
        let project = generate(seed);
        for form in FORMS {
            rewriting::check(seed, &project, form, &host, &mut count);
        }
    }
    println!("{count:?}");
    // What the generator ought to yield: fewer would mean that it writes projects of one kind alone.
    let tried = seeds().count();
    assert!(count.rewritten > 6 * tried && count.shared > tried / 6, "{count:?} of {tried} projects");
}

#[test]
fn projects_are_written_down_where_they_are_asked_for() {
    let Some(folder) = std::env::var_os("GENERATED_DIR") else { return };
    for seed in seeds() {
        let own = Path::new(&folder).join(format!("{seed:04}"));
        fs::create_dir_all(&own).expect("a folder can be made");
        fs::write(own.join("compose.yaml"), generate(seed).text).expect("a file can be written");
    }
}
