//! Files that are made to cost much: each is read, or ends at a stated limit with one finding
//! at a place that a person can mend. That nothing grows with the square of its input is shown
//! by `benches/passes.rs`; no clock runs here.

use std::{fmt::Write as _, path::PathBuf};

use composegpu::{
    compose::{self, LoadRequest, Project},
    diag::Severity,
    gpu, image, rules,
    source::{MemoryFiles, SourceMap},
    yaml::Data,
};

/// What a run of everything that lint does had to say: `CODE file:line:column message`.
struct Judged {
    project: Project,
    found: Vec<String>,
}

fn judge(texts: &[(&str, String)]) -> Judged {
    let mut files = MemoryFiles::default();
    for (name, text) in texts {
        files.insert(PathBuf::from("/project").join(name), text.as_bytes());
    }
    run(&files, LoadRequest { files: vec![texts[0].0.into()], ..LoadRequest::default() })
}

fn run(files: &MemoryFiles, request: LoadRequest) -> Judged {
    let request = LoadRequest { working_directory: "/project".into(), is_interpolated: true, ..request };
    let mut sources = SourceMap::default();
    let loaded = compose::load(&request, files, &mut sources).expect("the file is there");
    let images = image::collect(&loaded.project, files, &mut sources);
    let requests = gpu::collect(&loaded.project);
    let cx = rules::ProjectCx { project: &loaded.project, requests: &requests, images: &images, sources: &sources };
    let mut all = loaded.diagnostics;
    all.extend(rules::run(&cx, None).diagnostics);
    let is_loud = |finding: &&composegpu::diag::Diagnostic| finding.severity > Severity::Info;
    let found = all.iter().filter(is_loud).map(|finding| {
        let place = finding.place.span().map_or("-".to_owned(), |span| {
            let at = sources.start(span);
            format!("{}:{}:{}", sources.file(span.file).path().display(), at.line, at.column)
        });
        format!("{} {place} {}", finding.code, finding.message)
    });
    let found = found.collect();
    Judged { project: loaded.project, found }
}

#[track_caller]
fn refused(text: String, expected: &str) {
    let judged = judge(&[("compose.yaml", text)]);
    assert_eq!(judged.found, [expected]);
    assert!(!judged.project.is_accepted);
}

#[track_caller]
fn read(text: String) -> Project {
    let judged = judge(&[("compose.yaml", text)]);
    assert_eq!(judged.found, [""; 0]);
    assert!(judged.project.is_accepted);
    judged.project
}

const SERVICES: &str = "services: {web: {image: nginx}}\n";

/// Six levels of nine aliases each: 531,441 nodes in some 230 bytes.
fn bomb() -> String {
    let mut text = "services:\n x-a: &a [z, z, z, z, z, z, z, z, z]\n".to_owned();
    for (name, last) in ["b", "c", "d", "e", "f"].iter().zip(["a", "b", "c", "d", "e"]) {
        writeln!(text, " x-{name}: &{name} [{}]", vec![format!("*{last}"); 9].join(",")).expect("a string takes text");
    }
    text.replace("services:\n ", "").replace("\n ", "\n")
}

#[test]
fn an_alias_bomb() {
    assert!((220..=240).contains(&bomb().len()), "{}", bomb().len());
    refused(bomb() + SERVICES, "CG007 compose.yaml:6:10 the aliases stand for more than 100000 nodes");
    // An anchor that is read once stands for itself alone.
    let half = bomb().lines().take(4).collect::<Vec<_>>().join("\n") + "\n" + SERVICES;
    assert_eq!(read(half).model.get("x-d").and_then(|list| list.as_seq()).map(<[_]>::len), Some(9));
}

#[test]
fn merge_keys_that_multiply() {
    let mut text = "x-0: &m0 {a: {b: 1}}\n".to_owned();
    for level in 1..=60 {
        let last = level - 1;
        writeln!(text, "x-{level}: &m{level} {{l: {{<<: *m{last}}}, r: {{<<: *m{last}}}}}").expect("text");
    }
    let judged = judge(&[("compose.yaml", text + SERVICES)]);
    assert_eq!(judged.found.len(), 1, "{:?}", judged.found);
    assert!(judged.found[0].ends_with("the aliases stand for more than 100000 nodes"), "{:?}", judged.found);
}

#[test]
fn brackets_and_indents_that_nest() {
    let deep = |count: usize| format!("x: {}{}\n", "[".repeat(count), "]".repeat(count));
    refused(deep(100_000), "CG007 compose.yaml:1:254 collections nest deeper than 250 levels");
    refused(
        "x: ".to_owned() + &"[".repeat(100_000),
        "CG007 compose.yaml:1:254 collections nest deeper than 250 levels",
    );
    let braces = "x: ".to_owned() + &"{a: ".repeat(100_000);
    refused(braces, "CG007 compose.yaml:1:1004 collections nest deeper than 250 levels");
    read(deep(240).replace("x:", "x-deep:") + SERVICES);
    let mut text = String::new();
    for level in 0..5_000 {
        writeln!(text, "{}a:", " ".repeat(level)).expect("text");
    }
    refused(text, "CG007 compose.yaml:251:251 collections nest deeper than 250 levels");
    refused("- ".repeat(5_000), "CG007 compose.yaml:1:501 collections nest deeper than 250 levels");
}

