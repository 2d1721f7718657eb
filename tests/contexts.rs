//! Build contexts and Dockerfiles that are made to cost much, or to lead astray: the work is bounded, and
//! nothing outside of the context is read. No clock runs here; `benches/process.rs` shows the times.
#![allow(clippy::disallowed_methods, reason = "a test makes links and folders that cannot be read")]

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use composegpu::{
    compose::{self, LoadRequest, Loaded},
    image::{self, BuiltImages, Held},
    observed::Observed,
    source::{EntryKind, Files, MemoryFiles, SourceMap},
};

const COMPOSE: &str = "services:\n  api:\n    build: .\n    command: uvicorn service.main:app\n";
const HEAD: &str = "FROM python:3.12-slim\nWORKDIR /srv\nCOPY app/ ./app/\n";

/// Files that keep what was asked for, and of which some may not be read.
struct Watched {
    files: MemoryFiles,
    closed: Option<PathBuf>,
    asked: Mutex<Vec<(&'static str, PathBuf)>>,
}

impl Watched {
    fn new(files: MemoryFiles) -> Self {
        Self { files, closed: None, asked: Mutex::default() }
    }

    /// Keeps the question; the disk's answer is an error below a closed folder.
    fn note(&self, what: &'static str, path: &Path) -> io::Result<()> {
        self.asked.lock().expect("no test panics here").push((what, path.to_owned()));
        let is_closed = self.closed.as_ref().is_some_and(|closed| path.starts_with(closed) && path != closed);
        if is_closed { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    }

    fn count(&self) -> usize {
        self.asked.lock().expect("no test panics here").len()
    }
}

impl Files for Watched {
    fn read(&self, path: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
        self.note("read", path)?;
        self.files.read(path, max_bytes)
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        self.note("kind", path)?;
        self.files.kind(path)
    }

