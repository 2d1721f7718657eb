//! Stages with their variables replaced and their paths made absolute: what each one is
//! built on, what it copies, what it runs, and what its image says about starting.

use std::rc::Rc;

use super::{
    base::BaseKind,
    dockerfile::Dockerfile,
    expand::{Variables, expand, set},
    from::{Base, From, Given, base_of, copied_from, fixed_platform},
    instruction::{CommandLine, Instruction, Kind, RunText, Stage, Transfer, TransferSource},
    place,
};
use crate::source::Span;

/// What a stage ends in.
#[derive(Clone, Debug)]
pub(super) struct Built {
    pub(super) base: Base,
    /// The image behind FROM, variables replaced, where it is no stage and no named context.
    pub(super) image: Option<String>,
    /// What FROM says of its platform, where that does not follow from the build's own.
    pub(super) platform: Option<String>,
    pub(super) steps: Vec<Step>,
    /// The working directory; `None` where it is not known.
    pub(super) workdir: Option<String>,
    pub(super) workdir_span: Option<Span>,
    pub(super) variables: Rc<Variables>,
    pub(super) shell: Vec<String>,
    pub(super) entrypoint: Option<CommandLine>,
    pub(super) cmd: Option<CommandLine>,
}

/// Something that changes files.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) span: Span,
    pub(super) kind: StepKind,
    /// What COPY or ADD takes, known even where it goes is not.
    pub(super) taken: Option<Taken>,
}

/// What COPY or ADD takes.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) from: From,
    pub(super) is_add: bool,
    /// The sources that are known, expanded.
    pub(super) sources: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) enum StepKind {
    Copy(Copy),
    Run { run: RunText, directory: Option<String>, variables: Rc<Variables>, shell: Vec<String> },
    Unknown(String),
}

/// COPY or ADD, with what of it is known.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) from: From,
    pub(super) is_add: bool,
    /// As written, expanded; `None` for a here-document.
    pub(super) sources: Vec<Option<String>>,
    /// Absolute, normal.
    pub(super) destination: String,
    /// The destination can only be a folder: a slash ends it, or several sources go there.
    pub(super) is_into_folder: bool,
    /// `--parents`: sources keep their folders.
    pub(super) keeps_parents: bool,
    /// `--exclude`: patterns of what is left out.
    pub(super) excludes: Vec<String>,
    /// The parts as they are written, for new lines in the same style.
    pub(super) written: Transfer,
}

/// Follows all stages.
pub(super) fn follow(dockerfile: &Dockerfile, given: &Given<'_>) -> Vec<Built> {
    let mut global = Variables::new();
    for (name, default) in &dockerfile.arguments {
        declare(&mut global, name, default.as_deref(), given, None);
    }
    let mut done: Vec<Built> = Vec::new();
    for stage in &dockerfile.stages {
        let built = Follow::begin(dockerfile, stage, &done, given, &global).run(stage);
        done.push(built);
    }
    done
}

fn declare(into: &mut Variables, name: &str, default: Option<&str>, given: &Given<'_>, global: Option<&Variables>) {
    let value = match (given.arguments.get(name), default) {
        (Some(given), _) => given.clone(),
        (None, Some(default)) => expand(default, into),
        (None, None) => global.and_then(|global| global.get(name).cloned().flatten()),
    };
    set(into, name, value);
}

struct Follow<'a> {
    dockerfile: &'a Dockerfile,
    given: &'a Given<'a>,
    global: &'a Variables,
    variables: Rc<Variables>,
    out: Built,
    /// How many stages may be copied from.
    index: usize,
    /// A CMD of this very stage; ENTRYPOINT drops one that was only inherited.
    has_cmd: bool,
}

impl<'a> Follow<'a> {
    fn begin(
        dockerfile: &'a Dockerfile,
        stage: &Stage,
        done: &[Built],
        given: &'a Given<'a>,
        global: &'a Variables,
    ) -> Self {
        let index = done.len();
        let (base, image) = base_of(dockerfile, stage, index, given, global);
        let parent = if let Base::Stage(parent) = base { Some(&done[parent]) } else { None };
        let is_plain = matches!(base, Base::Known(BaseKind::Plain));
        let variables = parent.map_or_else(|| Rc::new(initial(is_plain)), |parent| Rc::clone(&parent.variables));
        let out = Built {
            steps: Vec::new(),
            workdir: parent.map_or_else(|| is_plain.then(|| "/".to_owned()), |parent| parent.workdir.clone()),
            workdir_span: parent.and_then(|parent| parent.workdir_span),
            variables: Rc::clone(&variables),
            shell: parent.map_or_else(default_shell, |parent| parent.shell.clone()),
            entrypoint: parent.and_then(|parent| parent.entrypoint.clone()),
            cmd: parent.and_then(|parent| parent.cmd.clone()),
            platform: stage.platform.as_ref().and_then(|platform| fixed_platform(&platform.text, global)),
            image,
            base,
        };
        Self { dockerfile, given, global, variables, out, index, has_cmd: false }
    }

