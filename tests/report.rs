//! The formats of a report, text in, text out: findings made by hand, printed each way.

use composegpu::{
    diag::{Applicability, Code, Diagnostic, Edit, Fix, Label, Place, Severity, Suppressed},
    report::{Look, Report, RuleText, Unjudged, concise, github, human, json},
    source::{FileId, SourceMap, Span},
};

const PLAIN: Look = Look { is_coloured: false, is_unicode: true, has_links: false, width: Some(80) };

const BASE: &str = "\
services:
  llm:
    image: vllm/vllm-openai
    gpus:
      - count: 2
";

const OVERLAY: &str = "\
services:
  llm:
    gpus:
      - count: 1
";

fn rule_of(code: Code) -> RuleText {
    let name = if code.as_str() == "CG115" { "overlay-appends-gpus" } else { "some-rule" };
    RuleText { name, summary: "a clause", severity: Severity::Warning, page: "# A page\n\n    gpus: 1  #~ CG115\n" }
}

fn find(sources: &SourceMap, file: FileId, text: &str) -> Span {
    let start = sources.file(file).text().find(text).expect("the text is in the file");
    Span::new(file, start, start + text.len())
}

fn overlay() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let base = sources.add("compose.yaml", BASE.to_owned(), true);
    let overlay = sources.add("compose.gpu.yaml", OVERLAY.to_owned(), true);
    let place = Label::new(find(&sources, overlay, "count: 1"), "added by this overlay");
    let message = "service `llm` now asks for GPUs twice";
    let mut finding = Diagnostic::new(Code::new("CG115"), Severity::Warning, message, Place::Source(place))
        .with_related(Label::new(find(&sources, base, "count: 2"), "still requested here"))
        .with_help("Compose appends this list; mark it `!override` to replace it");
    finding.service = Some("llm".to_owned());
    let at = find(&sources, overlay, "\n      - count").before();
    finding.fix = Some(Fix {
        title: "replace the base file's list".to_owned(),
        applicability: Applicability::Unsafe,
        edits: vec![Edit { span: at, text: " !override".to_owned() }],
    });
    (sources, vec![finding])
}

fn report<'a>(sources: &'a SourceMap, findings: &'a [Diagnostic]) -> Report<'a> {
    Report::of(sources, findings, rule_of)
}

/// A file that wants to do things to a terminal, with a line far too long to print.
fn hostile() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let text = format!("a: 1\nb: \x1b[2J\u{202e}{}NEEDLE{} \0\nc: é\n", "ü".repeat(300), "x".repeat(3000));
    let end = text.len();
    let file = sources.add("a\x1b[31m.yaml", text, true);
    let empty = sources.add("empty.yaml", String::new(), true);
    let places =
        [find(&sources, file, "NEEDLE"), Span::new(empty, 0, 0), Span::new(file, 0, end), Span::new(file, end, end)];
    let mut findings: Vec<Diagnostic> = places
        .iter()
        .map(|span| Place::Source(Label::new(*span, "look \x1b[1m here")))
        .map(|place| Diagnostic::new(Code::new("CG001"), Severity::Error, "some\nthing \x1b[31m is wrong", place))
        .collect();
    let file = Place::File("no.yaml".to_owned());
    findings.push(Diagnostic::new(Code::new("CG001"), Severity::Info, "is no text, 100%: really", file));
    let evidence = Place::Evidence {
        source: "docker /info".to_owned(),
        field: "CDISpecDirs".to_owned(),
        value: "[]".to_owned(),
        line: None,
    };
    findings.push(Diagnostic::new(Code::new("CH001"), Severity::Info, "CDI is off", evidence));
    (sources, findings)
}