    fn list(&self, path: &Path, max_entries: usize) -> io::Result<Vec<String>> {
        self.note("list", path)?;
        self.files.list(path, max_entries)
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        self.files.resolve(path)
    }
}

fn project(texts: &[(&str, &str)]) -> MemoryFiles {
    let mut files = MemoryFiles::default();
    for (path, text) in texts {
        files.insert(Path::new("/project").join(path), text.as_bytes());
    }
    files
}

fn images(files: &dyn Files) -> BuiltImages {
    let request = LoadRequest {
        files: vec!["compose.yaml".into()],
        working_directory: "/project".into(),
        is_interpolated: true,
        ..LoadRequest::default()
    };
    let mut sources = SourceMap::default();
    let Loaded { project, .. } = compose::load(&request, files, &mut sources).expect("the file is there");
    image::collect(&project, files, &mut sources)
}

/// What is said of the one thing that the service `api` starts.
fn held(images: &BuiltImages) -> Result<Held, String> {
    match &images.get("api").expect("it is built").starts {
        Observed::Known(starts) => Ok(starts[0].held.clone()),
        Observed::Unknown { reason, .. } => Err(reason.clone()),
    }
}

fn of_dockerfile(text: &str) -> Result<Held, String> {
    let texts = [("compose.yaml", COMPOSE), ("Dockerfile", text), ("app/main.py", "app"), ("service/main.py", "app")];
    held(&images(&project(&texts)))
}

#[test]
fn a_context_of_100_000_files_costs_no_more_lookups() {
    let asked = |count: usize| {
        let mut files = project(&[
            ("compose.yaml", COMPOSE),
            ("Dockerfile", &format!("{HEAD}COPY . /all/\nCOPY *.toml ./\nRUN pip install torch\n")),
            (".dockerignore", "**/*.csv\nservice\n"),
            ("app/main.py", "app"),
            ("service/main.py", "app"),
        ]);
        for at in 0..count {
            files.insert(format!("/project/data/{}/{}/f{at}.csv", at % 100, at % 10), "1");
        }
        let watched = Watched::new(files);
        let images = images(&watched);
        assert!(matches!(held(&images), Ok(Held::Absent(_))), "{:?}", held(&images));
        watched.count()
    };
    assert_eq!(asked(100), asked(100_000));
}

#[test]
fn folders_that_may_not_be_read() {
    let texts = [("compose.yaml", COMPOSE), ("Dockerfile", HEAD), ("app/main.py", "app"), ("service/main.py", "app")];
    for closed in ["/project/app", "/project/service"] {
        let watched = Watched { closed: Some(closed.into()), ..Watched::new(project(&texts)) };
        let answer = held(&images(&watched));
        let is_absent = matches!(answer, Ok(Held::Absent(_)));
        assert_eq!(is_absent, closed == "/project/app", "{closed}: {answer:?}");
    }
}

#[test]
fn dockerfiles_of_five_megabytes() {
    let times = |text: &str| text.repeat(5_000_000 / text.len());
    for (text, is_read) in [
        (times("# a comment\n"), true),
        (format!("RUN {}true\n", times("echo word && ")), true),
        (format!("RUN {}true\n", times("echo word \\\n && ")), true),
        (format!("ENV {}\n", times("A=$A$A ")), true),
        (format!("RUN <<EOF\n{}EOF\n", times("echo word\n")), true),
        (format!("COPY {}./x/\n", times("app/main.py ")), false),
        (times("COPY app/ ./app/\n"), false),
        (times("FROM python:3.12-slim\n"), false),
        (format!("RUN echo {}\n", times("$(")), false),
        (format!("COPY {} ./x/\n", times("a/")), false),
        (format!("COPY {} ./x/\n", times("*")), false),
        (times("\0"), false),
    ] {
        let answer = of_dockerfile(&format!("{HEAD}{text}"));
        let is_absent = matches!(answer, Ok(Held::Absent(_)));
        assert_eq!(is_absent, is_read, "{}…: {answer:?}", &text[..20]);
    }
}

#[test]
fn values_that_double_are_not_known() {
    let doubled = "ENV A=$A$A\n".repeat(3000);
    let answer = of_dockerfile(&format!("{HEAD}ENV A=word\n{doubled}WORKDIR /$A\n"));
    assert_eq!(answer, Ok(Held::Unknown("the working directory is not known".into())));
    let long = "a".repeat(30_000);
    let uses = "$A".repeat(100_000);
    let answer = of_dockerfile(&format!("{HEAD}ENV A={long}\nRUN echo {uses}\n"));
    assert!(matches!(answer, Ok(Held::Unknown(_))), "{answer:?}");
}

#[test]
fn many_values_are_kept_for_no_step() {
    let mut text = HEAD.to_owned();
    for at in 0..1900 {
        write!(text, "ENV A{at}={}\nRUN echo $A{at}\n", "a".repeat(2000)).expect("a string takes text");
    }
    assert!(matches!(of_dockerfile(&text), Ok(Held::Absent(_))));
}

#[test]
fn folders_that_are_entered_without_end() {
    let command = format!("sh -c \"{}uvicorn service.main:app\"", "cd a && ".repeat(100_000));
    let compose = format!("services:\n  api:\n    build: .\n    command: {command}\n");
    let files =
        project(&[("compose.yaml", &compose), ("Dockerfile", HEAD), ("app/main.py", ""), ("service/main.py", "")]);
    assert_eq!(held(&images(&files)), Ok(Held::Unknown("the working directory is not known".into())));
    assert_eq!(of_dockerfile(&format!("{HEAD}{}", "WORKDIR a/b\n".repeat(3900))).map(|_| ()), Ok(()));
}

#[test]
fn stages_that_copy_from_each_other() {
    let mut text = "FROM python:3.12-slim AS s0\nCOPY app/ /a0/\n".to_owned();
    for at in 1..240 {
        let before = at - 1;
        write!(
            text,
            "FROM s{before} AS s{at}\nCOPY --from=s{before} /a{before} /srv/a{at}\nCOPY --from=s{before} /srv /srv\n"
        )
        .expect("a string takes text");
    }
    assert!(of_dockerfile(&text).is_ok());
}

#[test]
fn many_services_of_a_long_dockerfile() {
    let mut compose = "services:\n".to_owned();
    for at in 0..40 {
        writeln!(compose, "  s{at}: {{build: .}}").expect("a string takes text");
    }
    let dockerfile = format!("{HEAD}{}CMD uvicorn service.main:app\n", "# a comment\n".repeat(100_000));
    let files = project(&[
        ("compose.yaml", &compose),
        ("Dockerfile", &dockerfile),
        ("app/main.py", ""),
        ("service/main.py", ""),
    ]);
    let images = images(&files);
    let reasons: BTreeSet<&str> = images
        .iter()
        .filter_map(|(_, image)| match &image.starts {
            Observed::Unknown { reason, .. } => Some(reason.as_str()),
            Observed::Known(_) => None,
        })
        .collect();
    assert_eq!(reasons, BTreeSet::from(["the Dockerfiles of the project are too long to follow all"]));
}

#[test]
fn nothing_outside_of_context_and_project_is_asked_for() {
    let texts = [
        (
            "compose.yaml",
            "services:\n  api:\n    build: ./api\n    command: python ../../../etc/run.py\n    volumes:\n      - /srv/live:/srv/live\n",
        ),
        (
            "api/Dockerfile",
            "FROM python:3.12-slim\nWORKDIR /srv\nCOPY ../../secret ./\nCOPY /../../other/ ./other/\nCOPY ../*.py ./\nRUN pip install -r ../../../../requirements.txt\n",
        ),
        ("api/main.py", ""),
    ];
    let mut files = project(&texts);
    files.insert("/secret", "1");
    files.insert("/requirements.txt", "torch");
    files.insert("/other/main.py", "1");
    let watched = Watched::new(files);
    assert!(!matches!(held(&images(&watched)), Ok(Held::Absent(_))));
    let asked = watched.asked.lock().expect("no test panics here");
    // Of the folder above, only `.gitignore`, which may name the project's own files.
    let is_outside = |(_, path): &&(&str, PathBuf)| {
        !watched.files.resolve(path).starts_with("/project") && !path.ends_with(".gitignore")
    };
    let outside: Vec<_> = asked.iter().filter(is_outside).collect();
    assert!(outside.is_empty(), "{outside:?}");
}