    fn run(mut self, stage: &Stage) -> Built {
        for instruction in &stage.instructions {
            self.instruction(instruction);
        }
        self.out.variables = self.variables;
        self.out
    }

    fn instruction(&mut self, instruction: &Instruction) {
        match &instruction.kind {
            Kind::Workdir(text) => {
                let path = expand(&text.text, &self.variables);
                self.out.workdir = path.and_then(|path| self.absolute(&path));
                self.out.workdir_span = Some(instruction.span);
            }
            Kind::Env(pairs) => self.environment(pairs),
            Kind::Arg(pairs) => self.arguments(pairs),
            Kind::Cmd(command) => {
                self.out.cmd = Some(command.clone());
                self.has_cmd = true;
            }
            Kind::Entrypoint(command) => {
                self.out.entrypoint = Some(command.clone());
                if !self.has_cmd {
                    self.out.cmd = None;
                }
            }
            Kind::Shell(words) => self.out.shell = words.iter().map(|word| word.text.clone()).collect(),
            Kind::Copy(transfer) => self.copy(instruction.span, transfer, false),
            Kind::Add(transfer) => self.copy(instruction.span, transfer, true),
            Kind::Run(run) => {
                let kind = StepKind::Run {
                    run: run.clone(),
                    directory: self.out.workdir.clone(),
                    variables: Rc::clone(&self.variables),
                    shell: self.out.shell.clone(),
                };
                self.out.steps.push(Step { span: instruction.span, kind, taken: None });
            }
            Kind::Onbuild => {
                let kind = StepKind::Unknown("the Dockerfile has ONBUILD".to_owned());
                self.out.steps.push(Step { span: instruction.span, kind, taken: None });
            }
            Kind::Other => {}
        }
    }

    /// All values of one ENV see what stood before it.
    fn environment(&mut self, pairs: &[(String, String)]) {
        let before = Rc::clone(&self.variables);
        let variables = Rc::make_mut(&mut self.variables);
        for (name, value) in pairs {
            set(variables, name, expand(value, &before));
        }
    }

    fn arguments(&mut self, pairs: &[(String, Option<String>)]) {
        let variables = Rc::make_mut(&mut self.variables);
        for (name, default) in pairs {
            declare(variables, name, default.as_deref(), self.given, Some(self.global));
        }
    }

    fn absolute(&self, path: &str) -> Option<String> {
        if path.starts_with('/') { Some(place::normal(path)) } else { place::entered(self.out.workdir.as_ref()?, path) }
    }

    fn copy(&mut self, span: Span, transfer: &Transfer, is_add: bool) {
        let unknown = || StepKind::Unknown("a COPY names a path that is not known".to_owned());
        let kind = self.copied(transfer, is_add).map_or_else(unknown, StepKind::Copy);
        self.out.steps.push(Step { span, kind, taken: self.taken(transfer, is_add) });
    }

    fn taken(&self, transfer: &Transfer, is_add: bool) -> Option<Taken> {
        let known = |source: &TransferSource| match source {
            TransferSource::Path(text) => expand(&text.text, &self.variables),
            TransferSource::Heredoc => None,
        };
        let sources = transfer.sources.iter().filter_map(known).collect();
        Some(Taken { from: self.origin(transfer)?, is_add, sources })
    }

    fn origin(&self, transfer: &Transfer) -> Option<From> {
        match transfer.flags.iter().rev().find(|flag| flag.name == "from").map(|flag| flag.value.as_deref()) {
            None => Some(From::Context),
            Some(value) => {
                Some(copied_from(self.dockerfile, self.index, self.given, &expand(value?, &self.variables)?))
            }
        }
    }

    fn copied(&self, transfer: &Transfer, is_add: bool) -> Option<Copy> {
        let flag = |name: &str| transfer.flags.iter().rev().find(|flag| flag.name == name);
        let from = self.origin(transfer)?;
        let mut sources = Vec::new();
        for source in &transfer.sources {
            sources.push(match source {
                TransferSource::Path(text) => Some(expand(&text.text, &self.variables)?),
                TransferSource::Heredoc => None,
            });
        }
        let excludes = transfer.flags.iter().filter(|flag| flag.name == "exclude");
        let excludes = excludes.map(|flag| expand(flag.value.as_deref()?, &self.variables)).collect::<Option<_>>()?;
        let written = expand(&transfer.destination.text, &self.variables)?;
        let ends_open = written.ends_with('/') || written == "." || written.ends_with("/.");
        Some(Copy {
            from,
            is_add,
            is_into_folder: ends_open || sources.len() > 1,
            destination: self.absolute(&written)?,
            sources,
            excludes,
            keeps_parents: flag("parents").is_some_and(|flag| flag.value.as_deref() != Some("false")),
            written: transfer.clone(),
        })
    }
}

/// No plain image sets PYTHONPATH, so that `ENV PYTHONPATH=$PYTHONPATH:/app` is known.
fn initial(is_plain: bool) -> Variables {
    is_plain.then(|| ("PYTHONPATH".to_owned(), Some(String::new()))).into_iter().collect()
}

fn default_shell() -> Vec<String> {
    vec!["/bin/sh".to_owned(), "-c".to_owned()]
}
