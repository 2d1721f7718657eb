//! Whether any RUN that counts for an image may bring the module.
//!
//! Stages that the image is built on count whole; stages that it copies from count where
//! the copy could carry packages or the module itself.

use std::collections::BTreeSet;

use super::{
    context::{Context, source_path},
    expand::{Variables, expand},
    from::{Base, From},
    holds::{Holder, Provided},
    install::effect,
    instruction::{CommandLine, RunText},
    listed::{Effect, Listed},
    manifest,
    npm::Package,
    place::{below, join, overlaps},
    requirement::{Brings, Names, is_package_place, line_brings},
    stage::{Copy, StepKind},
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
                    From::Stage(other) if may_carry(copy, names, targets) => waiting.push(*other),
                    From::Named(name) if may_carry(copy, names, targets) && !holder.named.contains_key(name) => {
                        return Effect::May(format!("a COPY takes packages from `{name}`"));
                    }
                    _ => {}
                },
                StepKind::Run { run, directory, variables, shell } => {
                    let mounts = bound(run, directory.as_deref(), variables);
                    let cx = RunCx { holder, stage: index, names, mounts };
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
fn may_carry(copy: &Copy, names: &Names, targets: &[String]) -> bool {
    if targets.iter().any(|target| overlaps(&copy.destination, target)) {
        return true;
    }
    if names.is_file() {
        return false;
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
    /// Paths of the container, and the paths of the build context that are bound there.
    mounts: Vec<(String, String)>,
}

impl RunCx<'_> {
    /// The path of the build context that a mount has at a path.
    fn mounted(&self, path: &str) -> Option<String> {
        let under = |(target, source): &(String, String)| below(path, target).map(|rest| join(source, rest));
        self.mounts.iter().rev().find_map(under)
    }

    fn run(&self, run: &RunText, directory: Option<&str>, variables: &Variables, shell: &[String]) -> Effect {
        let Some(scripts) = scripts(run, shell) else {
            return Effect::May("a RUN line is for another program than a shell".to_owned());
        };
        let effects = scripts.iter().map(|script| self.script(script, directory, variables));
        effects.into_iter().find(|effect| *effect != Effect::None).unwrap_or(Effect::None)
    }

    fn script(&self, text: &str, directory: Option<&str>, variables: &Variables) -> Effect {
        let lookup = |name: &str| variables.get(name).cloned().flatten();
        let read = |listed: Listed<'_>, directory: Option<&str>| {
            let path = path_of(listed.file(), directory);
            match path.and_then(|path| self.mounted(&path)) {
                Some(path) => listed_in(self.holder.context, path, &listed, self.names),
                None => requirements(self.holder, self.stage, listed, directory, self.names),
            }
        };
        effect(text, directory, &lookup, self.names, &read)
    }
}

/// What a RUN line binds of the build context.
/// Source: Dockerfile reference, "RUN --mount=type=bind".
pub(super) fn bound(run: &RunText, directory: Option<&str>, variables: &Variables) -> Vec<(String, String)> {
    let mounts = run.flags.iter().filter(|flag| flag.name == "mount").filter_map(|flag| flag.value.as_deref());
    let mounts = mounts.filter_map(|mount| {
        let value = |names: [&str; 3]| {
            let pairs = mount.split(',').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(name, _)| names.contains(name)).map(|(_, value)| value).next_back()
        };
        let is_bind = value(["type"; 3]).is_none_or(|kind| kind == "bind");
        let target = expand(value(["target", "dst", "destination"])?, variables)?;
        let source = expand(value(["source", "src", "src"]).unwrap_or("/"), variables)?;
        let target = path_of(&target, directory)?;
        (is_bind && value(["from"; 3]).is_none()).then(|| (target, source_path(&source)))
    });
    mounts.collect()
}

fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What a requirements file of the image may bring; it is read where it is copied from.
pub(super) fn requirements(
    holder: &Holder<'_>,
    stage: usize,
    listed: Listed<'_>,
    directory: Option<&str>,
    names: &Names,
) -> Effect {
    match path_of(listed.file(), directory).map(|path| holder.provides(stage, &path)) {
        Some(Provided::Context(path)) => listed_in(holder.context, path, &listed, names),
        _ => unread(listed.file()),
    }
}

fn path_of(file: &str, directory: Option<&str>) -> Option<String> {
    if file.starts_with('/') { Some(join("/", file)) } else { Some(join(directory?, file)) }
}

fn listed_in(context: &Context<'_>, path: String, listed: &Listed<'_>, names: &Names) -> Effect {
    let is_project = !matches!(listed, Listed::File(_)) || super::place::name(&path) == "pyproject.toml";
    match is_project.then(|| context.text(&path, MAX_FILE_BYTES)) {
        Some(Some(text)) => manifest::effect(&text, listed, names),
        Some(None) => unread(listed.file()),
        None => requirement_files(context, path, names),
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
