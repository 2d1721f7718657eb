//! Dockerfiles, commands and build contexts, and what is said of the image: one file of
//! `fixtures/dockerfiles` is one case.
//!
//! A case is `# verdict: what it shows`, then the files of a project, each behind a line
//! `=== path` (`=== path +x` for one that is executable), then `=== answers`: a line for each thing that a service starts. The verdict is
//! written by hand and holds for all answers but scripts that lead on to what is asked for; `UPDATE=1` rewrites the answers alone. "Unknown"
//! and "present" are silent: a rule has to speak exactly where the verdict is any other, and the
//! fix, where it has one, has to silence it.
#![expect(clippy::disallowed_methods, reason = "a test reads its cases")]

use std::{fs, path::Path, process::ExitCode};

use composegpu::{
    compose::{self, LoadRequest, Loaded},
    diag::{Diagnostic, Edit},
    image::{self, BuiltImages, Held, Program, Start},
    observed::Observed,
    rules::{self, ProjectCx},
    source::{MemoryFiles, SourceMap, Span},
};
use libtest_mimic::{Arguments, Failed, Trial};

const ROOT: &str = "/project";

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dockerfiles");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("the cases can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let trials = paths.into_iter().map(|path| Trial::test(name(&path), move || check(&path))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// One case.
struct Case {
    title: String,
    files: Vec<(String, String)>,
    answers: String,
}

impl Case {
    fn parse(text: &str) -> Option<Self> {
        let (title, rest) = text.split_once('\n')?;
        let mut files = Vec::new();
        for part in rest.split("\n=== ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap_or((part, ""));
            files.push((path.trim().to_owned(), format!("{body}\n")));
        }
        let (last, answers) = files.pop()?;
        (last == "answers").then_some(Self { title: title.to_owned(), files, answers: answers.trim().to_owned() })
    }

    fn verdict(&self) -> Option<&str> {
        self.title.strip_prefix("# ")?.split_once(": ").map(|(verdict, _)| verdict)
    }
}

struct Asked {
    sources: SourceMap,
    images: BuiltImages,
    findings: Vec<Diagnostic>,
}

fn ask(files: &[(String, String)]) -> Result<Asked, Failed> {
    let mut memory = MemoryFiles::default();
    for (path, text) in files {
        let name = path.strip_suffix(" +x").unwrap_or(path);
        memory.insert(format!("{ROOT}/{name}"), text.as_bytes());
        if name != path {
            memory.make_executable(format!("{ROOT}/{name}"));
        }
    }
    let request = LoadRequest {
        files: vec!["compose.yaml".into()],
        working_directory: ROOT.into(),
        is_interpolated: true,
        ..LoadRequest::default()
    };
    let mut sources = SourceMap::default();
    let Loaded { project, .. } = compose::load(&request, &memory, &mut sources).map_err(|error| error.to_string())?;
    let images = image::collect(&project, &memory, &mut sources);
    let cx = ProjectCx { project: &project, requests: &[], images: &images, sources: &sources };
    let mut findings = rules::run(&cx, None).diagnostics;
    findings.retain(|finding| {
        ["CG601", "CG602", "CG603", "CG604", "CG609", "CG610", "CG611"].contains(&finding.code.as_str())
    });
    Ok(Asked { images, findings, sources })
}

fn check(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let case = Case::parse(&text).ok_or("not a case")?;
    let verdict = case.verdict().ok_or("the title has no verdict")?;
    let asked = ask(&case.files)?;
    let answers = asked.answers();
    // A script on the way to what is asked for may be there.
    let is_on_the_way = |answer: &String| answer.contains(": file ") && answer.ends_with(" present");
    let (as_said, odd): (Vec<&String>, Vec<&String>) =
        answers.iter().partition(|answer| answer.contains(&format!(" {verdict}")));
    if as_said.is_empty() || !odd.iter().all(|answer| is_on_the_way(answer)) {
        return Err(format!("not {verdict}: {answers:#?}").into());
    }
    if asked.findings.is_empty() == ["absent", "not-runnable", "crlf", "hidden", "not-executable"].contains(&verdict) {
        return Err(format!("{} findings, but the module is {verdict}", asked.findings.len()).into());
    }
    check_fix(&case, &asked)?;
    let answers = answers.join("\n");
    if std::env::var_os("UPDATE").is_some() {
        let (head, _) = text.split_once("\n=== answers").ok_or("no answers")?;
        fs::write(path, format!("{head}\n=== answers\n{answers}\n"))?;
        return Ok(());
    }
    if answers == case.answers { Ok(()) } else { Err(format!("got\n{answers}").into()) }
}

/// The fix of a finding removes it.
fn check_fix(case: &Case, asked: &Asked) -> Result<(), Failed> {
    for fix in asked.findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let mut files = case.files.clone();
        for edit in &fix.edits {
            let name = asked.path(edit.span);
            let file = files.iter_mut().find(|(path, _)| *path == name).ok_or("an edit of a file that is not there")?;
            file.1 = edited(&file.1, edit);
        }
        if ask(&files)?.findings.len() >= asked.findings.len() {
            return Err(format!("the fix does not remove the finding: {files:#?}").into());
        }
    }
    Ok(())
}

