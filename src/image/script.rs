//! Does the image of a service hold the file that it starts by path?
//!
//! As careful as for modules (`answer`): "absent" is said only where the build context has the file
//! elsewhere, or where a copied folder of the context would have it and does not; and nothing else could
//! bring it.

use super::{
    base::BaseKind,
    built::{Absence, Held},
    chain,
    command::Start,
    context::{Entry, source_path},
    copy_line::{Wish, copy_line},
    effects,
    from::{Base, From},
    holds::Provided,
    install,
    listed::{Effect, Listed},
    overlay,
    place::{below, join, name, parent},
    question::Question,
    requirement::Names,
    stage::StepKind,
    starts::Word,
};
use crate::compose::suggest;

/// How many edits a slip of the hand takes in a file's name.
const SLIP: usize = 2;

/// First lines of scripts are looked at up to this length, in bytes.
const MAX_BYTES: usize = 1 << 20;

impl Question<'_> {
    /// Whether the image holds the file behind `word`; `is_executed` is a file that the kernel itself
    /// starts by its first line.
    pub(super) fn script(&self, start: &Start, word: &Word, is_executed: bool) -> Held {
        match self.script_held(start, word, is_executed) {
            Ok(held) => held,
            Err(reason) => Held::Unknown(reason),
        }
    }

    fn script_held(&self, start: &Start, word: &Word, is_executed: bool) -> Result<Held, String> {
        if !word.is_known {
            return Err(format!("`{}` holds a variable", word.text));
        }
        let directory = start.directory.as_deref();
        let path = match (word.text.starts_with('/'), directory) {
            (true, _) => join("/", &word.text),
            (false, Some(directory)) => join(directory, &word.text),
            (false, None) => return Err("the working directory is not known".to_owned()),
        };
        if let Some(reason) = overlay::over(self.service, std::slice::from_ref(&path)) {
            return match self.hidden_script(start, &path)? {
                Some(hiding) => Ok(Held::Hidden(Box::new(hiding))),
                None => Err(reason),
            };
        }
        let context = self.holder.context;
        match self.holder.provides(self.stage, &path) {
            Provided::Unknown(reason) => Err(reason),
            Provided::Elsewhere => Ok(Held::Present),
            Provided::Context(found) => match context.excluded_by(&found) {
                Some(span) => self.absent(start, &word.text, &path, found, Some(span)),
                None if is_executed && self.has_carriage_return(&found)? => Ok(Held::CarriageReturn(found)),
                None if is_executed && self.lacks_mode(start, &found)? => {
                    let copies = self.labels(&[parent(&path).to_owned()]);
                    Ok(Held::NotExecutable { file: found, copies })
                }
                None => Ok(Held::Present),
            },
            Provided::No => {
                let found = self.elsewhere(&path, &word.text).or_else(|| self.gap(&path)).or_else(|| self.near(&path));
                let found = found.or_else(|| self.beside_root(&path));
                let found = found.ok_or_else(|| format!("`{}` may come from the base image", word.text))?;
                self.absent(start, &word.text, &path, found, None)
            }
        }
    }

    /// A file of that name where the context keeps such files: at the same path, or beside what COPY
    /// lines take.
    fn elsewhere(&self, path: &str, written: &str) -> Option<String> {
        let context = self.holder.context;
        let mut candidates = vec![source_path(written), join("/", name(path))];
        let workdir = self.holder.stages[self.stage].workdir.as_deref();
        candidates.extend(workdir.and_then(|workdir| below(path, workdir)).map(|rest| join("/", rest)));
        for step in self.steps() {
            let StepKind::Copy(copy) = &step.kind else { continue };
            if copy.from != From::Context {
                continue;
            }
            let sources = copy.sources.iter().flatten().map(|source| source_path(source));
            candidates
                .extend(sources.flat_map(|source| [join(parent(&source), name(path)), join(&source, name(path))]));
        }
        candidates.into_iter().find(|candidate| context.entry(candidate) == Entry::File && context.is_direct(candidate))
    }

    /// Where the context would have the file, if a folder of it is copied to the file's folder: that
    /// folder is there and lacks the file. Empty where no folder is.
    fn gap(&self, path: &str) -> Option<String> {
        let Provided::Context(folder) = self.holder.provides(self.stage, parent(path)) else { return None };
        let context = self.holder.context;
        let missing = join(&folder, name(path));
        let is_sure = context.entry(&folder) == Entry::Folder
            && context.entry(&missing) == Entry::Nothing
            && !super::build_fault::may_be_made(context, missing.trim_start_matches('/'))
            // A folder with a file of the same kind is one that is at hand.
            && context.names(&folder)?.iter().any(|other| extension(other) == extension(&missing));
        is_sure.then_some(missing)
    }

    /// Where the context would have the file, if another of its kind and of a near name is copied to its folder
    /// by itself.
    fn near(&self, path: &str) -> Option<String> {
        let context = self.holder.context;
        let beside = self.beside(path);
        let source = nearest(&beside, path)?;
        let missing = join(parent(source), name(path));
        let is_sure = context.entry(&missing) == Entry::Nothing
            && !super::build_fault::may_be_made(context, missing.trim_start_matches('/'));
        is_sure.then_some(missing)
    }

    /// Where the context would have a shell script of the root folder: no image of an operating system, a language or
    /// CUDA has any there.
    fn beside_root(&self, path: &str) -> Option<String> {
        let root = *chain::chain(self.holder.stages, self.stage).last()?;
        let is_plain = self.holder.stages[root].base == Base::Known(BaseKind::Plain);
        (is_plain && parent(path) == "/" && extension(path) == Some("sh")).then(|| path.to_owned())
    }

    /// Files of the context, of the same kind, that the image holds in the folder of a path.
    fn beside(&self, path: &str) -> Vec<String> {
        let context = self.holder.context;
        let mut candidates = Vec::new();
        if let Provided::Context(folder) = self.holder.provides(self.stage, parent(path)) {
            let names = context.names(&folder).unwrap_or_default();
            candidates.extend(names.iter().map(|name| join(&folder, name)));
        }
        for step in self.steps() {
            let StepKind::Copy(copy) = &step.kind else { continue };
            if copy.from == From::Context {
                candidates.extend(copy.sources.iter().flatten().map(|source| source_path(source)));
            }
        }
        candidates.retain(|source| {
            let target = join(parent(path), name(source));
            extension(source) == extension(path)
                && context.entry(source) == Entry::File
                && self.holder.provides(self.stage, &target) == Provided::Context(source.clone())
        });
        candidates
    }

    fn absent(
        &self,
        start: &Start,
        written: &str,
        path: &str,
        found: String,
        ignored_by: Option<crate::source::Span>,
    ) -> Result<Held, String> {
        let file = name(path);
        let names = Names { module: file.to_owned(), distributions: Vec::new() };
        let targets = [path.to_owned()];
        if let Effect::May(reason) = effects::of_stage(self.holder, self.stage, &names, &targets) {
            return Err(reason);
        }
        let read = |listed: Listed<'_>, folder: Option<&str>| {
            effects::requirements(self.holder, self.stage, listed, folder, &names)
        };
        if let Effect::May(reason) = install::of_commands(&start.before, start.directory.as_deref(), &names, &read) {
            return Err(reason);
        }
        let searched = vec![parent(path).to_owned()];
        let beside = self.beside(path);
        let only = beside.first().filter(|_| beside.len() == 1);
        let near = nearest(&beside, path).or(only).map(|source| name(source).to_owned());
        let is_there = self.holder.context.entry(&found) == Entry::File;
        let wish = Wish { located: &found, is_folder: false, searched: &searched };
        let line = copy_line(self.holder.stages, self.stage, self.holder.context, &wish, self.sources);
        Ok(Held::Absent(Box::new(Absence {
            package: written.to_owned(),
            workdir: self.holder.stages[self.stage].workdir_span,
            copies: self.labels(&searched),
            located: if is_there { found.trim_start_matches('/').to_owned() } else { String::new() },
            is_folder: false,
            copy_line: line.filter(|_| is_there && ignored_by.is_none()),
            ignored_by,
            searched,
            near,
            places: Vec::new(),
        })))
    }

    /// Whether the first line, which names the interpreter, ends in a carriage return that nothing in the
    /// image takes away.
    fn has_carriage_return(&self, path: &str) -> Result<bool, String> {
        let Some(text) = self.holder.context.text(path, MAX_BYTES) else { return Ok(false) };
        let first = text.split('\n').next().unwrap_or("");
        if !first.starts_with("#!") || !first.ends_with('\r') {
            return Ok(false);
        }
        let names = Names { module: name(path).to_owned(), distributions: Vec::new() };
        match effects::of_stage(self.holder, self.stage, &names, &[]) {
            Effect::None => Ok(true),
            Effect::May(reason) => Err(reason),
        }
    }
}

/// The path whose file has the name that is nearest to another's, endings apart.
fn nearest<'a>(paths: &'a [String], path: &str) -> Option<&'a String> {
    let stem = |path: &'a str| name(path).rsplit_once('.').map_or(name(path), |(stem, _)| stem);
    let own = name(path).rsplit_once('.').map_or(name(path), |(stem, _)| stem);
    let meant = suggest::slip_of(own, paths.iter().map(|path| stem(path)), SLIP)?;
    paths.iter().find(|path| stem(path) == meant)
}

fn extension(path: &str) -> Option<&str> {
    name(path).rsplit_once('.').map(|(_, extension)| extension)
}