#[test]
fn people_see_both_files_of_a_finding() {
    let (sources, findings) = overlay();
    insta::assert_snapshot!(human(&report(&sources, &findings), PLAIN), @r#"
    warning[CG115] overlay-appends-gpus (--unsafe-fixes)

      ⚠ service `llm` now asks for GPUs twice
       ╭─[compose.gpu.yaml:4:9]
     3 │     gpus:
     4 │       - count: 1
       ·         ────┬───
       ·             ╰── added by this overlay
       ╰────
      ☞ see also `compose.yaml`
       ╭─[compose.yaml:5:9]
     4 │     gpus:
     5 │       - count: 2
       ·         ────┬───
       ·             ╰── still requested here
       ╰────
      help: Compose appends this list; mark it `!override` to replace it

    1 warning; 1 fixable with --fix --unsafe-fixes
    "#);
}

#[test]
fn people_see_what_was_not_judged_and_the_statistics() {
    let (sources, findings) = overlay();
    let skipped = [Unjudged { code: Code::new("CG501"), reason: "the driver's version is not known".to_owned() }];
    let report = Report { skipped: &skipped, has_statistics: true, ..report(&sources, &findings) };
    let text = human(&report, PLAIN);
    let tail: Vec<&str> = text.lines().rev().take(3).collect();
    insta::assert_snapshot!(tail.into_iter().rev().collect::<Vec<_>>().join("\n"), @r#"
    not judged: CG501 some-rule: the driver's version is not known
        1  CG115 overlay-appends-gpus
    1 warning; 1 fixable with --fix --unsafe-fixes
    "#);
}

#[test]
fn nothing_to_say_is_nothing() {
    let sources = SourceMap::default();
    assert_eq!(human(&report(&sources, &[]), PLAIN), "");
    assert_eq!(concise(&report(&sources, &[])), "");
    assert_eq!(github(&report(&sources, &[])), "");
}

#[test]
fn a_narrow_terminal_without_unicode() {
    let (sources, findings) = overlay();
    let text = human(&report(&sources, &findings), Look { is_unicode: false, width: Some(40), ..PLAIN });
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!(text, @r#"
    warning[CG115] overlay-appends-gpus (--unsafe-fixes)

      ! service `llm` now asks for GPUs
      | twice
       ,-[compose.gpu.yaml:4:9]
     3 |     gpus:
     4 |       - count: 1
       :         ^^^^|^^^
       :             `-- added by this overlay
       `----
      > see also `compose.yaml`
       ,-[compose.yaml:5:9]
     4 |     gpus:
     5 |       - count: 2
       :         ^^^^|^^^
       :             `-- still requested here
       `----
      help: Compose appends this list;
            mark it `!override` to replace
            it

    1 warning; 1 fixable with --fix --unsafe-fixes
    "#);
}

#[test]
fn colours_only_where_wanted() {
    let (sources, findings) = overlay();
    let text = |is_coloured| human(&report(&sources, &findings), Look { is_coloured, ..PLAIN });
    assert!(text(true).contains("\x1b["));
    assert!(!text(false).contains("\x1b["));
}

#[test]
fn a_code_is_a_link_to_its_page_where_pages_have_an_address() {
    let (sources, findings) = overlay();
    let report = Report { pages: "https://composegpu.example/rules/", ..report(&sources, &findings) };
    let drawn = |has_links| human(&report, Look { has_links, ..PLAIN });
    let link = "warning[\x1b]8;;https://composegpu.example/rules/CG115-overlay-appends-gpus.md\x1b\\CG115\x1b]8;;\x1b\\] overlay";
    assert!(drawn(true).contains(link), "{}", drawn(true).escape_debug());
    assert!(!drawn(false).contains('\x1b'));
    let unaddressed = Report { pages: "", ..report };
    assert_eq!(human(&unaddressed, Look { has_links: true, ..PLAIN }), drawn(false));
}

#[test]
fn no_byte_of_a_file_reaches_the_terminal_as_an_order() {
    let (sources, findings) = hostile();
    for text in [human(&report(&sources, &findings), PLAIN), concise(&report(&sources, &findings))] {
        assert!(!text.contains(['\x1b', '\0', '\u{202e}']), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 200), "{text}");
    }
}

#[test]
fn the_place_in_a_long_line_is_shown_and_counted() {
    let (sources, findings) = hostile();
    let text = human(&report(&sources, &findings[..1]), PLAIN);
    assert!(text.contains(":2:309]"), "{text}");
    let line = text.lines().find(|line| line.contains("NEEDLE")).expect("the line is shown");
    let under = text.lines().skip_while(|other| *other != line).nth(1).expect("a mark is below it");
    let column = |text: &str, mark: char| text.chars().position(|c| c == mark).expect("it is there");
    assert_eq!(column(line, 'N'), column(under, '─'), "{text}");
}

#[test]
fn one_line_a_finding() {
    let (sources, findings) = hostile();
    insta::assert_snapshot!(concise(&report(&sources, &findings)), @r#"
    a�[31m.yaml:2:309: error[CG001] some thing �[31m is wrong
    empty.yaml:1:1: error[CG001] some thing �[31m is wrong
    a�[31m.yaml:1:1: error[CG001] some thing �[31m is wrong
    a�[31m.yaml:4:1: error[CG001] some thing �[31m is wrong
    no.yaml: info[CG001] is no text, 100%: really
    info[CH001] CDI is off
    "#);
}

#[test]
fn annotations_are_escaped() {
    let (sources, findings) = overlay();
    let (more_sources, more) = hostile();
    let text = github(&report(&sources, &findings)) + &github(&report(&more_sources, &more[4..]));
    insta::assert_snapshot!(text, @r#"
    ::warning file=compose.gpu.yaml,line=4,endLine=4,col=9,endColumn=17,title=CG115 overlay-appends-gpus::service `llm` now asks for GPUs twice%0Ahelp: Compose appends this list; mark it `!override` to replace it
    ::notice file=no.yaml,title=CG001 some-rule::is no text, 100%25: really
    ::notice title=CH001 some-rule::CDI is off
    "#);
}

#[test]
fn json_of_a_finding() {
    let (sources, findings) = overlay();
    insta::assert_snapshot!(json(&report(&sources, &findings)));
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = include_str!("../schemas/report-v1.schema.json");
    let schema = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for (sources, findings) in [overlay(), hostile()] {
        let skipped = [Unjudged { code: Code::new("CG501"), reason: String::new() }];
        let suppressed: Vec<Suppressed> = findings
            .iter()
            .filter_map(|finding| {
                let word = finding.place.span()?;
                Some(Suppressed { finding: finding.clone(), reason: "known".to_owned(), word })
            })
            .collect();
        let report = report(&sources, &findings);
        let report = Report { suppressed: &suppressed, skipped: &skipped, has_statistics: true, ..report };
        let document = serde_json::from_str(&json(&report)).expect("a report is JSON");
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn no_secret_beside_a_finding_is_shown() {
    let mut sources = SourceMap::default();
    let text = "env:\n  - HF_TOKEN=hf_abc\n  - SHOWN=1\n  - URL=http://u?token=abc\nf: {DB_PASSWORD: \"a b\", API_KEY: 'é', USER: root, SECRET: ${S}}\n";
    let file = sources.add("compose.yaml", text.to_owned(), true);
    let findings: Vec<Diagnostic> = ["SHOWN=1", "USER: root"]
        .into_iter()
        .map(|part| {
            Diagnostic::new(
                Code::new("CG115"),
                Severity::Warning,
                "here",
                Place::Source(find(&sources, file, part).into()),
            )
        })
        .collect();
    let shown = human(&report(&sources, &findings), PLAIN);
    for secret in ["hf_abc", "token=abc", "a b", "é"] {
        assert!(!shown.contains(secret), "{secret} in\n{shown}");
    }
    assert!(shown.contains("USER: root") && shown.contains("${S}"), "{shown}");
}
