//! Whether an image has the `python` or `python3` that a service starts by name, or the `pip` that its build does.
//!
//! Judged are NVIDIA's CUDA images of Ubuntu alone, where every RUN line is understood: they bring no Python, and
//! Ubuntu's `python3` brings no `python`.
//! Source: NVIDIA's Dockerfiles `dist/12.8.2/ubuntu2204` and `ubuntu2404`, in the mirror
//! pranavmishra90/nvidia-container-images-cuda (181367a, f577282); Ubuntu's package python-is-python3, whose
//! description says that no package may depend on it.

use super::{
    built::NoInterpreter,
    chain::chain,
    dockerfile::Dockerfile,
    effects::scripts,
    from::From,
    harmless::{DOWNLOADS, MOVES, NEVER},
    holds::Provided,
    install::{mentions, plain},
    instruction::Kind,
    locate::word_span,
    overlay,
    place::{join, overlaps},
    program_name::{base_name, is_versioned},
    question::Question,
    reference::Reference,
    shell::{Joined, Simple, Token, split},
    stage::{Step, StepKind},
    starts::Word,
};
use crate::{compose, source::Span};

/// Folders of programs in the images' PATH.
const PATH: &[&str] = &[
    "/usr/local/nvidia/bin",
    "/usr/local/cuda/bin",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

/// Packages of Ubuntu that bring no Python, by themselves or through others; any other may.
const PLAIN_PACKAGES: &[&str] = &[
    "bzip2",
    "ca-certificates",
    "curl",
    "dumb-init",
    "gnupg",
    "gosu",
    "jq",
    "less",
    "libgomp1",
    "locales",
    "nano",
    "openssl",
    "procps",
    "tini",
    "tzdata",
    "unzip",
    "wget",
    "xz-utils",
    "zip",
];

impl Question<'_> {
    /// The interpreter that the build, or the first of the words, starts and that the image lacks; `None` where it has
    /// it, or where that is not known.
    pub(super) fn no_interpreter(&self, words: Option<&Vec<Word>>, dockerfile: &Dockerfile) -> Option<NoInterpreter> {
        self.in_build(dockerfile).or_else(|| self.at_start(words?, dockerfile))
    }

    fn at_start(&self, words: &[Word], dockerfile: &Dockerfile) -> Option<NoInterpreter> {
        let (name, place) = started(words)?;
        let stages = chain(self.holder.stages, self.stage);
        let root = *stages.last()?;
        let is_python = name == "python";
        let reference = Reference::parse(self.holder.stages[root].image.as_deref()?)?;
        // Of `devel` it is not known what its tools bring.
        let lacks = is_of_ubuntu(&reference) && (is_python || !reference.tag().contains("devel"));
        if !lacks || self.sets_path(dockerfile, &stages) {
            return None;
        }
        let targets: Vec<String> = PATH.iter().map(|folder| join(folder, &name)).collect();
        let is_brought = targets.iter().any(|path| self.holder.provides(self.stage, path) != Provided::No);
        if is_brought || overlay::over(self.service, &targets).is_some() {
            return None;
        }
        let mut python3 = None;
        for step in self.steps() {
            match brings(step, is_python)? {
                Brings::Nothing => {}
                Brings::Python3 => python3 = Some(step.span),
            }
        }
        let place = place.map(|span| word_span(span, &name, self.sources));
        Some(NoInterpreter { name, is_built: false, place, base: dockerfile.stages[root].base.span, python3 })
    }

    /// The `pip` or `python` that a RUN line starts though nothing before it brings one.
    fn in_build(&self, dockerfile: &Dockerfile) -> Option<NoInterpreter> {
        let stages = chain(self.holder.stages, self.stage);
        let root = *stages.last()?;
        let reference = Reference::parse(self.holder.stages[root].image.as_deref()?)?;
        if !is_of_ubuntu(&reference) || reference.tag().contains("devel") || self.sets_path(dockerfile, &stages) {
            return None;
        }
        let mut python3 = None;
        for step in self.steps() {
            let StepKind::Run { run, shell, variables, .. } = &step.kind else {
                brings(step, false)?;
                continue;
            };
            let lookup = |name: &str| variables.get(name).cloned().flatten();
            for script in scripts(run, shell)? {
                let commands = split(&script, &lookup).ok()?;
                for (at, command) in commands.iter().enumerate() {
                    if let Some(name) = fails(command, commands.get(at + 1), python3.is_some()) {
                        let place = Some(word_span(step.span, &name, self.sources));
                        let base = dockerfile.stages[root].base.span;
                        return Some(NoInterpreter { name, is_built: true, place, base, python3 });
                    }
                    if installs_python3(command) {
                        python3 = python3.or(Some(step.span));
                        continue;
                    }
                    of_command(command, false)?;
                }
            }
        }
        None
    }

    /// Whether the image or the service changes where programs are looked for.
    fn sets_path(&self, dockerfile: &Dockerfile, stages: &[usize]) -> bool {
        let mut instructions = stages.iter().flat_map(|stage| &dockerfile.stages[*stage].instructions);
        let is_set = instructions.any(|instruction| match &instruction.kind {
            Kind::Env(pairs) => pairs.iter().any(|(name, _)| name == "PATH"),
            _ => false,
        });
        is_set || compose::environment(self.service).iter().any(|entry| entry.name == "PATH")
    }
}

