//! What `config` prints: the model with Compose's defaults, names and absolute paths, files of
//! variables read, without the services whose profile is off and what only they use.

mod active;
mod defaults;
mod files;
mod kept;

use super::{
    Environment, Form, Project, paths,
    printed::{self, Unreadable},
};
use crate::{
    diag::Diagnostic,
    source::Files,
    yaml::{Data, Value},
};

pub(super) use active::{active_profiles, is_active};
pub(super) use defaults::set_defaults;

/// The project as `docker compose config` would print it.
#[derive(Debug)]
pub struct Normalised {
    /// The tree, keys in the order of printing; `$` is written `$$` unless variables were
    /// left alone, so that Compose reads the same again.
    pub value: Value,
    /// Files of variables that could not be read: Compose refuses the project for these.
    pub problems: Vec<Diagnostic>,
}

/// The project as `docker compose config --format json` (or `yaml`) would print it. Files named
/// under `env_file` and `label_file` are read through `files`.
pub fn normalise(project: &Project, form: Form, files: &dyn Files) -> Normalised {
    let mut model = completed(project);
    let directory = project.directory.to_string_lossy();
    paths::resolve(&mut model, &directory, project.environment.get("HOME"));
    if !project.is_interpolated {
        return Normalised { value: printed::sorted(&model, form), problems: Vec::new() };
    }
    active::retain(&mut model, &active_profiles(project));
    defaults::scale(&mut model);
    let problems = files::fold_in(&mut model, project, files);
    let (mut value, _) = printed::printed(&model, form);
    escape(&mut value);
    Normalised { value, problems }
}

/// The project for Compose to read again: complete and with absolute paths, so that it may come
/// from anywhere, but with all its services under their profiles and with its files of variables
/// left as files.
pub fn portable(project: &Project, form: Form) -> Value {
    read_again(project, form, false)
}

/// The same of the services that are on alone, with what they use.
pub fn portable_active(project: &Project) -> Value {
    read_again(project, Form::Yaml, true)
}

fn read_again(project: &Project, form: Form, is_active: bool) -> Value {
    let mut model = completed(project);
    let directory = project.directory.to_string_lossy();
    paths::resolve(&mut model, &directory, project.environment.get("HOME"));
    if is_active {
        active::retain(&mut model, &active_profiles(project));
    }
    let (mut value, _) = printed::printed(&model, form);
    kept::keep(&model, &mut value);
    kept::escape(&mut value);
    value
}

/// The model with all that Compose adds before it looks at profiles and files.
pub(super) fn completed(project: &Project) -> Value {
    let mut model = project.model.clone();
    // Without interpolation Compose takes nothing at all from the caller's environment.
    let none = Environment::default();
    let environment = if project.is_interpolated { &project.environment } else { &none };
    defaults::complete(&mut model, &project.name, environment);
    model
}

/// The completed model with its values cast, and what Compose cannot cast.
pub(super) fn typed(model: &Value) -> (Value, Vec<Unreadable>) {
    printed::printed(model, Form::Yaml)
}

/// Doubles every dollar sign, keys included.
fn escape(value: &mut Value) {
    match &mut value.data {
        Data::String(text) if text.contains('$') => *text = text.replace('$', "$$"),
        Data::Seq(items) => items.iter_mut().for_each(escape),
        Data::Map(map) => {
            map.values_mut().for_each(escape);
            if map.keys().any(|key| key.contains('$')) {
                *map = std::mem::take(map).into_iter().map(|(key, value)| (key.replace('$', "$$"), value)).collect();
            }
        }
        _ => {}
    }
}
