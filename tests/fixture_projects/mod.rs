//! The fixture projects as the tests find them on the disk: one folder each, one project in each
//! of its forms.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// One folder of `fixtures/projects`.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    /// The folder's name.
    pub(crate) name: String,
    /// The folder.
    pub(crate) path: PathBuf,
}

/// All fixtures, by name.
///
/// # Errors
/// As the disk says.
pub(crate) fn all() -> io::Result<Vec<Fixture>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    folders(&root)?.into_iter().map(|name| Ok(Fixture { path: root.join(&name), name })).collect()
}

impl Fixture {
    /// Its forms: `bad`, `good`, and others that have a folder.
    ///
    /// # Errors
    /// As the disk says.
    pub(crate) fn forms(&self) -> io::Result<Vec<String>> {
        folders(&self.path)
    }

    /// Whether Compose refuses a form, as the README says.
    ///
    /// # Errors
    /// As the disk says.
    pub(crate) fn is_refused(&self, form: &str) -> io::Result<bool> {
        self.says(&format!("refuses `{form}/`"))
    }

    /// Whether the README has these words.
    ///
    /// # Errors
    /// As the disk says.
    pub(crate) fn says(&self, words: &str) -> io::Result<bool> {
        let text = fs::read_to_string(self.path.join("README.md"))?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words))
    }

    /// The arguments that name the project to composegpu and to Compose alike (`-f A -f B`); none
    /// where the folder's own file is meant.
    ///
    /// # Errors
    /// As the disk says; a fixture without `command.txt` has no arguments.
    pub(crate) fn arguments(&self) -> io::Result<Vec<String>> {
        match fs::read_to_string(self.path.join("command.txt")) {
            Ok(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The devices that each service of a form asks for, as `gpus.txt` says; a service that asks
    /// for none is not there.
    ///
    /// # Errors
    /// As [`Fixture::table`].
    pub(crate) fn wanted(&self, form: &str) -> io::Result<BTreeMap<String, Vec<String>>> {
        let rows = self.table("gpus.txt")?.remove(form).unwrap_or_default();
        let words = |row: String| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        Ok(rows.into_iter().map(words).map(|mut words| (words.remove(0), words)).collect())
    }

    /// A file of lines `form: rest`, as the rests of each form.
    ///
    /// # Errors
    /// As the disk says, and for a line that does not begin with a form's name.
    pub(crate) fn table(&self, file: &str) -> io::Result<BTreeMap<String, Vec<String>>> {
        let mut table: BTreeMap<String, Vec<String>> =
            self.forms()?.into_iter().map(|form| (form, Vec::new())).collect();
        for line in fs::read_to_string(self.path.join(file))?.lines() {
            let row = line.split_once(": ").and_then(|(form, rest)| Some((table.get_mut(form)?, rest)));
            let Some((rows, rest)) = row else {
                return Err(io::Error::other(format!(
                    "{file}: `{line}` does not begin with a form of `{}`",
                    self.name
                )));
            };
            rows.push(rest.to_owned());
        }
        Ok(table)
    }
}

/// The GPUs of every lab host that has any, as `hostlab` makes them up: index and UUID.
const LAB_GPUS: [(&str, &str); 2] =
    [("0", "GPU-5a1e0000-1ab0-4b00-8000-000000000000"), ("1", "GPU-5a1e0001-1ab0-4b00-8000-000000000001")];

/// Indices of the lab's GPUs that a name means: an index, a UUID, or `all`, plain or as a CDI name.
/// Nothing for a device that no lab has.
pub(crate) fn lab_gpus(name: &str) -> Vec<&'static str> {
    let name = name.rsplit('=').next().unwrap_or(name);
    let meant = LAB_GPUS.iter().filter(|(index, uuid)| name == "all" || name == *index || name == *uuid);
    meant.map(|(index, _)| *index).collect()
}

fn folders(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
