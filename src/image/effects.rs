//! Whether any RUN that counts for an image may bring the module.
//!
//! Stages that the image is built on count whole; stages that it copies from count where
//! the copy could carry packages or the module itself.

use std::collections::BTreeSet;

use super::{
    context::Context,
    expand::Variables,
    holds::{Holder, Provided},
    install::{Effect, effect},
    instruction::{CommandLine, RunText},
    npm::Package,
    place::{join, overlaps},
    requirement::{Brings, Names, is_package_place, line_brings},
    stage::{Base, Copy, From, StepKind},
    words::joined,
};

/// Requirements files that are read for one question at most, and their size in bytes.
const MAX_FILES: usize = 16;
const MAX_FILE_BYTES: usize = 1 << 20;

/// What the RUN lines of a stage, and of those that it copies from, may do about a module.
/// `targets` are the paths of the image at which it would be found.
pub(super) fn of_stage(holder: &Holder<'_>, stage: usize, names: &Names, targets: &[String]) -> Effect {
    let mut waiting = vec![stage];
    let mut seen = BTreeSet::new();
    while let Some(index) = waiting.pop() {
        if !seen.insert(index) {
            continue;
        }
        let built = &holder.stages[index];
        if let Base::Stage(parent) = built.base {
            waiting.push(parent);
        }
        for step in &built.steps {
            match &step.kind {
                StepKind::Unknown(reason) => return Effect::May(reason.clone()),
                StepKind::Copy(copy) => match &copy.from {
                    From::Stage(other) if may_carry(copy, targets) => waiting.push(*other),
                    From::Named(name) if may_carry(copy, targets) && !holder.named.contains_key(name) => {
                        return Effect::May(format!("a COPY takes packages from `{name}`"));
                    }
                    _ => {}
                },
                StepKind::Run { run, directory, variables, shell } => {
                    let cx = RunCx { holder, stage: index, names };
                    let effect = cx.run(run, directory.as_deref(), variables, shell);
                    if effect != Effect::None {
                        return effect;
                    }
                }
            }
        }
    }
    Effect::None
}

/// Whether a copied folder could hold Python packages, or be where the module is looked for.
fn may_carry(copy: &Copy, targets: &[String]) -> bool {
    if targets.iter().any(|target| overlaps(&copy.destination, target)) {
        return true;
    }
    let parts = || copy.destination.split('/').filter(|part| !part.is_empty());
    let is_programs = parts().any(|part| matches!(part, "bin" | "sbin"));
    !is_programs && (is_package_place(&copy.destination) || parts().count() < 2)
}

/// The shell texts of a RUN line, its here-documents among them; `None` where another program than a
/// shell reads it.
pub(super) fn scripts(run: &RunText, shell: &[String]) -> Option<Vec<String>> {
    let program = shell.first().map_or("", |program| program.rsplit('/').next().unwrap_or(""));
    if !matches!(program, "sh" | "bash" | "ash" | "dash") {
        return None;
    }
    match &run.command {
        CommandLine::Exec { words, .. } => {
            let quoted: Vec<String> = words.iter().map(|word| quote(&word.text)).collect();
            Some(vec![quoted.join(" ")])
        }
        CommandLine::Shell(text) if run.heredocs.is_empty() => Some(vec![joined(&text.text)]),
        CommandLine::Shell(text) => {
            let is_script = text.text.trim().is_empty() && run.heredocs.iter().all(|body| !body.starts_with("#!"));
            is_script.then(|| run.heredocs.clone())
        }
    }
}

struct RunCx<'a> {
    holder: &'a Holder<'a>,
    stage: usize,
    names: &'a Names,
}

impl RunCx<'_> {
    fn run(&self, run: &RunText, directory: Option<&str>, variables: &Variables, shell: &[String]) -> Effect {
        let Some(scripts) = scripts(run, shell) else {
            return Effect::May("a RUN line is for another program than a shell".to_owned());
        };
        let effects = scripts.iter().map(|script| self.script(script, directory, variables));
        effects.into_iter().find(|effect| *effect != Effect::None).unwrap_or(Effect::None)
    }

    fn script(&self, text: &str, directory: Option<&str>, variables: &Variables) -> Effect {
        let lookup = |name: &str| variables.get(name).cloned().flatten();
        let read =
            |file: &str, directory: Option<&str>| requirements(self.holder, self.stage, file, directory, self.names);
        effect(text, directory, &lookup, self.names, &read)
    }
}

fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What a requirements file of the image may bring; it is read where it is copied from.
pub(super) fn requirements(
    holder: &Holder<'_>,
    stage: usize,
    file: &str,
    directory: Option<&str>,
    names: &Names,
) -> Effect {
    let path = match (file.starts_with('/'), directory) {
        (true, _) => join("/", file),
        (false, Some(directory)) => join(directory, file),
        (false, None) => return unread(file),
    };
    match holder.provides(stage, &path) {
        Provided::Context(path) => requirement_files(holder.context, path, names),
        _ => unread(file),
    }
}

fn unread(file: &str) -> Effect {
    Effect::May(format!("`{file}` cannot be read, and may name it"))
}

fn requirement_files(context: &Context<'_>, first: String, names: &Names) -> Effect {
    let mut seen = Vec::new();
    let mut waiting = vec![first];
    while let Some(path) = waiting.pop() {
        if seen.contains(&path) {
            continue;
        }
        let Some(text) = context.text(&path, MAX_FILE_BYTES) else { return unread(&path) };
        if super::place::name(&path) == "package.json" {
            return match Package::parse(&text).map(|package| package.run_by_install().map(str::to_owned)) {
                Some(None) => Effect::None,
                Some(Some(script)) => Effect::May(format!("the script `{script}` of `package.json` may bring it")),
                None => unread(&path),
            };
        }
        for line in text.replace("\\\n", " ").lines() {
            match line_brings(line, names) {
                Brings::No => {}
                Brings::Maybe => {
                    return Effect::May(format!("`{}` names `{}`", super::place::name(&path), line.trim()));
                }
                Brings::File(name) => waiting.push(join(super::place::parent(&path), &name)),
            }
        }
        seen.push(path);
        if seen.len() > MAX_FILES {
            return unread("requirements.txt");
        }
    }
    Effect::None
}
