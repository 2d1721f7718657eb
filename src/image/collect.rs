//! From a project to what each built image holds, asked by path: no walks.

use std::{
    cell::Cell,
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    build::{Build, DockerfileAt, build, check_pull_policy, shown},
    build_fault,
    built::{BuildFault, BuiltImage, BuiltImages, Held, Program, Start},
    command,
    context::{self, Context, read_ignore},
    cpu_build,
    dockerfile::{self, Dockerfile},
    dockerignore::Dockerignore,
    from::Given,
    holds::Holder,
    locate::word_span,
    node, place,
    practice::{Practice, PracticeKind},
    question::{Module, Question},
    recipe::{Recipe, recipe},
    stage::{Built, follow},
    stage_fault,
    starts::{Starts, Word},
    words,
};
use crate::{
    compose::Project,
    observed::Observed,
    source::{EntryKind, FileId, Files, SourceMap, Span, decode},
    yaml::{Data, Value},
};

/// Reads the Dockerfile of each service that builds and asks whether its image holds what
/// it starts. What cannot be read or followed is unknown, with the reason.
pub fn collect(project: &Project, files: &dyn Files, sources: &mut SourceMap) -> BuiltImages {
    let mut collector =
        Collector { project, files, sources, read: BTreeMap::new(), ignores: BTreeMap::new(), bytes_left: MAX_BYTES };
    let mut images = BuiltImages::default();
    for (name, service) in project.services() {
        if let Some(build) = build(project, service) {
            images.by_service.insert(name.to_owned(), collector.image(name, service, build));
        }
    }
    images
}

struct Collector<'a> {
    project: &'a Project,
    files: &'a dyn Files,
    sources: &'a mut SourceMap,
    /// Dockerfiles by path: services that share one share its text.
    read: BTreeMap<PathBuf, Result<FileId, String>>,
    ignores: BTreeMap<Vec<PathBuf>, Result<Dockerignore, String>>,
    /// Bytes of Dockerfiles that are still followed: each service follows its own anew.
    bytes_left: usize,
}

/// Bytes of Dockerfiles that are followed for one project.
const MAX_BYTES: usize = 32 << 20;

/// Bytes of a requirements file that is read.
const MAX_REQUIREMENTS: usize = 1 << 20;

