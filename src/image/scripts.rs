//! The scripts that a command can be followed through, as the build context has them: of `package.json`, and
//! of shells.
//!
//! Source of the first line's meaning: execve(2), "Interpreter scripts".

use super::{
    chain,
    command::Scripts,
    effects::{self, scripts},
    holds::Provided,
    install::{mentions, plain},
    listed::Effect,
    npm::Package,
    overlay,
    place::{join, name},
    program_name::base_name,
    question::Question,
    requirement::Names,
    shell::split,
    stage::StepKind,
    starts::Word,
};
use crate::compose::environment;

/// Bytes of a package's or a shell's script that are read.
const MAX_BYTES: usize = 1 << 20;
const MAX_SHELL_BYTES: usize = 1 << 16;

/// Programs that leave the commands of a script as they are.
const KEEPS: &[&str] = &["chmod", "chown", "dos2unix", "ls", "sed", "test"];

impl Scripts for Question<'_> {
    fn package(&self, folder: &str) -> Result<Package, String> {
        let path = join(folder, "package.json");
        if let Some(reason) = overlay::over(self.service, std::slice::from_ref(&path)) {
            return Err(reason);
        }
        let Provided::Context(found) = self.holder.provides(self.stage, &path) else {
            return Err(format!("`{path}` of the image is not known"));
        };
        let names = Names { module: "package.json".to_owned(), distributions: Vec::new() };
        if let Effect::May(reason) = effects::of_stage(self.holder, self.stage, &names, &[path]) {
            return Err(reason);
        }
        let text = self.holder.context.text(&found, MAX_BYTES);
        let unread = || format!("`{}` of the build context cannot be read", found.trim_start_matches('/'));
        text.and_then(|text| Package::parse(&text)).ok_or_else(unread)
    }

    fn may_have(&self, directory: Option<&str>, file: &str) -> bool {
        let path = directory.map(|directory| join(directory, file));
        path.is_none_or(|path| {
            let is_copied = self.holder.provides(self.stage, &path) != Provided::No;
            is_copied || overlay::over(self.service, std::slice::from_ref(&path)).is_some()
        })
    }

    fn variable(&self, name: &str) -> Option<Word> {
        if let Some(entry) = environment(self.service).into_iter().rev().find(|entry| entry.name == name) {
            let text = entry.value?.into_owned();
            return Some(Word { text, span: entry.node.span(), is_known: entry.node.hole.is_none() });
        }
        if self.service.get("env_file").is_some_and(|value| !value.is_null()) {
            return None;
        }
        let text = self.holder.stages[self.stage].variables.get(name)?.clone()?;
        Some(Word { text, span: None, is_known: true })
    }

    fn shell_text(&self, directory: Option<&str>, word: &Word) -> Option<String> {
        let path = match (word.is_known, word.text.starts_with('/')) {
            (false, _) => return None,
            (true, true) => join("/", &word.text),
            (true, false) => join(directory?, &word.text),
        };
        if overlay::over(self.service, std::slice::from_ref(&path)).is_some() {
            return None;
        }
        let Provided::Context(found) = self.holder.provides(self.stage, &path) else { return None };
        let text = self.holder.context.text(&found, MAX_SHELL_BYTES)?.replace("\r\n", "\n");
        let is_shell = text.lines().next().and_then(|line| line.strip_prefix("#!")).is_none_or(|line| {
            let words = line.split_whitespace().map(base_name);
            words.take(2).any(|word| matches!(word, "sh" | "bash" | "dash" | "ash"))
        });
        (is_shell && !self.is_rewritten(name(&path))).then_some(text)
    }
}

impl Question<'_> {
    /// Whether a RUN line may put other commands into a script.
    fn is_rewritten(&self, name: &str) -> bool {
        let stages = chain::needed(self.holder.stages, self.stage).into_iter();
        stages.flat_map(|stage| &self.holder.stages[stage].steps).any(|step| {
            let StepKind::Run { run, shell, .. } = &step.kind else { return false };
            scripts(run, shell).is_none_or(|texts| {
                texts.iter().filter(|text| mentions(text, name)).any(|text| {
                    let commands = split(text, &|_| None).unwrap_or_default();
                    let keeps = |words: &[super::shell::Token]| {
                        let words = plain(words);
                        let is_named = words.iter().any(|word| mentions(&word.text, name));
                        !is_named || words.first().is_some_and(|word| KEEPS.contains(&base_name(&word.text)))
                    };
                    commands.is_empty() || !commands.iter().all(|each| keeps(&each.words) && each.writes.is_empty())
                })
            })
        })
    }
}
