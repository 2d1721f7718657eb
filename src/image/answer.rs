//! Does the image of a service hold the module that it starts? The proof, step by step.
//!
//! "Absent" is said only where the build context has the module, no COPY brings it in under
//! any name, no RUN could, nothing is laid over its place, and the base image is known.

use std::collections::BTreeSet;

use super::{
    base::{self, BaseKind},
    built::{Absence, Held},
    carry, chain,
    command::Start,
    context::{Entry, source_path},
    copy_line::{Wish, copy_line},
    effects,
    from::{Base, From},
    holds::{Provided, has_wildcard},
    install,
    listed::{Effect, Listed},
    module_place::{Located, names, whole_of},
    overlay,
    place::{below, join, name, overlaps, parent},
    question::{Module, Question},
    requirement::{self, Names},
    stage::{Copy, Step, StepKind},
    starts::{Settings, Word},
};
use crate::{compose, source::Span, yaml::Value};

impl Question<'_> {
    pub(super) fn module(&self, start: &Start, asked: &Module<'_>) -> Held {
        match self.absence(start, asked) {
            Ok(None) => match self.hidden_module(start, asked) {
                Ok(Some(hiding)) => Held::Hidden(Box::new(hiding)),
                Ok(None) => match self.gap_in_package(start, asked) {
                    Some(gap) => Held::Gap(Box::new(gap)),
                    None if asked.is_run => self.runnable(start, asked.name).unwrap_or(Held::Present),
                    None => Held::Present,
                },
                Err(reason) => Held::Unknown(reason),
            },
            Ok(Some(absence)) => Held::Absent(Box::new(absence)),
            Err(reason) => Held::Unknown(reason),
        }
    }

    fn absence(&self, start: &Start, asked: &Module<'_>) -> Result<Option<Absence>, String> {
        let parts: Vec<&str> = asked.name.split('.').collect();
        let searched = self.searched(start, asked.folder)?;
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
        let located = self.locate(&parts, asked.may_end_in_variable, &searched).ok_or_else(|| {
            format!("`{package}` is not in the build context, and may be a package or come from the base image")
        })?;
        if !self.holder.context.is_direct(&located.whole) {
            return Err(format!("a link leads to `{package}`, which may be copied under its other path"));
        }
        let places = self.nothing_else_brings(start, package, &targets, &located)?;
        let is_whole = |place: &String| name(place) == name(&located.path);
        let is_elsewhere = |place: &String| !targets.contains(place) && (is_whole(place) || !self.copies_by_pattern());
        let is_sure =
            places.iter().all(is_elsewhere) && !self.reads_settings(start, asked) && self.knows_search(&places);
        if !places.is_empty() && !is_sure {
            return Err(format!("a COPY brings `{package}` to a place that Python may search"));
        }
        // A folder whose content alone is copied is nowhere of its name.
        let places: Vec<String> = places.into_iter().filter(is_whole).collect();
        let proof = self.proof(package, searched, &located, ignored_by);
        Ok(Some(if places.is_empty() { proof } else { self.elsewhere_in_image(proof, places) }))
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

    /// Where a COPY brings the module, which nothing else does.
    fn nothing_else_brings(
        &self,
        start: &Start,
        package: &str,
        targets: &[String],
        located: &Located,
    ) -> Result<Vec<String>, String> {
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
            return Ok(Vec::new());
        }
        let places = carry::places(self.holder, self.stage, &located.path);
        places.ok_or_else(|| "the image has too many copies to follow".to_owned())
    }

    /// Whether a COPY takes what a pattern matches, which may be more than one folder.
    fn copies_by_pattern(&self) -> bool {
        let stages = chain::needed(self.holder.stages, self.stage).into_iter();
        let mut steps = stages.flat_map(|stage| &self.holder.stages[stage].steps);
        steps.any(|step| match &step.kind {
            StepKind::Copy(copy) => copy.sources.iter().flatten().any(|source| has_wildcard(source)),
            _ => false,
        })
    }

    /// Whether a file of settings, or a variable with options, may name further folders.
    fn reads_settings(&self, start: &Start, asked: &Module<'_>) -> bool {
        let Settings::Usual { file, variable } = asked.settings else { return asked.settings == Settings::Named };
        let Some(directory) = start.directory.as_deref() else { return true };
        let is_set = compose::variable(self.service, variable).is_some()
            || self.service.get("env_file").is_some()
            || self.holder.stages[self.stage].variables.contains_key(variable);
        is_set || self.holder.provides(self.stage, &join(directory, file)) != Provided::No
    }

    /// Whether Python searches none of these places: nothing but the working directory, PYTHONPATH and the
    /// places of packages is searched where no RUN line adds to them.
    /// Source: Python's documentation, "The initialization of the sys.path module search path".
    fn knows_search(&self, places: &[String]) -> bool {
        let root = *chain::chain(self.holder.stages, self.stage).last().unwrap_or(&self.stage);
        let is_plain = self.holder.stages[root].base == Base::Known(BaseKind::Plain);
        // The root of the file system is no place of packages; where PYTHONPATH names it, it is among the folders searched.
        let is_searched = |place: &String| parent(place) != "/" && requirement::is_package_place(parent(place));
        is_plain && !places.iter().any(is_searched)
    }

    fn elsewhere_in_image(&self, proof: Absence, places: Vec<String>) -> Absence {
        let located = join("/", &proof.located);
        let brings = |copy: &Copy| {
            let mut sources = copy.sources.iter().flatten();
            copy.from != From::Context
                || sources.any(|source| has_wildcard(source) || overlaps(&source_path(source), &located))
        };
        let copies = self.steps().into_iter().filter(|step| match &step.kind {
            StepKind::Copy(copy) => brings(copy) && places.iter().any(|place| overlaps(&copy.destination, place)),
            _ => false,
        });
        let copies = copies.map(|step| step.span).collect();
        Absence { copies, places, copy_line: None, ..proof }
    }

    /// Whether the entrypoint of Node's own image starts the command.
    pub(super) fn starts_in_node_image(&self) -> bool {
        let image = &self.holder.stages[self.stage];
        let is_own = |value: &&Value| !value.is_null();
        let root = *chain::chain(self.holder.stages, self.stage).last().unwrap_or(&self.stage);
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
        let mut chain = chain::chain(self.holder.stages, self.stage);
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
            near: None,
            places: Vec::new(),
        }
    }
}
