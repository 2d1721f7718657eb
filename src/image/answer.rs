//! Does the image of a service hold the module that it starts? The proof, step by step.
//!
//! "Absent" is said only where the build context has the module, no COPY brings it in under
//! any name, no RUN could, nothing is laid over its place, and the base image is known.

use std::{collections::BTreeSet, path::Path};

use super::{
    base,
    built::{Absence, Held},
    carry,
    command::Start,
    context::{Context, Entry, source_path},
    copy_line::{Wish, copy_line},
    effects,
    holds::{Holder, Provided},
    install::{self, Effect, Listed},
    overlay,
    place::{below, join, parent},
    program::Word,
    recipe,
    requirement::{self, Names},
    stage::{From, Step, StepKind},
};
use crate::{source::SourceMap, source::Span, yaml::Value};

/// One question.
pub(super) struct Question<'a> {
    pub(super) holder: &'a Holder<'a>,
    /// The stage that the service runs.
    pub(super) stage: usize,
    pub(super) service: &'a Value,
    /// The project's folder, from which paths of mounts start.
    pub(super) project: &'a Path,
    pub(super) sources: &'a SourceMap,
    /// Why PYTHONPATH is not known, where a file may set it.
    pub(super) python_path_unknown: Option<String>,
}

/// The module that is asked for.
pub(super) struct Module<'a> {
    pub(super) name: &'a str,
    pub(super) may_end_in_variable: bool,
    pub(super) folder: Option<&'a Word>,
    /// Whether Python runs it, which a package must allow.
    pub(super) is_run: bool,
}

/// A module in the build context.
pub(super) struct Located {
    /// Its first name's folder or file.
    pub(super) path: String,
    is_folder: bool,
    /// The file or folder of the whole dotted name.
    whole: String,
}