/// The interpreter that is the first program of a command line, and where the text says so.
fn started(words: &[Word]) -> Option<(String, Option<Span>)> {
    let is_interpreter = |text: &str| ["python", "python3"].contains(&text);
    let (program, rest) = words.split_first().filter(|(program, _)| program.is_known)?;
    if is_interpreter(&program.text) {
        return Some((program.text.clone(), program.span));
    }
    let [option, script, ..] = rest else { return None };
    if !matches!(base_name(&program.text), "sh" | "bash") || option.text != "-c" || !script.is_known {
        return None;
    }
    let commands = split(&script.text, &|_| None).ok()?;
    let first = commands.first().filter(|first| !first.is_conditional)?;
    let next = commands.get(1).map(|next| next.joined);
    let words = match first.words.as_slice() {
        [exec, words @ ..] if exec.text == "exec" => words,
        words => words,
    };
    let name = &words.first()?.text;
    (is_interpreter(name) && next != Some(Joined::Else)).then(|| (name.clone(), script.span))
}

/// The program of a command that is not there, and whose absence ends the build.
fn fails(command: &Simple, next: Option<&Simple>, has_python3: bool) -> Option<String> {
    let program = plain(&command.words).first().filter(|program| program.is_known)?;
    let is_lacked = match program.text.as_str() {
        "pip" | "pip3" => true,
        "python" | "python3" => !has_python3,
        _ => false,
    };
    let is_caught = command.is_conditional
        || matches!(command.joined, Joined::Else | Joined::Pipe)
        || next.is_some_and(|next| matches!(next.joined, Joined::Else | Joined::Pipe));
    (is_lacked && !is_caught).then(|| program.text.clone())
}

/// `apt-get install` of Python, and of nothing that may bring pip.
fn installs_python3(command: &Simple) -> bool {
    const PYTHON: [&str; 3] = ["python3", "python3-dev", "python3-venv"];
    let words = plain(&command.words);
    let is_apt = words.first().is_some_and(|program| ["apt", "apt-get"].contains(&program.text.as_str()));
    let mut names = words.iter().skip(1).filter(|word| !word.text.starts_with('-'));
    let is_install = names.next().is_some_and(|verb| verb.text == "install");
    let (mut has_python, mut is_all_known) = (false, true);
    for name in names {
        has_python |= PYTHON.contains(&name.text.as_str());
        is_all_known &= name.is_known && (PYTHON.iter().chain(PLAIN_PACKAGES)).any(|known| *known == name.text);
    }
    is_apt && is_install && has_python && is_all_known && command.writes.is_empty()
}

