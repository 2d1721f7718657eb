//! Names of Python packages: does this requirement bring that module?
//!
//! Apart because a distribution's name and its module's name are related by habit alone: the
//! question is answered "maybe" as soon as one could stand for the other.

/// What a requirement may bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Brings {
    /// Not this module.
    No,
    /// It may.
    Maybe,
    /// Another requirements file says.
    File(String),
}

/// Names under which a module may come.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The module's first name.
    pub(super) module: String,
    /// Distributions that the build context itself makes.
    pub(super) distributions: Vec<String>,
}

impl Names {
    /// Whether a file of that very name is asked for, which no package brings to its place.
    pub(super) fn is_file(&self) -> bool {
        self.module.contains('.')
    }

    /// Whether tools of Node make such files from others.
    pub(super) fn is_built_by_node(&self) -> bool {
        super::node::is_script(&self.module)
    }
}

/// Names that a `pyproject.toml`, `setup.py` or `setup.cfg` gives to what it makes.
pub(super) fn distributions(text: &str) -> Vec<String> {
    let value = |line: &str| {
        let value = line.trim().trim_start_matches("setup(").strip_prefix("name")?.trim_start().strip_prefix('=')?;
        let value = value.split(',').next()?.trim().trim_matches(['"', '\'', ')']);
        (!value.is_empty()).then(|| value.to_owned())
    };
    text.lines().filter_map(value).collect()
}

/// One word of `pip install`, or one line of a requirements file without its comment.
/// `is_known` is false where a variable is left in the text.
pub(super) fn brings(requirement: &str, is_known: bool, names: &Names) -> Brings {
    let requirement = requirement.trim().trim_matches(['"', '\'']);
    let Some(name) = name(requirement) else { return Brings::Maybe };
    // A variable may stand behind the name (`torch==${VERSION}`), not in it.
    if !is_known && (name.len() == requirement.len() || requirement.as_bytes()[name.len()] == b'$') {
        return Brings::Maybe;
    }
    if names.distributions.iter().chain([&names.module]).any(|own| is_like(name, own)) {
        Brings::Maybe
    } else {
        Brings::No
    }
}

/// One line of a requirements file.
/// Source: pip's documentation, "Requirements File Format".
pub(super) fn line_brings(line: &str, names: &Names) -> Brings {
    let line = line.split(" #").next().unwrap_or("").trim();
    if line.is_empty() || line.starts_with('#') {
        return Brings::No;
    }
    let (option, value) = line.split_once([' ', '=']).map_or((line, ""), |(option, value)| (option, value.trim()));
    match option {
        "-r" | "--requirement" => Brings::File(value.to_owned()),
        "-c" | "--constraint" | "-i" | "--index-url" | "--extra-index-url" | "-f" | "--find-links" | "--pre"
        | "--no-index" | "--prefer-binary" | "--only-binary" | "--no-binary" | "--trusted-host"
        | "--require-hashes" | "--hash" => Brings::No,
        _ if line.starts_with('-') => Brings::Maybe,
        _ => brings(line, !line.contains('$'), names),
    }
}

/// The distribution's name; `None` for a path, an archive or an address without one.
fn name(requirement: &str) -> Option<&str> {
    let end =
        requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    let is_archive = [".whl", ".zip", ".gz", ".bz2", ".tgz"].iter().any(|ending| requirement.ends_with(ending));
    let has_url = rest.trim_start().starts_with('@') || rest.contains("] @");
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_path = rest.starts_with(['/', ':', '+', '\\']);
    (is_name && !is_path && (has_url || !is_archive)).then_some(name)
}

/// Whether the distribution `name` could carry the module: same words, or the module's words
/// among them.
fn is_like(name: &str, module: &str) -> bool {
    let squash = |text: &str| text.to_ascii_lowercase().replace(['-', '_', '.'], "");
    let words = |text: &str| format!("-{}-", text.to_ascii_lowercase().replace(['_', '.'], "-"));
    let (short, long) = (squash(module), squash(name));
    words(name).contains(&words(module))
        || short == long
        || [format!("python{short}"), format!("py{short}"), format!("{short}py"), format!("{short}python")]
            .contains(&long)
}

/// Whether a folder of an image could hold installed packages.
pub(super) fn is_package_place(path: &str) -> bool {
    let is_packages = |part: &str| {
        let is_environment = ["venv", "virtualenv", "conda"].iter().any(|name| part.contains(name));
        is_environment
            || ["lib", "lib64", "local", ".local", "site-packages", "dist-packages", "packages", "deps"].contains(&part)
    };
    path == "/" || path.split('/').any(is_packages)
}
