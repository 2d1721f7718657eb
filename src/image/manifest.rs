//! `pyproject.toml` and `Pipfile`: what installing from them brings besides packages from an index.
//!
//! Apart from `requirement` because these are TOML. Whatever comes from a folder, an archive or a
//! repository may be the project itself.
//! Source: Python packaging guide, "pyproject.toml"; uv's documentation, "Build systems" and "Dependency
//! sources"; Poetry's, "The pyproject.toml file"; PDM's, "Metadata"; Pipenv's, "Pipfile".

use toml::{Table, Value};

use super::{
    listed::{Effect, Listed},
    requirement::{Brings, Names, brings},
};

/// What installing may bring; `text` is the file's.
pub(super) fn effect(text: &str, listed: &Listed<'_>, names: &Names) -> Effect {
    let name = listed.file();
    let Ok(table) = text.parse::<Table>() else {
        return Effect::May(format!("`{name}` cannot be read, and may name it"));
    };
    let is_installed = match listed {
        Listed::File(_) | Listed::Dependencies(_) => false,
        Listed::Project(_) => is_installed(&table, false),
        Listed::Package(_) => is_installed(&table, true),
    };
    if is_installed {
        return Effect::May(format!("the project of `{name}` is installed, and may be it"));
    }
    let found = dependencies(&table).into_iter().find(|found| match found {
        Dependency::Named(requirement) => brings(requirement, true, names) == Brings::Maybe,
        Dependency::Local(_) => true,
    });
    found.map_or(Effect::None, |found| {
        let (Dependency::Named(what) | Dependency::Local(what)) = found;
        Effect::May(format!("`{name}` names `{what}`"))
    })
}

/// Whether the tool installs the project of the file beside what it depends on. `by_default` is what it does
/// with one that has no build system.
fn is_installed(table: &Table, by_default: bool) -> bool {
    let says = |path: &[&str]| at(table, path).and_then(Value::as_bool);
    if let Some(is_package) = says(&["tool", "poetry", "package-mode"]) {
        return is_package;
    }
    if let Some(is_package) = says(&["tool", "uv", "package"]).or_else(|| says(&["tool", "pdm", "distribution"])) {
        return is_package;
    }
    by_default || table.contains_key("build-system")
}

enum Dependency {
    /// Words as `pip install` takes them.
    Named(String),
    /// A name that comes from elsewhere than an index.
    Local(String),
}

fn dependencies(table: &Table) -> Vec<Dependency> {
    let mut out = Vec::new();
    listed(at(table, &["project", "dependencies"]), &mut out);
    for path in
        [&["project", "optional-dependencies"][..], &["dependency-groups"], &["tool", "pdm", "dev-dependencies"]]
    {
        for (_, group) in tables(at(table, path)) {
            listed(Some(group), &mut out);
        }
    }
    let poetry = at(table, &["tool", "poetry"]).and_then(Value::as_table);
    for key in ["dependencies", "dev-dependencies"] {
        named(poetry.and_then(|poetry| poetry.get(key)), &mut out);
    }
    for (_, group) in tables(poetry.and_then(|poetry| poetry.get("group"))) {
        named(group.get("dependencies"), &mut out);
    }
    named(table.get("packages"), &mut out);
    named(table.get("dev-packages"), &mut out);
    named(at(table, &["tool", "uv", "sources"]), &mut out);
    if at(table, &["tool", "uv", "workspace"]).is_some() {
        out.push(Dependency::Local("workspace".to_owned()));
    }
    out
}

/// A list of requirements; a group may include another, which is seen too.
fn listed(value: Option<&Value>, out: &mut Vec<Dependency>) {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    out.extend(items.filter_map(Value::as_str).map(|text| match text.contains(" @ ") {
        true => Dependency::Local(text.to_owned()),
        false => Dependency::Named(text.to_owned()),
    }));
}

/// A table of names: a version, or a table that says where the package comes from.
fn named(value: Option<&Value>, out: &mut Vec<Dependency>) {
    const ELSEWHERE: &[&str] = &["path", "url", "git", "file", "editable", "workspace"];
    for (name, value) in tables(value) {
        let entries = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        let is_elsewhere = entries.iter().any(|entry| ELSEWHERE.iter().any(|key| entry.get(key).is_some()));
        out.push(if is_elsewhere { Dependency::Local(name.clone()) } else { Dependency::Named(name.clone()) });
    }
}

fn tables(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_table).into_iter().flatten()
}

fn at<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}