impl Question<'_> {
    pub(super) fn module(&self, start: &Start, asked: &Module<'_>) -> Held {
        match self.absence(start, asked.name, asked.may_end_in_variable, asked.folder) {
            Ok(None) => match self.hidden_module(start, asked) {
                Ok(Some(hiding)) => Held::Hidden(Box::new(hiding)),
                Ok(None) if asked.is_run => self.runnable(start, asked.name).unwrap_or(Held::Present),
                Ok(None) => Held::Present,
                Err(reason) => Held::Unknown(reason),
            },
            Ok(Some(absence)) => Held::Absent(Box::new(absence)),
            Err(reason) => Held::Unknown(reason),
        }
    }

    fn absence(
        &self,
        start: &Start,
        module: &str,
        may_end_in_variable: bool,
        folder: Option<&Word>,
    ) -> Result<Option<Absence>, String> {
        let parts: Vec<&str> = module.split('.').collect();
        let searched = self.searched(start, folder)?;
        let package = parts[0];
        let targets: Vec<String> =
            searched.iter().flat_map(|root| [join(root, package), join(root, &format!("{package}.py"))]).collect();
        let mut ignored_by = None;
        for target in &targets {
            match self.holder.provides(self.stage, target) {
                Provided::No => {}
                Provided::Unknown(reason) => return Err(reason),
                Provided::Elsewhere => return Ok(None),
                Provided::Context(path) => match self.ignored(&path, &parts[1..]) {
                    Some(span) => ignored_by = Some(span),
                    None => return Ok(None),
                },
            }
        }
        let located = self.locate(&parts, may_end_in_variable).ok_or_else(|| {
            format!("`{package}` is not in the build context, and may be a package or come from the base image")
        })?;
        if !self.holder.context.is_direct(&located.whole) {
            return Err(format!("a link leads to `{package}`, which may be copied under its other path"));
        }
        self.nothing_else_brings(start, package, &targets, &located)?;
        Ok(Some(self.proof(package, searched, &located, ignored_by)))
    }

    /// A package that the image has from the context and that has no `__main__.py` there; `None` where it
    /// has one, where the module is a file, or where something else may bring one.
    fn runnable(&self, start: &Start, module: &str) -> Option<Held> {
        let directory = start.directory.as_deref()?;
        let folder = join(directory, &module.replace('.', "/"));
        let main = join(&folder, "__main__.py");
        let Provided::Context(found) = self.holder.provides(self.stage, &folder) else { return None };
        let context = self.holder.context;
        let is_package = context.entry(&found) == Entry::Folder
            && context.entry(&join(&found, "__init__.py")) == Entry::File
            && context.entry(&format!("{found}.py")) == Entry::Nothing
            && context.is_direct(&found);
        if !is_package || self.holder.provides(self.stage, &main) != Provided::No {
            return None;
        }
        let names = Names { module: "__main__".to_owned(), distributions: Vec::new() };
        let targets = [main];
        let is_sure = overlay::over(self.service, &targets).is_none()
            && effects::of_stage(self.holder, self.stage, &names, &targets) == Effect::None
            && start.before.is_empty();
        is_sure.then(|| Held::NotRunnable(found.trim_start_matches('/').to_owned()))
    }

    /// Folders that Python searches for the project's modules.
    pub(super) fn searched(&self, start: &Start, folder: Option<&Word>) -> Result<Vec<String>, String> {
        let image = &self.holder.stages[self.stage];
        let directory = start.directory.as_deref().ok_or("the working directory is not known")?;
        let mut out = vec![directory.to_owned()];
        if let Some(folder) = folder {
            if !folder.is_known {
                return Err(format!("`{}` holds a variable", folder.text));
            }
            out.extend(folder.text.split(',').map(|folder| join(directory, folder)));
        }
        let own = start.python_path.as_ref().map(|path| path.is_known.then(|| path.text.clone()));
        let of_image = || image.variables.get("PYTHONPATH").cloned();
        match own.or_else(|| overlay::python_path(self.service)) {
            Some(Some(path)) => out.extend(path.split(':').map(|folder| join(directory, folder))),
            Some(None) => return Err("PYTHONPATH is not known".to_owned()),
            None => {
                if let Some(reason) = &self.python_path_unknown {
                    return Err(reason.clone());
                }
                let path = of_image().map(|path| path.ok_or("PYTHONPATH is not known")).transpose()?;
                out.extend(path.iter().flat_map(|path| path.split(':')).map(|folder| join(directory, folder)));
            }
        }
        let mut seen = BTreeSet::new();
        out.retain(|folder| seen.insert(folder.clone()));
        Ok(out)
    }

    /// The pattern that keeps the module's file out, where the folder or file at `path` of
    /// the context is copied.
    fn ignored(&self, path: &str, rest: &[&str]) -> Option<Span> {
        let context = self.holder.context;
        if path.ends_with(".py") {
            return context.excluded_by(path);
        }
        let whole = whole_of(context, path, rest)?;
        context.excluded_by(&whole)
    }

    fn nothing_else_brings(
        &self,
        start: &Start,
        package: &str,
        targets: &[String],
        located: &Located,
    ) -> Result<(), String> {
        if let Some(reason) = overlay::over(self.service, targets) {
            return Err(reason);
        }
        let names = names(self.holder.context, package, located);
        if let Effect::May(reason) = effects::of_stage(self.holder, self.stage, &names, targets) {
            return Err(reason);
        }
        let read = |listed: Listed<'_>, directory: Option<&str>| {
            effects::requirements(self.holder, self.stage, listed, directory, &names)
        };
        if let Effect::May(reason) = install::of_commands(&start.before, start.directory.as_deref(), &names, &read) {
            return Err(reason);
        }
        // What `.dockerignore` keeps out lands nowhere.
        if self.holder.context.excluded_by(&located.whole).is_some() {
            return Ok(());
        }
        match carry::places(self.holder, self.stage, &located.path).as_deref() {
            Some([]) => Ok(()),
            Some(_) => Err(format!("a COPY brings `{package}` to a place that Python may search")),
            None => Err("the image has too many copies to follow".to_owned()),
        }
    }

    /// Looks where modules are kept: the context's root, `src`, and the folders that COPY
    /// lines take from, and those beside them.
    pub(super) fn locate(&self, parts: &[&str], may_end_in_variable: bool) -> Option<Located> {
        let context = self.holder.context;
        let mut folders = vec!["/".to_owned()];
        for step in self.steps() {
            let StepKind::Copy(copy) = &step.kind else { continue };
            if copy.from != From::Context {
                continue;
            }
            for source in copy.sources.iter().flatten() {
                let source = source_path(source);
                folders.extend([parent(&source).to_owned(), source]);
            }
        }
        folders.push("/src".to_owned());
        let mut seen = BTreeSet::new();
        folders.retain(|folder| seen.insert(folder.clone()));
        let shorter = (may_end_in_variable && parts.len() > 1).then(|| &parts[..parts.len() - 1]);
        let forms = std::iter::once(parts).chain(shorter);
        forms.flat_map(|parts| folders.iter().map(move |folder| (folder, parts))).find_map(|(folder, parts)| {
            let package = join(folder, parts[0]);
            let file = format!("{package}.py");
            if parts.len() == 1 && context.entry(&file) == Entry::File {
                return Some(Located { path: file.clone(), is_folder: false, whole: file });
            }
            let whole = whole_of(context, &package, &parts[1..])?;
            Some(Located { path: package, is_folder: true, whole })
        })
    }

    /// Whether the entrypoint of Node's own image starts the command.
    pub(super) fn starts_in_node_image(&self) -> bool {
        let image = &self.holder.stages[self.stage];
        let is_own = |value: &&Value| !value.is_null();
        let root = *recipe::chain(self.holder.stages, self.stage).last().unwrap_or(&self.stage);
        image.entrypoint.is_none()
            && self.service.get("entrypoint").filter(is_own).is_none()
            && self.holder.stages[root].image.as_deref().is_some_and(base::is_node)
    }

    /// COPY and ADD lines into the folders that are searched.
    pub(super) fn labels(&self, searched: &[String]) -> Vec<Span> {
        let is_searched = |step: &&&Step| match &step.kind {
            StepKind::Copy(copy) => searched.iter().any(|root| below(&copy.destination, root).is_some()),
            _ => false,
        };
        self.steps().iter().filter(is_searched).map(|step| step.span).collect()
    }

    /// All steps of the image's stages, in order.
    pub(super) fn steps(&self) -> Vec<&Step> {
        let mut chain = recipe::chain(self.holder.stages, self.stage);
        chain.reverse();
        chain.into_iter().flat_map(|stage| &self.holder.stages[stage].steps).collect()
    }

    fn proof(&self, package: &str, searched: Vec<String>, located: &Located, ignored_by: Option<Span>) -> Absence {
        let holder = self.holder;
        let ignored_by = ignored_by.or_else(|| holder.context.excluded_by(&located.whole));
        let wish = Wish { located: &located.path, is_folder: located.is_folder, searched: &searched };
        let line = copy_line(holder.stages, self.stage, holder.context, &wish, self.sources);
        Absence {
            package: package.to_owned(),
            workdir: holder.stages[self.stage].workdir_span,
            copies: self.labels(&searched),
            located: located.path.trim_start_matches('/').to_owned(),
            is_folder: located.is_folder,
            copy_line: line.filter(|_| ignored_by.is_none()),
            ignored_by,
            searched,
        }
    }
}

/// The file of a dotted name below its package's folder.
fn whole_of(context: &Context<'_>, package: &str, rest: &[&str]) -> Option<String> {
    let whole = rest.iter().fold(package.to_owned(), |path, part| join(&path, part));
    let own = (!rest.is_empty()).then(|| format!("{whole}.py"));
    let named = own.into_iter().chain([format!("{whole}/__main__.py"), format!("{whole}/__init__.py")]);
    named.into_iter().find(|path| context.entry(path) == Entry::File)
}

/// Under which names packages may bring the module: its own, and what the projects around it
/// in the context call themselves.
pub(super) fn names(context: &Context<'_>, package: &str, located: &Located) -> Names {
    const MAX_BYTES: usize = 1 << 20;
    let mut names = Names { module: package.to_owned(), distributions: Vec::new() };
    let folders = [located.path.as_str(), parent(&located.path), parent(parent(&located.path))];
    for folder in folders {
        for file in ["pyproject.toml", "setup.py", "setup.cfg"] {
            let text = context.text(&join(folder, file), MAX_BYTES).unwrap_or_default();
            names.distributions.extend(requirement::distributions(&text));
        }
    }
    names
}