#[test]
fn aliases_that_nest_what_brackets_do_not() {
    let mut text = "x-0: &a0 [[[[[[[[z]]]]]]]]\n".to_owned();
    for level in 1..=40 {
        writeln!(text, "x-{level}: &a{level} [[[[[[[[*a{}]]]]]]]]", level - 1).expect("text");
    }
    let judged = judge(&[("compose.yaml", text + SERVICES)]);
    assert_eq!(judged.found.len(), 1, "{:?}", judged.found);
    let message = "with its aliases expanded the file has more than 256 levels";
    assert!(judged.found[0].starts_with("CG007") && judged.found[0].ends_with(message), "{:?}", judged.found);
}

#[test]
fn scalars_of_ten_megabytes() {
    let long = "ten bytes ".repeat(1 << 20);
    let written = |text: String| {
        let project = read(text + SERVICES);
        project.model.get("x-long").and_then(|value| value.as_str()).map(str::len)
    };
    assert_eq!(written(format!("x-long: \"{long}\"\n")), Some(10 << 20));
    assert_eq!(written(format!("x-long: '{long}'\n")), Some(10 << 20));
    assert_eq!(written(format!("x-long: {long}\n")), Some((10 << 20) - 1));
    assert_eq!(written(format!("x-long: |\n  {long}\n")), Some((10 << 20) + 1));
    assert_eq!(written(format!("x-long: >\n  {}\n", long.replace("bytes ten", "bytes\n  ten"))), Some((10 << 20) + 1));
}

#[test]
fn a_key_of_ten_megabytes() {
    let judged = judge(&[("compose.yaml", format!("x-{}: 1\n{SERVICES}", "k".repeat(10 << 20)))]);
    assert_eq!(judged.found.len(), 1);
    assert!(judged.found[0].starts_with("CG001 compose.yaml:1:"), "{}", &judged.found[0][..200]);
    assert!(judged.found[0].len() < 300, "a finding quotes ten megabytes");
}

#[test]
fn much_that_is_written_out_is_read() {
    let items = |project: &Project, key: &str| match &project.model.get(key).expect("the key is there").data {
        Data::Map(map) => map.len(),
        Data::Seq(items) => items.len(),
        other => panic!("{other:?}"),
    };
    let mut map = "x-map:\n".to_owned();
    (0..200_000).for_each(|at| writeln!(map, "  key{at}: {at}").expect("text"));
    assert_eq!(items(&read(map + SERVICES), "x-map"), 200_000);
    let flow = format!("x-flow: [{}]\n{SERVICES}", "1, ".repeat(500_000));
    assert_eq!(items(&read(flow), "x-flow"), 500_000);
    let comments = "# a comment\n".repeat(100_000) + SERVICES;
    read(comments);
    let aliases = format!("x-a: &a 1\nx-all:\n{}{SERVICES}", "  - *a\n".repeat(99_999));
    assert_eq!(items(&read(aliases), "x-all"), 99_999);
}

#[test]
fn more_nodes_than_memory_should_hold() {
    let text = format!("x-flow: [{}]\n{SERVICES}", "1,".repeat(1_000_000));
    let judged = judge(&[("compose.yaml", text)]);
    assert_eq!(judged.found, ["CG007 compose.yaml:1:2000004 the file has more than 1000000 nodes"]);
    let aliases = format!("x-a: &a 1\nx-all:\n{}{SERVICES}", "  - *a\n".repeat(100_001));
    refused(aliases, "CG007 compose.yaml:100003:5 the aliases stand for more than 100000 nodes");
}

#[test]
fn files_beyond_sixteen_mebibytes() {
    let large = |size: usize| SERVICES.to_owned() + &"#".repeat(size - SERVICES.len());
    read(large(SourceMap::MAX_BYTES));
    refused(large(SourceMap::MAX_BYTES + 1), "CG007 - `compose.yaml` is larger than 16 MiB");
    let request = |size: usize| LoadRequest {
        files: vec!["-".into()],
        stdin: Some(large(size).into_bytes()),
        ..LoadRequest::default()
    };
    let files = MemoryFiles::default();
    let found = run(&files, request(SourceMap::MAX_BYTES + 1)).found;
    assert_eq!(found, ["CG007 - `<stdin>` is larger than 16 MiB"]);
    let include = "include: [other.yaml]\n".to_owned() + SERVICES;
    let judged = judge(&[("compose.yaml", include), ("other.yaml", large(SourceMap::MAX_BYTES + 1))]);
    assert_eq!(judged.found, ["CG007 - `other.yaml` is larger than 16 MiB"]);
}

