//! The fixture projects in memory, and what of a project the properties speak of.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use composegpu::{
    compose::{self, Form, LoadRequest, Normalised, Project},
    gpu::{self, GpuRequest},
    host::HostFacts,
    source::{MemoryFiles, SourceMap},
    yaml::{Value, emit},
};

/// Where every project lies.
const FOLDER: &str = "/somewhere/project";

/// A project in memory: its files, and how it is named.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) files: MemoryFiles,
    pub(crate) request: LoadRequest,
}

impl Given {
    /// A project of these files, all of them named in order.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut given = Self { name: String::new(), files: MemoryFiles::default(), request: request(&[]) };
        for (path, text) in files {
            given.lay_on(path, text);
        }
        given
    }

    /// Adds a file that is laid over the others.
    pub(crate) fn lay_on(&mut self, path: &str, text: &str) {
        self.files.insert(Path::new(FOLDER).join(path), text);
        self.request.files.push(path.into());
    }

    /// The project and its requests; `None` where Compose refuses it.
    pub(crate) fn load(&self) -> Option<(Project, Vec<GpuRequest>)> {
        let loaded = compose::load(&self.request, &self.files, &mut SourceMap::default()).expect("the files are there");
        let requests = gpu::collect(&loaded.project);
        loaded.project.is_accepted.then_some((loaded.project, requests))
    }

    /// The same, where Compose must take it.
    pub(crate) fn accepted(&self) -> (Project, Vec<GpuRequest>) {
        self.load().unwrap_or_else(|| {
            let loaded = compose::load(&self.request, &self.files, &mut SourceMap::default());
            panic!("{}: {:#?}", self.name, loaded.expect("the files are there").diagnostics)
        })
    }

    /// What `config` prints of a project that these files made.
    pub(crate) fn config(&self, project: &Project) -> Value {
        let Normalised { value, problems } = compose::normalise(project, Form::Yaml, &self.files);
        assert!(problems.is_empty(), "{}: {problems:#?}", self.name);
        value
    }

    /// What `render` prints, as a project in a folder of its own with the same files beside.
    pub(crate) fn read_again(&self, printed: &str) -> Self {
        let mut again = Self { request: request(&self.request.profiles), ..self.clone() };
        again.request.working_directory = "/elsewhere".into();
        again.files.insert("/elsewhere/printed.yaml", printed);
        again.request.files = vec!["printed.yaml".into()];
        again
    }
}

/// What `render` prints of a project.
pub(crate) fn printed(project: &Project) -> String {
    emit::to_yaml(&compose::portable(project, Form::Yaml))
}

fn request(profiles: &[String]) -> LoadRequest {
    LoadRequest {
        working_directory: FOLDER.into(),
        profiles: profiles.to_vec(),
        is_interpolated: true,
        ..LoadRequest::default()
    }
}

/// Every form of every fixture project that Compose takes.
pub(crate) fn fixtures() -> Vec<Given> {
    let mut out = Vec::new();
    for project in folders(&root().join("fixtures/projects")) {
        let command = fs::read_to_string(project.join("command.txt")).unwrap_or_default();
        // Of the projects that stand for files more than for hosts, one form does.
        let readme = fs::read_to_string(project.join("README.md")).unwrap_or_default();
        let is_for_files = readme.split_whitespace().collect::<Vec<_>>().join(" ").contains("No lab starts it");
        for form in folders(&project).into_iter().filter(|form| !is_for_files || form.ends_with("bad")) {
            let mut given = Given::of(&[]);
            given.name = form.strip_prefix(root()).expect("it lies below").display().to_string();
            copy(&form, &form, &mut given.files);
            name_files(&mut given, &command);
            out.extend(given.load().is_some().then_some(given));
        }
    }
    assert!(out.len() > 30, "most fixtures are projects that Compose takes");
    out
}

/// The files and profiles that a command line names, else the folder's own file.
fn name_files(given: &mut Given, command: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    for pair in words.chunks(2) {
        match pair {
            ["-f", file] => given.request.files.push(file.into()),
            ["--profile", profile] => given.request.profiles.push((*profile).to_owned()),
            other => panic!("{}: {other:?} is not known here", given.name),
        }
    }
    if given.request.files.is_empty() {
        let own = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
        let is_there = |name: &&&str| given.files.paths().any(|path| path == Path::new(FOLDER).join(name));
        let first = own.iter().find(is_there).expect("the folder has a Compose file");
        given.request.files.push(first.into());
    }
}

fn copy(from: &Path, folder: &Path, files: &mut MemoryFiles) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            copy(from, &path, files);
        } else {
            let below = path.strip_prefix(from).expect("it lies below");
            files.insert(Path::new(FOLDER).join(below), fs::read(&path).expect("files can be read"));
        }
    }
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).expect("the folder can be listed");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

/// Every recorded host, by name.
pub(crate) fn hosts() -> BTreeMap<String, HostFacts> {
    let entries = fs::read_dir(root().join("fixtures/hosts")).expect("the folder can be listed");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let named = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).map(|path| {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("facts are text");
        (name, HostFacts::from_json(&text).expect("facts can be read"))
    });
    named.collect()
}

/// One recorded host of the lab.
pub(crate) fn host(name: &str) -> HostFacts {
    hosts().remove(&format!("lab-{name}")).expect("there is such a host")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
