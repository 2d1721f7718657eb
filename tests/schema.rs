//! The schema says to each recorded case what Compose said to it, and says it well.

#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use composegpu::{
    compose::schema,
    diag::{Diagnostic, Place},
    source::{SourceMap, Span},
    yaml::{Data, Hole, Value, parse, resolve},
};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("the cases are there").map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    let mut trials = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "txt")) {
        let text = fs::read_to_string(file).expect("a case file is text");
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let count = cases(&text).len();
        trials.push(Trial::test(format!("{name}: {count} verdicts"), move || verdicts(&text)));
    }
    for file in files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "yaml")) {
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        trials.push(Trial::test(format!("{name}: what is said"), move || findings(&file)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One line of a case file with the project that it makes.
struct Case<'a> {
    verdict: &'a str,
    project: String,
}

/// Cases of a file; `tests/record_schema` says how one is written.
fn cases(text: &str) -> Vec<Case<'_>> {
    let mut frame = "";
    let mut found = Vec::new();
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("in", project)) => frame = project,
            Some((verdict @ ("ok" | "no" | "other"), value)) => {
                found.push(Case { verdict, project: frame.replacen('%', value, 1) });
            }
            Some(("ask", value)) => panic!("`{value}` is not recorded yet"),
            _ => {}
        }
    }
    found
}

fn verdicts(text: &str) -> Result<(), Failed> {
    let mut wrong = String::new();
    let all = cases(text);
    for Case { verdict, project } in &all {
        let (_, model) = read("compose.yaml", project);
        let said: Vec<String> = schema::validate(&model).into_iter().map(|finding| finding.message).collect();
        // What another check of Compose refuses is another pass's to find.
        let is_right = *verdict == "other" || said.is_empty() == (*verdict == "ok");
        if !is_right {
            writeln!(wrong, "Compose says {verdict}, we say {said:?}: {project}").expect("a string takes all");
        }
    }
    if all.is_empty() {
        return Err("no cases".into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// Compares what is said to a project with the text file beside it; `UPDATE=1` writes that.
fn findings(file: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(file)?;
    let (sources, model) = read("compose.yaml", &text);
    let said: String = schema::validate(&model).iter().map(|finding| shown(finding, &sources)).collect();
    let expected = file.with_extension("said");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&expected, &said)?;
    }
    if fs::read_to_string(&expected)? == said { Ok(()) } else { Err(format!("other than recorded:\n{said}").into()) }
}

fn read(name: &str, text: &str) -> (SourceMap, Value) {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text.to_owned(), true);
    let (tree, refused) = parse(file, &sources);
    assert!(refused.is_empty(), "{text}: {refused:?}");
    let root = *tree.documents.first().expect("a case has a document");
    let mut value = resolve(&tree, root).value;
    dig(&mut value);
    (sources, value)
}

/// Makes a hole of each string that holds `${`, as a variable without a value does.
fn dig(value: &mut Value) {
    match &mut value.data {
        Data::String(text) if text.contains("${") => {
            value.hole = Some(Box::new(Hole { variables: vec![text.clone()] }))
        }
        Data::Seq(items) => items.iter_mut().for_each(dig),
        Data::Map(map) => map.values_mut().for_each(dig),
        _ => {}
    }
}

fn shown(finding: &Diagnostic, sources: &SourceMap) -> String {
    let at = |span: Span| {
        let start = sources.start(span);
        let first = sources.slice(span).lines().next().unwrap_or_default().to_owned();
        format!("{}:{} `{first}`", start.line, start.column)
    };
    let place = match &finding.place {
        Place::Source(label) => at(label.span),
        other => format!("{other:?}"),
    };
    let service = finding.service.as_deref().unwrap_or("-");
    let mut text = format!("{} {place} ({service})\n    {}\n", finding.code, finding.message);
    for label in &finding.related {
        writeln!(text, "    see {} {}", at(label.span), label.message).expect("a string takes all");
    }
    if let Some(help) = &finding.help {
        writeln!(text, "    help: {help}").expect("a string takes all");
    }
    text
}
