//! The cases of fixtures/merge: what a real Docker Compose printed or refused, and whether we do
//! the same. `tests/record_merge` writes what is expected; its head says what a case is made of.
//!
//! fixtures/merge/gaps.txt names the cases that differ, each with a reason. A case in that list
//! which agrees after all fails, so that the list stays true.

#![expect(clippy::disallowed_methods, reason = "a test reads fixtures and starts the program")]

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use composegpu::{
    compose::{self, Form, LoadRequest},
    diag::Severity,
    source::{EntryKind, Files, MemoryFiles, SourceMap},
    yaml::{self, Value, emit},
};
use libtest_mimic::{Arguments, Failed, Trial};

/// Cases whose output Compose itself reads back as something else, or not at all.
const ONE_WAY: &[(&str, &str)] = &[
    ("build-context-empty", "an empty context is not printed, and a build without one is the project's folder"),
    ("build-long", "a key of an ssh agent is printed as `id: path` and read as `id=path`"),
    ("build-ssh-map", "a key of an ssh agent is printed as `id: path` and read as `id=path`"),
    ("depends-on-disabled-optional", "the service that is off is not in the output, and the dependency is"),
    ("env-file-name-at-end", "a variable without a name is printed, and the schema refuses it"),
    ("extensions-build-context", "what holds a Go map is read as a path"),
    ("extensions-ssh-yaml-only", "a key of an ssh agent is printed as `id: path` and read as `id=path`"),
    ("group-add-text-after-number", "44 and \"44\" are two groups until they are printed"),
    ("interpolation-in-extension", "keys are not interpolated, and so keep their doubled dollar"),
    ("interpolation-label-key", "keys are not interpolated, and so keep their doubled dollar"),
    ("ports-overlay-unique", "8080 and \"8080\" are two ports until they are printed"),
    ("ports-unicity", "8080 and \"8080\" are two ports until they are printed"),
    ("ports-unicity-defaults", "8080 and \"8080\" are two ports until they are printed"),
    ("profiles-extended", "the service that is off is not in the output, and the dependency is"),
    ("reservation-count-zero", "a count of zero is not printed, and a request without one asks for all"),
    ("sizes", "-1 is printed as text, which is no size"),
];

