//! A module that its package does not have: the image holds the package, from a folder of the build context
//! that is at hand, and that folder lacks the file.
//!
//! Apart from `answer`, which asks for the package: here a name is wrong, or the file was moved.

use super::{
    build_fault,
    built::Gap,
    command::Start,
    context::Entry,
    effects,
    holds::Provided,
    install,
    listed::{Effect, Listed},
    module_place::names,
    overlay,
    place::join,
    question::{Module, Question},
    requirement::Names,
};

/// Modules that are named at most.
const MOST: usize = 5;

/// Words of an `__init__.py` that may bring modules without files of their names.
const TRICKS: &[&str] = &["__path__", "sys.modules", "importlib", "pkgutil", "sys.path"];

/// Bytes of an `__init__.py` that are read.
const MAX_BYTES: usize = 1 << 16;

impl Question<'_> {
    /// The gap, where the package has no such module and nothing else could bring it.
    pub(super) fn gap_in_package(&self, start: &Start, asked: &Module<'_>) -> Option<Gap> {
        let parts: Vec<&str> = asked.name.split('.').collect();
        let (package, rest) = parts.split_first()?;
        let mut found = None;
        for root in self.searched(start, asked.folder).ok()? {
            for target in [join(&root, package), join(&root, &format!("{package}.py"))] {
                match self.holder.provides(self.stage, &target) {
                    Provided::No => {}
                    Provided::Context(path) if found.is_none() && !target.ends_with(".py") => {
                        found = Some((path, target));
                    }
                    _ => return None,
                }
            }
        }
        let (mut folder, mut place) = found?;
        let mut dotted = (*package).to_owned();
        for (at, part) in rest.iter().enumerate() {
            let context = self.holder.context;
            let inner = join(&folder, part);
            match (context.entry(&format!("{inner}.py")), context.entry(&inner)) {
                (Entry::Nothing, Entry::Folder) => {}
                (Entry::Nothing, Entry::Nothing) => {
                    let may_be_variable = asked.may_end_in_variable && at + 1 == rest.len();
                    let others = self.others(&folder, part).filter(|_| !may_be_variable)?;
                    let is_sure = self.is_sure(start, package, part, &inner, &join(&place, part));
                    let copies = self.labels(&[super::place::parent(&place).to_owned()]);
                    let folder = folder.trim_start_matches('/').to_owned();
                    let name = (*part).to_owned();
                    return is_sure.then_some(Gap { package: dotted, name, folder, others, copies });
                }
                _ => return None,
            }
            dotted = format!("{dotted}.{part}");
            (folder, place) = (inner, join(&place, part));
        }
        None
    }

    /// Modules beside the one that is missing; `None` where the folder is not at hand, or may have it in
    /// another way.
    fn others(&self, folder: &str, missing: &str) -> Option<Vec<String>> {
        let context = self.holder.context;
        let own = context.text(&join(folder, "__init__.py"), MAX_BYTES).unwrap_or_default();
        let entries = context.names(folder)?;
        let is_other_form = |entry: &String| entry.strip_prefix(missing).is_some_and(|rest| rest.starts_with('.'));
        if !context.is_direct(folder)
            || entries.iter().any(is_other_form)
            || TRICKS.iter().any(|word| own.contains(word))
        {
            return None;
        }
        let modules = entries.iter().filter_map(|entry| entry.strip_suffix(".py")).filter(|name| *name != "__init__");
        let mut modules: Vec<String> = modules.map(str::to_owned).collect();
        modules.truncate(MOST);
        (!modules.is_empty()).then_some(modules)
    }

    /// Whether no step, no command, no mount and no later build brings it.
    fn is_sure(&self, start: &Start, package: &str, part: &str, inner: &str, place: &str) -> bool {
        let context = self.holder.context;
        let targets = [place.to_owned(), format!("{place}.py")];
        let may_be_made = |path: &str| build_fault::may_be_made(context, path.trim_start_matches('/'));
        if may_be_made(inner)
            || may_be_made(&format!("{inner}.py"))
            || targets.iter().any(|target| self.holder.provides(self.stage, target) != Provided::No)
            || overlay::over(self.service, &targets).is_some()
        {
            return false;
        }
        let Some(located) = self.locate(&[package], false, &[]).or_else(|| self.package_at(inner)) else {
            return false;
        };
        let project = names(context, package, &located);
        [project, Names { module: part.to_owned(), distributions: Vec::new() }].iter().all(|names| {
            let read = |listed: Listed<'_>, directory: Option<&str>| {
                effects::requirements(self.holder, self.stage, listed, directory, names)
            };
            effects::of_stage(self.holder, self.stage, names, &targets) == Effect::None
                && install::of_commands(&start.before, start.directory.as_deref(), names, &read) == Effect::None
        })
    }
}
