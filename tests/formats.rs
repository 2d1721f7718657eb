//! The formats that other tools read, SARIF and Markdown, text in, text out.

use std::collections::BTreeSet;

use composegpu::{
    diag::{Applicability, Code, Diagnostic, Edit, Fix, Label, Place, Severity, Suppressed},
    report::{Report, RuleText, Unjudged, github, markdown, sarif},
    source::{SourceMap, Span},
};
use serde_json::Value;

const TEXT: &str = "services:\n  é: {gpus: all, image: x}\n  b: {gpus: all, image: x}\n";

fn rule_of(_: Code) -> RuleText {
    RuleText {
        name: "some-rule",
        summary: "a clause",
        severity: Severity::Warning,
        page: "# Page\n\ngpus: 1  #~ CG115\n",
    }
}

/// One finding for each `gpus: all` of a text, each with a fix that takes it out.
fn findings(path: &str, text: &str) -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let file = sources.add(path, text.to_owned(), true);
    let found = text.match_indices("gpus: all").map(|(at, part)| {
        let span = Span::new(file, at, at + part.len());
        let place = Place::Source(Label::new(span, "here"));
        let mut finding = Diagnostic::new(Code::new("CG115"), Severity::Warning, "`gpus` is\nthere | twice", place)
            .with_related(Label::new(Span::new(file, 0, 8), "of these"))
            .with_help("take it out");
        let edits = vec![Edit { span, text: String::new() }, Edit { span: span.after(), text: "x".to_owned() }];
        finding.fix = Some(Fix { title: "take it out".to_owned(), applicability: Applicability::Safe, edits });
        finding
    });
    let found = found.collect();
    (sources, found)
}

fn log_of(report: &Report<'_>) -> Value {
    serde_json::from_str(&sarif(report)).expect("a log is JSON")
}

fn fingerprints(path: &str, text: &str) -> Vec<String> {
    let (sources, found) = findings(path, text);
    let log = log_of(&Report::of(&sources, &found, rule_of));
    let results = log["runs"][0]["results"].as_array().expect("a run has results").iter();
    results.map(|result| result["partialFingerprints"]["composegpu/v1"].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn a_log_has_the_rule_the_place_and_the_fix() {
    let (sources, found) = findings("a b/compose.yaml", TEXT);
    let skipped = [Unjudged { code: Code::new("CG501"), reason: "the driver is not known".to_owned() }];
    let log = log_of(&Report { skipped: &skipped, ..Report::of(&sources, &found[..1], rule_of) });
    let mut run = log["runs"][0].clone();
    run["tool"]["driver"]["semanticVersion"] = "0".into();
    insta::assert_json_snapshot!(run);
    assert_eq!(log["version"], "2.1.0", "section 3.13.2");
}

#[test]
fn what_a_comment_ignores_keeps_its_reason() {
    let (sources, found) = findings("compose.yaml", TEXT);
    let word = found[0].place.span().expect("it has a place");
    let one = Suppressed { finding: found[0].clone(), reason: "one GPU here".to_owned(), word };
    let log = log_of(&Report { suppressed: &[one], ..Report::of(&sources, &found[1..], rule_of) });
    let results = &log["runs"][0]["results"];
    assert_eq!(results[0].get("suppressions"), None, "section 3.27.23: absent where nothing is suppressed");
    assert_eq!(results[1]["suppressions"][0]["kind"], "inSource", "section 3.35.2");
    assert_eq!(results[1]["suppressions"][0]["justification"], "one GPU here", "section 3.35.4");
}

#[test]
fn fingerprints_outlive_lines_above_and_tell_twins_apart() {
    let twice = "services:\n  a:\n    gpus: all\n  b:\n    gpus: all\n";
    let before = fingerprints("compose.yaml", twice);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 2, "{before:?}");
    assert_eq!(before, fingerprints("compose.yaml", &format!("# A new line.\n\n{twice}")));
    assert_ne!(before, fingerprints("other.yaml", twice));
}

#[test]
fn places_are_relative_uris_in_code_points_from_one() {
    let (sources, found) = findings("a:b/%ü/compose.yaml", TEXT);
    let log = log_of(&Report { path_prefix: "deploy", ..Report::of(&sources, &found, rule_of) });
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "deploy/a%3Ab/%25%C3%BC/compose.yaml", "section 3.4.3, RFC 3986");
    assert_eq!(place["region"]["startColumn"], 7, "section 3.30.6; `é` is one column");
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints", "section 3.14.17");
}