/// CUDA's images of Ubuntu releases in which `python` is nobody's command.
fn is_of_ubuntu(reference: &Reference) -> bool {
    let systems = ["ubuntu20.04", "ubuntu22.04", "ubuntu24.04"];
    reference.is_nvidia_cuda()
        && !reference.has_digest
        && systems.iter().any(|system| reference.tag().ends_with(system))
}

/// What a step does about interpreters.
enum Brings {
    /// It installs none.
    Nothing,
    /// It installs `python3`.
    Python3,
}

/// What a step brings; `None` where it may bring the interpreter, or is not understood.
fn brings(step: &Step, is_python: bool) -> Option<Brings> {
    let (run, shell, variables) = match &step.kind {
        // Of the files of another image nothing is known.
        StepKind::Copy(copy) => {
            let is_near = PATH.iter().any(|folder| overlaps(&copy.destination, folder));
            return (copy.from == From::Context || !is_near).then_some(Brings::Nothing);
        }
        StepKind::Unknown(_) => return None,
        StepKind::Run { run, shell, variables, .. } => (run, shell, variables),
    };
    let lookup = |name: &str| variables.get(name).cloned().flatten();
    let mut found = Brings::Nothing;
    for script in scripts(run, shell)? {
        for command in split(&script, &lookup).ok()? {
            if let Brings::Python3 = of_command(&command, is_python)? {
                found = Brings::Python3;
            }
        }
    }
    Some(found)
}

fn of_command(command: &Simple, is_python: bool) -> Option<Brings> {
    let writes_python = command.writes.iter().any(|file| !file.is_known || mentions(&file.text, "python"));
    let Some((program, rest)) = plain(&command.words).split_first() else {
        return (!writes_python).then_some(Brings::Nothing);
    };
    if writes_python || !program.is_known {
        return None;
    }
    let names_python = || rest.iter().any(|word| !word.is_known || word.text.contains("python"));
    let is_harmless = match base_name(&program.text) {
        "apt" | "apt-get" => return of_packages(rest, is_python),
        // It makes links of any name.
        "update-alternatives" => false,
        "alias" | "cd" | "source" => true,
        "git" => rest.first().is_some_and(|verb| ["clone", "config", "lfs"].contains(&verb.text.as_str())),
        name if NEVER.contains(&name) => true,
        name if DOWNLOADS.contains(&name) || MOVES.contains(&name) => !names_python(),
        // Without Python they could not run; a package of theirs brings no `python`.
        name if is_versioned(name, "pip") => is_python && rest.first().is_some_and(|verb| verb.text == "install"),
        name if is_versioned(name, "python") => {
            is_python && rest.iter().take(2).map(|word| word.text.as_str()).eq(["-m", "pip"])
        }
        _ => false,
    };
    is_harmless.then_some(Brings::Nothing)
}

/// `apt-get install`: packages that bring no interpreter, or `python3` where `python` is asked for.
fn of_packages(words: &[Token], is_python: bool) -> Option<Brings> {
    let mut words = words.iter().filter(|word| !word.text.starts_with('-'));
    match words.next().map(|verb| verb.text.as_str()) {
        Some("install" | "reinstall") => {}
        Some("update" | "upgrade" | "clean" | "autoclean" | "autoremove" | "remove" | "purge") | None => {
            return Some(Brings::Nothing);
        }
        Some(_) => return None,
    }
    let mut found = Brings::Nothing;
    for word in words {
        let name = word.text.split(['=', ':', '/']).next().unwrap_or("");
        let is_python3 = name == "python3" || name.starts_with("python3-");
        match () {
            () if !word.is_known || word.text.ends_with(".deb") => return None,
            () if is_python && is_python3 => found = Brings::Python3,
            // `python`, `python-is-python3`, and what is read as a pattern.
            () if name.starts_with("python-") || name == "python" || name.contains(['*', '^', '+']) => return None,
            () if is_python || PLAIN_PACKAGES.contains(&name) => {}
            () => return None,
        }
    }
    Some(found)
}