#[test]
fn circles_of_extends() {
    let itself = "services: {a: {extends: a, image: x}}\n";
    refused(itself.into(), "CG008 compose.yaml:1:25 service `a` extends itself: Compose cannot resolve the circle");
    let two = "services:\n  a: {extends: b, image: x}\n  b: {extends: a, image: x}\n";
    let message = "service `a` extends itself, by way of others: Compose cannot resolve the circle";
    refused(two.into(), &format!("CG008 compose.yaml:2:16 {message}"));
    let here = "services: {a: {image: x, extends: {service: b, file: other.yaml}}}\n";
    let there = "services: {b: {image: x, extends: {service: a, file: compose.yaml}}}\n";
    let judged = judge(&[("compose.yaml", here.into()), ("other.yaml", there.into())]);
    assert_eq!(judged.found, [format!("CG008 compose.yaml:1:35 {message}")]);
}

#[test]
fn circles_of_include() {
    refused(
        "include: [compose.yaml]\n".to_owned() + SERVICES,
        "CG008 compose.yaml:1:11 `compose.yaml` includes itself",
    );
    let to = |name: &str| format!("include: [{name}]\n{SERVICES}");
    let judged = judge(&[("compose.yaml", to("other.yaml")), ("other.yaml", to("compose.yaml"))]);
    assert_eq!(judged.found, ["CG008 other.yaml:1:11 `compose.yaml` includes itself, by way of others"]);
}

#[test]
fn chains_that_are_long() {
    let chain = |count: usize| {
        let mut text = "services:\n".to_owned();
        (0..count).for_each(|at| writeln!(text, "  s{at}: {{extends: s{}, image: x}}", at + 1).expect("text"));
        text + &format!("  s{count}: {{image: x}}\n")
    };
    read(chain(100));
    refused(chain(2_000), "CG007 compose.yaml:102:19 more than 100 services extend one another in a row");
    let names: Vec<String> = (0..2_000).map(|at| format!("c{at}.yaml")).collect();
    let text = |at: usize| format!("include: [c{}.yaml]\n{SERVICES}", at + 1);
    let files: Vec<(&str, String)> = names.iter().enumerate().map(|(at, name)| (name.as_str(), text(at))).collect();
    assert_eq!(judge(&files).found, ["CG007 c99.yaml:1:11 more than 100 files include one another in a row"]);
}

#[test]
fn files_that_include_the_next_one_twice() {
    let names: Vec<String> = (0..60).map(|at| format!("c{at}.yaml")).collect();
    let text = |at: usize| match at {
        59 => SERVICES.to_owned(),
        at => format!("include: [c{next}.yaml, c{next}.yaml]\n", next = at + 1),
    };
    let files: Vec<(&str, String)> = names.iter().enumerate().map(|(at, name)| (name.as_str(), text(at))).collect();
    let found = judge(&files).found;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("CG007 c") && found[0].ends_with("bring in more than 10000000 nodes"), "{found:?}");
}

#[test]
fn address_pools_of_two_documents() {
    let pools = |count: usize, third: usize| {
        let list: String = (0..count).map(|at| format!("{{subnet: 10.{third}.{at}.0/24}}, ")).collect();
        format!("networks: {{wide: {{ipam: {{config: [{list}]}}}}}}\n")
    };
    let kept = read(SERVICES.to_owned() + &pools(60, 0) + "---\n" + &pools(60, 1));
    let config = ["networks", "wide", "ipam", "config"].iter().try_fold(&kept.model, |value, key| value.get(key));
    // So many of this very file has Docker Compose 2.40.3, most of them twice and more.
    assert_eq!(config.and_then(|list| list.as_seq()).map(<[_]>::len), Some(430));
    refused(
        SERVICES.to_owned() + &pools(250, 0) + "---\n" + &pools(250, 1),
        "CG007 compose.yaml:4:26 the project's address pools take more than 10000000 comparisons to lay on earlier ones",
    );
    // What a merge took counts for those after it, whichever file they lay on.
    let half = pools(130, 0) + "---\n" + &pools(130, 1);
    read(SERVICES.to_owned() + &half);
    let files = [
        ("compose.yaml", format!("include: [a.yaml, b.yaml, c.yaml]\n{SERVICES}")),
        ("a.yaml", half.clone()),
        ("b.yaml", half.replace("wide", "broad")),
        ("c.yaml", half.replace("wide", "large")),
    ];
    let place =
        "CG007 c.yaml:3:27 the project's address pools take more than 10000000 comparisons to lay on earlier ones";
    assert_eq!(judge(&files).found.join("\n"), place);
    // A thousand networks of two pools each are read.
    let many = |third: usize| {
        let pool = |at: usize| format!("{{subnet: 10.{third}.{}.0/24}}", at % 256);
        let line = |at: usize| format!("  n{at}: {{ipam: {{config: [{}, {}]}}}}\n", pool(at), pool(at + 1));
        "networks:\n".to_owned() + &(0..1_000).map(line).collect::<String>()
    };
    read(SERVICES.to_owned() + &many(0) + "---\n" + &many(1));
}

#[test]
fn documents_without_end() {
    let text: String = (0..20_000).map(|at| format!("---\nservices: {{s{at}: {{image: x}}}}\n")).collect();
    let found = judge(&[("compose.yaml", text)]).found;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("bring in more than 10000000 nodes"), "{found:?}");
}