fn edited(text: &str, edit: &Edit) -> String {
    let mut text = text.to_owned();
    text.replace_range(edit.span.range(), &edit.text);
    text
}

impl Asked {
    fn answers(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (service, image) in self.images.iter() {
            match &image.starts {
                Observed::Unknown { reason, .. } => out.push(format!("{service}: unknown: {reason}")),
                Observed::Known(starts) => out.extend(starts.iter().map(|start| self.answer(service, start))),
            }
        }
        out
    }

    fn answer(&self, service: &str, start: &Start) -> String {
        let program = match &start.program {
            Program::Module(name) => format!("module {name}"),
            Program::Script(path) => format!("script {path}"),
            Program::File(path) => format!("file {path}"),
            Program::Other(name) => format!("program {name}"),
        };
        let place = start.place.map_or("nowhere".to_owned(), |span| self.place(span));
        let held = match &start.held {
            Held::Present => "present".to_owned(),
            Held::Unknown(reason) => format!("unknown: {reason}"),
            Held::Gap(gap) => {
                format!("absent: {} has no {}, only {}", gap.folder, gap.name, gap.others.join(" "))
            }
            Held::NotRunnable(path) => format!("not-runnable: {path}"),
            Held::NotExecutable { file, .. } => format!("not-executable: {file}"),
            Held::CarriageReturn(path) => format!("crlf: {path}"),
            Held::Hidden(hiding) => format!(
                "hidden: {} by `{}` at {}, copied from {}",
                hiding.path, hiding.source, hiding.target, hiding.located
            ),
            Held::Absent(absence) => {
                let located = if absence.located.is_empty() { "it nowhere" } else { &absence.located };
                let mut text = format!("absent: searched {}; has {located}", absence.searched.join(" "));
                text.extend(absence.places.iter().map(|place| format!("; at {place}")));
                text.extend(absence.ignored_by.map(|span| format!("; ignored by {}", self.place(span))));
                text.extend(absence.copy_line.iter().map(|line| {
                    format!("; add `{}` behind {}", line.text.replace('\n', "\\n"), self.place(line.edit.span))
                }));
                text
            }
        };
        format!("{service}: {program} ({place}) {held}")
    }

    fn place(&self, span: Span) -> String {
        let start = self.sources.start(span);
        format!("{}:{}:{} `{}`", self.path(span), start.line, start.column, self.sources.slice(span))
    }

    fn path(&self, span: Span) -> String {
        let path = self.sources.file(span.file).path();
        path.strip_prefix(ROOT).unwrap_or(path).to_string_lossy().into_owned()
    }
}