impl Collector<'_> {
    fn image(&mut self, name: &str, service: &Value, build: Result<Build, String>) -> BuiltImage {
        let starts = Observed::unknown("Dockerfile", "not asked");
        let (command, faults, no_interpreter) = (Vec::new(), Vec::new(), None);
        let mut image = BuiltImage { dockerfile: None, starts, recipe: None, command, no_interpreter, faults };
        let starts = build.and_then(|build| self.starts(name, service, &build, &mut image));
        image.starts = starts.map_or_else(|reason| Observed::unknown("Dockerfile", reason), Observed::Known);
        image
    }

    fn starts(
        &mut self,
        name: &str,
        service: &Value,
        build: &Build,
        image: &mut BuiltImage,
    ) -> Result<Vec<Start>, String> {
        check_pull_policy(service)?;
        let folder = &self.project.directory;
        if build_fault::no_context(self.files, folder, build) {
            image.faults.push(BuildFault::NoContext);
        }
        let context = Context::open(self.files, build.context.clone(), Dockerignore::default())?;
        if let DockerfileAt::File(path) = &build.dockerfile
            && self.is_missing(path, &build.context)
        {
            image.faults.push(BuildFault::NoDockerfile);
        }
        let file = self.dockerfile(name, build)?;
        image.dockerfile = Some(file);
        let bytes = self.sources.file(file).text().len();
        self.bytes_left =
            self.bytes_left.checked_sub(bytes).ok_or("the Dockerfiles of the project are too long to follow all")?;
        let parsed = dockerfile::parse(file, self.sources.file(file).text())?;
        let context = context.with_ignore(self.ignore(build)?);
        let names: Vec<String> = build.contexts.keys().cloned().collect();
        let stages = follow(&parsed, &Given { arguments: &build.arguments, contexts: &names });
        image.faults.extend(stage_fault::arguments(&parsed, self.sources));
        let stage = target(&parsed, build).inspect_err(|_| image.faults.push(build_fault::no_target(&parsed)))?;
        image.command = words::of_image(service, &stages[stage]);
        let recipe = recipe(&parsed, &stages, stage, self.sources);
        image.recipe = Some(self.with_requirements(recipe, &stages, stage, &context));
        image.faults.extend(stage_fault::stages(&parsed, &stages, stage, &names, self.sources));
        image.faults.extend(build_fault::sources(self.files, &stages, stage, &context, folder, self.sources));
        let named = self.named_contexts(build);
        let holder = Holder { stages: &stages, context: &context, named: &named, budget: Cell::new(Holder::BUDGET) };
        let question = Question {
            holder: &holder,
            stage,
            service,
            project: folder,
            sources: self.sources,
            python_path_unknown: self.python_path_unknown(service),
        };
        let line = words::of_service(service, &stages[stage], self.sources);
        image.no_interpreter = question.no_interpreter(line.as_ref().ok(), &parsed);
        answers(&question, line?, &stages[stage])
    }

    /// The recipe with builds without CUDA that requirements files ask for.
    fn with_requirements(&mut self, recipe: Recipe, stages: &[Built], stage: usize, context: &Context<'_>) -> Recipe {
        let mut recipe = recipe;
        let holder = Holder { stages, context, named: &BTreeMap::new(), budget: Cell::new(Holder::BUDGET) };
        for path in cpu_build::requirements(&holder, stage) {
            let Some(text) = context.text(&path, MAX_REQUIREMENTS) else { continue };
            if cpu_build::names_other_use(&text) {
                recipe.practices.retain(|practice| !matches!(practice.kind, PracticeKind::CpuBuild { .. }));
                break;
            }
            let Some((framework, range)) = cpu_build::of_file(&text) else { continue };
            let what = text[range.clone()].to_owned();
            let disk = context.on_disk(&path);
            let shown = self.shown(&disk);
            let read = self.read.entry(disk).or_insert_with(|| Ok(self.sources.add(shown, text, false)));
            let Ok(file) = read else { continue };
            let place = Span::new(*file, range.start, range.end);
            recipe.practices.push(Practice { kind: PracticeKind::CpuBuild { framework }, place, what });
        }
        recipe
    }

    fn dockerfile(&mut self, name: &str, build: &Build) -> Result<FileId, String> {
        let path = match &build.dockerfile {
            DockerfileAt::File(path) => path,
            DockerfileAt::Inline(text) => {
                let path = self.shown(&self.project.directory.join(format!("{name}.dockerfile_inline")));
                return Ok(self.sources.add(path, text.clone(), false));
            }
        };
        let path = &self.as_found(path);
        let resolved = self.files.resolve(path);
        let is_inside = |folder: &Path| resolved.starts_with(self.files.resolve(folder));
        if !is_inside(&build.context) && !is_inside(&self.project.directory) {
            return Err("the Dockerfile lies outside the build context and the project".to_owned());
        }
        if !self.read.contains_key(&resolved) {
            let read = self.read_dockerfile(path);
            self.read.insert(resolved.clone(), read);
        }
        self.read[&resolved].clone()
    }

    /// The path, or `dockerfile` where there is no `Dockerfile`.
    /// Source: docker/buildx `build/dockerfile.go`, `handleLowercaseDockerfile`.
    fn as_found(&self, path: &Path) -> PathBuf {
        let lower = path.with_file_name("dockerfile");
        let is_usual = path.file_name().is_some_and(|name| name == "Dockerfile");
        let is_file = |path: &Path| matches!(self.files.kind(path), Ok(Some(EntryKind::File { .. })));
        if is_usual && !is_file(path) && is_file(&lower) { lower } else { path.to_owned() }
    }

    /// Whether there is no Dockerfile in a folder that holds what one would copy.
    fn is_missing(&self, path: &Path, context: &Path) -> bool {
        let is_absent = matches!(self.files.kind(&self.as_found(path)), Ok(None));
        let is_inside = self.files.resolve(path).starts_with(self.files.resolve(&self.project.directory));
        is_absent && is_inside && build_fault::has_content(self.files, context)
    }

    fn read_dockerfile(&mut self, path: &Path) -> Result<FileId, String> {
        let bytes = context::read(self.files, path, SourceMap::MAX_BYTES).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "the Dockerfile is not there".to_owned(),
            _ => format!("the Dockerfile cannot be read: {error}"),
        })?;
        let (text, is_exact) = decode(bytes).map_err(|error| format!("the Dockerfile is no text: {error}"))?;
        let path = self.shown(path);
        Ok(self.sources.add(path, text, is_exact))
    }

    /// The path to show: beside the first Compose file, where that lies in the project's folder.
    fn shown(&self, path: &Path) -> PathBuf {
        let first = self.project.trees.first().map(|tree| self.sources.file(tree.file).path());
        let folder = first.and_then(Path::parent).filter(|folder| {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            self.files.resolve(folder) == self.files.resolve(&self.project.directory)
        });
        shown(path, &self.project.directory, folder)
    }

    fn ignore(&mut self, build: &Build) -> Result<Dockerignore, String> {
        let mut paths = vec![build.context.join(".dockerignore")];
        if let DockerfileAt::File(path) = &build.dockerfile {
            let mut own = path.clone().into_os_string();
            own.push(".dockerignore");
            paths.insert(0, own.into());
        }
        if let Some(known) = self.ignores.get(&paths) {
            return known.clone();
        }
        let candidates: Vec<(PathBuf, PathBuf)> = paths.iter().map(|path| (path.clone(), self.shown(path))).collect();
        let read = read_ignore(self.files, &candidates, self.sources);
        self.ignores.insert(paths, read.clone());
        read
    }

    fn named_contexts(&self, build: &Build) -> BTreeMap<String, Context<'_>> {
        let open = |folder: &PathBuf| Context::open(self.files, folder.clone(), Dockerignore::default()).ok();
        let folders = build.contexts.iter().filter_map(|(name, folder)| Some((name.clone(), open(folder.as_ref()?)?)));
        folders.collect()
    }

    /// A file of `env_file` that names PYTHONPATH; one that is not there says nothing.
    fn python_path_unknown(&self, service: &Value) -> Option<String> {
        let value = service.get("env_file")?;
        let items = match &value.data {
            Data::Seq(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        items.iter().find_map(|item| {
            let path = item.get("path").unwrap_or(item).as_str()?;
            let path_on_disk = self.project.directory.join(path);
            let bytes = context::read(self.files, &path_on_disk, SourceMap::MAX_BYTES).ok()?;
            let is_named = String::from_utf8_lossy(&bytes).contains("PYTHONPATH");
            is_named.then(|| format!("`{path}` sets PYTHONPATH"))
        })
    }
}

fn target(dockerfile: &Dockerfile, build: &Build) -> Result<usize, String> {
    let last = dockerfile.stages.len() - 1;
    let Some(target) = &build.target else { return Ok(last) };
    let lower = target.to_ascii_lowercase();
    let by_name = dockerfile.stages.iter().position(|stage| stage.name.as_deref() == Some(&lower));
    let by_index = target.parse().ok().filter(|index| *index <= last);
    by_name.or(by_index).ok_or_else(|| format!("the Dockerfile has no stage `{target}`"))
}

fn answers(question: &Question<'_>, mut line: Vec<Word>, image: &Built) -> Result<Vec<Start>, String> {
    if question.starts_in_node_image() && line.first().is_some_and(|word| word.is_known && is_for_node(&word.text)) {
        line.insert(0, Word { text: "node".to_owned(), span: None, is_known: true });
    }
    let directory = match question.service.get("working_dir").filter(|value| !value.is_null()) {
        None => image.workdir.clone(),
        Some(value) => value.as_str().filter(|path| value.hole.is_none() && path.starts_with('/')).map(place::normal),
    };
    let started = command::follow(&line, directory, question)?;
    Ok(started.iter().map(|start| answer(question, start)).collect())
}

/// What the entrypoint of Node's image hands to `node`: options, and what is no command.
/// Source: nodejs/docker-node `docker-entrypoint.sh` (4b0f126).
fn is_for_node(word: &str) -> bool {
    word.starts_with('-') || node::is_script(word)
}

fn answer(question: &Question<'_>, start: &command::Start) -> Start {
    let (word, program, held) = match &start.starts {
        Starts::Module { name, may_end_in_variable, folder, is_run, settings } => {
            let (may_end_in_variable, folder, is_run) = (*may_end_in_variable, folder.as_ref(), *is_run);
            let settings = *settings;
            let asked = Module { name: &name.text, may_end_in_variable, folder, is_run, settings };
            (Some(name), Program::Module(name.text.clone()), question.module(start, &asked))
        }
        Starts::Script(word) => (Some(word), Program::Script(word.text.clone()), question.script(start, word, false)),
        Starts::File { word, is_executed } => {
            (Some(word), Program::File(word.text.clone()), question.script(start, word, *is_executed))
        }
        Starts::Other(name) => {
            (None, Program::Other(name.clone()), Held::Unknown("programs are not looked up".to_owned()))
        }
        Starts::Nothing | Starts::Unknown(_) => unreachable!("only what starts something is kept"),
    };
    let place = word.and_then(|word| Some(word_span(word.span?, &word.text, question.sources)));
    Start { program, place, through: start.through.clone(), held }
}