#[test]
fn a_rule_names_its_page_where_pages_have_an_address() {
    let (sources, found) = findings("compose.yaml", TEXT);
    let rule_with = |pages| {
        let log = log_of(&Report { pages, ..Report::of(&sources, &found[..1], rule_of) });
        log["runs"][0]["tool"]["driver"]["rules"][0].clone()
    };
    let rule = rule_with("https://composegpu.example/rules/");
    let text = |key: &str| rule[key].as_str().unwrap_or_default();
    let page = format!("https://composegpu.example/rules/{}-{}.md", text("id"), text("name"));
    assert_eq!(text("helpUri"), page, "section 3.49.12");
    assert!(rule_with("").get("helpUri").is_none());
}

#[test]
fn a_path_above_the_folder_is_taken_from_the_root() {
    let (sources, found) = findings("../compose.yaml", TEXT);
    let report = Report { path_prefix: "deploy/gpu", ..Report::of(&sources, &found[..1], rule_of) };
    assert!(github(&report).starts_with("::warning file=deploy/compose.yaml,line=2"), "{}", github(&report));
}

#[test]
fn a_place_that_is_named_twice_is_listed_once() {
    let (sources, mut found) = findings("compose.yaml", TEXT);
    let label = found[0].related[0].clone();
    found[0].related.push(label);
    let log = log_of(&Report::of(&sources, &found[..1], rule_of));
    let related = log["runs"][0]["results"][0]["relatedLocations"].as_array().map(Vec::len);
    assert_eq!(related, Some(1), "section 3.27.22");
}

#[test]
fn what_a_host_said_is_a_logical_place() {
    let evidence =
        Place::Evidence { source: "docker /info".into(), field: "CDISpecDirs".into(), value: "[]".into(), line: None };
    let finding = Diagnostic::new(Code::new("CH001"), Severity::Info, "CDI is off", evidence);
    let log = log_of(&Report::of(&SourceMap::default(), &[finding], rule_of));
    let place = &log["runs"][0]["results"][0]["locations"][0];
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "docker /info CDISpecDirs", "section 3.28.4");
    assert_eq!(place.get("physicalLocation"), None);
}

#[test]
fn a_summary_is_a_table_that_no_file_breaks_out_of() {
    let (sources, found) = findings("a|b`c`<i>@me.yaml", TEXT);
    let mut finding = found[0].clone();
    finding.message = "service `a|b` <script> | @everyone #1 `odd".to_owned();
    finding.help = Some("see https://example.com and `x`\nand :tada:".to_owned());
    insta::assert_snapshot!(markdown(&Report::of(&sources, &[found[0].clone(), finding], rule_of)), @"
    ### composegpu

    **2** warnings

    | | Rule | Place | Finding |
    |---|---|---|---|
    | 🟡 warning | CG115 some-rule | <code>a&#124;b&#96;c&#96;&#60;i&#62;&#64;me.yaml:2</code> | <code>gpus</code> is there &#124; twice<br>take it out |
    | 🟡 warning | CG115 some-rule | <code>a&#124;b&#96;c&#96;&#60;i&#62;&#64;me.yaml:2</code> | service <code>a&#124;b</code> &#60;script&#62; &#124; &#64;everyone &#35;1 &#96;odd<br>see https&#58;//example.com and <code>x</code> and &#58;tada: |
    ");
    assert_eq!(markdown(&Report::of(&sources, &[], rule_of)), "### composegpu\n\nNo findings.\n");
}

#[test]
fn a_long_summary_is_cut_and_says_so() {
    let (sources, found) = findings("compose.yaml", TEXT);
    let many = vec![found[0].clone(); 150];
    let text = markdown(&Report::of(&sources, &many, rule_of));
    assert!(text.contains("**150** warnings") && text.ends_with("\n50 more are not shown.\n"), "{text}");
}