const USUAL: [&str; 3] = ["compose.yaml", "overlay.yaml", "overlay2.yaml"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/merge");
    let gaps = gaps(&root);
    let mut names: Vec<String> = fs::read_dir(&root)
        .expect("fixtures/merge is there")
        .map(|entry| entry.expect("it can be listed"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let recorded = fs::read_to_string(root.join("recorded.txt")).expect("tests/record_merge wrote it");
    let mut out = io::stdout();
    let line = format!("{} cases against {}, {} known gaps\n", names.len(), recorded.trim(), gaps.len());
    io::Write::write_all(&mut out, line.as_bytes()).expect("standard output can be written");
    let mut trials: Vec<Trial> = names.iter().map(|name| trial(&root, name, gaps.get(name))).collect();
    let unknown: Vec<String> = gaps.keys().filter(|name| !names.contains(name)).cloned().collect();
    trials.push(Trial::test("gaps_name_cases", move || match unknown.as_slice() {
        [] => Ok(()),
        names => Err(format!("gaps.txt names no case: {}", names.join(", ")).into()),
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(root: &Path, name: &str, gap: Option<&String>) -> Trial {
    let (folder, gap) = (root.join(name), gap.cloned());
    Trial::test(name, move || match (check(&folder), gap) {
        (Ok(()), None) => Ok(()),
        (Err(difference), None) => Err(difference.into()),
        (Err(_), Some(_)) => Ok(()),
        (Ok(()), Some(_)) => Err(Failed::from("it agrees with Compose now: take it off gaps.txt")),
    })
}

/// Names and reasons, one `name: reason` a line.
fn gaps(root: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root.join("gaps.txt")).expect("the list is there, if only empty");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(": ").expect("a line is `name: reason`"))
        .map(|(name, reason)| (name.to_owned(), reason.to_owned()))
        .collect()
}

/// What a case says about the way that Compose is asked.
struct Case {
    folder: PathBuf,
    table: toml::Table,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("case.toml")).unwrap_or_default();
        Self { folder: folder.to_owned(), table: text.parse().expect("case.toml is TOML") }
    }

    fn text(&self, key: &str) -> Option<String> {
        self.table.get(key).and_then(toml::Value::as_str).map(str::to_owned)
    }

    fn texts(&self, key: &str) -> Vec<String> {
        let list = self.table.get(key).and_then(toml::Value::as_array);
        list.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect()
    }

    fn is(&self, key: &str, default: bool) -> bool {
        self.table.get(key).and_then(toml::Value::as_bool).unwrap_or(default)
    }

    fn files(&self) -> Vec<PathBuf> {
        let named = self.texts("files");
        if !named.is_empty() {
            return named.into_iter().map(PathBuf::from).collect();
        }
        USUAL.iter().filter(|name| self.folder.join(name).exists()).map(PathBuf::from).collect()
    }

    fn environment(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::from([("HOME".to_owned(), "/home/user".to_owned())]);
        for (name, value) in self.table.get("env").and_then(toml::Value::as_table).into_iter().flatten() {
            all.insert(name.clone(), value.as_str().expect("a variable is a string").to_owned());
        }
        all
    }

    fn request(&self) -> LoadRequest {
        LoadRequest {
            files: self.files(),
            stdin: self.text("stdin").map(|name| fs::read(self.folder.join(name)).expect("the case has it")),
            working_directory: self.folder.join(self.text("cwd").unwrap_or_default()),
            project_directory: self.text("project_directory").map(PathBuf::from),
            project_name: self.text("name"),
            env_files: self.texts("env_files").into_iter().map(PathBuf::from).collect(),
            environment: self.environment(),
            profiles: self.texts("profiles"),
            is_each_profile: false,
            is_interpolated: self.is("interpolate", true),
            lacks_base: false,
        }
    }
}

/// Ok where we agree with Compose; else how we differ.
fn check(folder: &Path) -> Result<(), String> {
    let case = Case::read(folder);
    let refused = fs::read_to_string(folder.join("refused.txt")).ok();
    let answer = answer(&case);
    match (answer, refused) {
        (Err(_), Some(_)) => Ok(()),
        (Err(ours), None) => Err(format!("Compose takes it, we refuse it:\n{ours}")),
        (Ok(_), Some(theirs)) => Err(format!("we take it, Compose refuses it:\n{theirs}")),
        (Ok(answer), None) => {
            compare(folder, &answer)?;
            let name = folder.file_name().unwrap_or_default();
            let is_one_way = !case.is("interpolate", true) || ONE_WAY.iter().any(|(one_way, _)| name == *one_way);
            if is_one_way { Ok(()) } else { read_back(&case, &answer[1]) }
        }
    }
}

/// Both forms, or why the project is refused.
fn answer(case: &Case) -> Result<[Value; 2], String> {
    // Finding the files is the command line's part.
    if case.is("search", false) {
        let [json, yaml] = ["json", "yaml"].map(|form| of_command(case, form));
        return Ok([json?, yaml?]);
    }
    let mut sources = SourceMap::default();
    let loaded = compose::load(&case.request(), &Disk, &mut sources).map_err(|error| error.to_string())?;
    let errors = |problems: &[composegpu::diag::Diagnostic]| {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        errors.map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n")
    };
    if !loaded.project.is_accepted {
        return Err(format!("refused: {}", errors(&loaded.diagnostics)));
    }
    let forms = [Form::Json, Form::Yaml].map(|form| compose::normalise(&loaded.project, form, &Disk));
    match errors(&forms[0].problems) {
        problems if problems.is_empty() => Ok(forms.map(|form| form.value)),
        problems => Err(problems),
    }
}

/// What the program itself prints.
fn of_command(case: &Case, form: &str) -> Result<Value, String> {
    let run = Command::new(env!("CARGO_BIN_EXE_composegpu"))
        .args(["config", "--format", form])
        .current_dir(case.request().working_directory)
        .env_clear()
        .envs(case.environment())
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
    if run.status.success() { Ok(parse(&text(run.stdout))) } else { Err(text(run.stderr)) }
}

/// What is printed is read as the project that it was.
fn read_back(case: &Case, printed: &Value) -> Result<(), String> {
    let again = LoadRequest {
        files: vec![PathBuf::from("-")],
        stdin: Some(emit::to_yaml(printed).into_bytes()),
        env_files: Vec::new(),
        environment: BTreeMap::new(),
        profiles: vec!["*".to_owned()],
        project_name: None,
        ..case.request()
    };
    let mut sources = SourceMap::default();
    let loaded = compose::load(&again, &MemoryFiles::default(), &mut sources).map_err(|error| error.to_string())?;
    if !loaded.project.is_accepted {
        return Err(format!("what we print is refused: {:#?}", loaded.diagnostics));
    }
    let value = compose::normalise(&loaded.project, Form::Yaml, &MemoryFiles::default()).value;
    same("our own output, read again,", &yaml::to_json(printed), &yaml::to_json(&value))
}

fn compare(folder: &Path, [json, yaml]: &[Value; 2]) -> Result<(), String> {
    if let Some(expected) = expected(folder, "expected.json") {
        let printed = yaml::json_text(json).map_err(|problem| format!("JSON has no {}", problem.word))?;
        same_text("JSON", &expected, &printed)?;
    }
    if let Some(expected) = expected(folder, "expected.yaml") {
        let printed = emit::to_yaml(yaml);
        same("YAML", &yaml::to_json(&parse(&expected)), &yaml::to_json(&parse(&printed)))?;
    }
    Ok(())
}

/// The text with this machine's folders in it.
fn expected(folder: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(folder.join(name)).ok()?;
    let up = folder.parent().expect("a case is in fixtures/merge");
    let named =
        text.replace("$DIR", &folder.to_string_lossy()).replace("$UP2", &up.with_file_name("").to_string_lossy());
    Some(named.replace("$UP", &up.to_string_lossy()))
}

fn parse(text: &str) -> Value {
    let mut sources = SourceMap::default();
    let file = sources.add("expected.yaml", text.to_owned(), true);
    let (tree, _) = yaml::parse(file, &sources);
    yaml::resolve(&tree, tree.documents[0]).value
}

/// The same content in the same order. YAML writes `-0` for the float too, which is read as a whole number.
fn same(what: &str, expected: &serde_json::Value, ours: &serde_json::Value) -> Result<(), String> {
    let text = |value: &serde_json::Value| {
        let text = serde_json::to_string_pretty(value).expect("a value can be written");
        text.replace(" -0.0\n", " 0\n").replace(" -0.0,\n", " 0,\n")
    };
    same_text(what, &text(expected), &text(ours))
}

fn same_text(what: &str, expected: &str, ours: &str) -> Result<(), String> {
    if expected == ours {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(expected, ours);
    Err(format!("{what} differs (- Compose, + we):\n{}", diff.unified_diff().context_radius(3)))
}

/// The disk as it is.
struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
        let bytes = fs::read(path)?;
        if bytes.len() > max_bytes { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Ok(Some(EntryKind::Directory)),
            Ok(_) => Ok(Some(EntryKind::File { is_executable: false, is_regular: true })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, path: &Path, max_entries: usize) -> io::Result<Vec<String>> {
        let names = fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let mut names = names.collect::<io::Result<Vec<String>>>()?;
        names.sort();
        names.truncate(max_entries);
        Ok(names)
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }
}
