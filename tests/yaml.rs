//! Reading, typing and editing YAML: text in, text out.

use composegpu::{
    source::{FileId, SourceMap},
    yaml::{self, Data, NodeId, NodeKind, Tree, Value, edit, emit},
};

fn parse(text: &str) -> (SourceMap, FileId, Tree, Vec<String>) {
    let mut sources = SourceMap::default();
    let file = sources.add("compose.yaml", text.to_owned(), true);
    let (tree, problems) = yaml::parse(file, &sources);
    let problems = problems.into_iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect();
    (sources, file, tree, problems)
}

/// The first document's value, or the problems of reading it.
fn resolve(text: &str) -> Result<Value, Vec<String>> {
    let (_, _, tree, problems) = parse(text);
    if !problems.is_empty() {
        return Err(problems);
    }
    let resolved = yaml::resolve(&tree, tree.documents[0]);
    if resolved.problems.is_empty() {
        return Ok(resolved.value);
    }
    Err(resolved.problems.into_iter().map(|problem| format!("{} {}", problem.code, problem.message)).collect())
}

fn json(text: &str) -> String {
    resolve(text).map(|value| yaml::to_json(&value).to_string()).unwrap_or_else(|problems| problems.join("; "))
}

/// The node below a path of keys and indices.
fn node(tree: &Tree, path: &[&str]) -> NodeId {
    path.iter().fold(tree.documents[0], |at, step| match &tree.node(at).kind {
        NodeKind::Mapping { entries, .. } => {
            let is_step = |key: NodeId| matches!(&tree.node(key).kind, NodeKind::Scalar { text, .. } if text == step);
            entries.iter().find(|entry| is_step(entry.0)).unwrap_or_else(|| panic!("no key {step}")).1
        }
        NodeKind::Sequence { items, .. } => items[step.parse::<usize>().expect("an index")],
        _ => panic!("nothing below {step}"),
    })
}

#[test]
fn scalars_have_the_types_that_compose_gives_them() {
    let text = "[0777, 0o17, 0x1F, 0b11, 1_000, 08, 1e3, 22:22, yes, on, True, ~, '1', .5, 1.10, 2024-01-01, 2024-13-01, -0x1F, 18446744073709551615, 1e400, _1, 0o8]";
    let expected = r#"[511,15,31,3,1000,8,1000,"22:22","yes","on",true,null,"1",0.5,1.1,"2024-01-01","2024-13-01",-31,18446744073709551615,"1e400","_1","0o8"]"#;
    assert_eq!(json(text), expected);
}

#[test]
fn merge_keys_keep_local_entries_and_earlier_maps() {
    let text = "a: &a {x: 1, y: 2}\nb: &b {x: 3, z: 4}\nc:\n  y: 9\n  <<: [*a, *b]\n";
    assert_eq!(json(text), r#"{"a":{"x":1,"y":2},"b":{"x":3,"z":4},"c":{"y":9,"x":1,"z":4}}"#);
}

#[test]
fn what_compose_refuses_is_refused() {
    for (text, expected) in [
        ("a: 1\na: 2\n", "CG002 the key `a` is written twice in this mapping"),
        ("a: *missing\n", "CG001 the alias `*missing` has no anchor before it"),
        ("a: &a\n  b: *a\n", "CG001 the alias stands inside what it stands for: a cycle"),
        ("1: x\n", "CG001 the key `1` is no text"),
        ("a:\n  <<: 3\n", "CG001 `<<` takes a mapping or a list of mappings"),
        ("%YAML 1.2\n---\na: 1\n", "CG001 `%YAML 1.2` is refused: Compose's library reads version 1.1 alone"),
        ("a: \u{1}\n", "CG001 the control character 0x01 is not allowed in YAML"),
        ("a: !!int x\n", "CG001 `x` is no `!!int`"),
    ] {
        assert_eq!(json(text), expected, "{text:?}");
    }
}

#[test]
fn an_alias_bomb_ends_at_the_limit() {
    let mut text = "a: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let prior = format!("*a{}", level - 1);
        text.push_str(&format!("b{level}: &a{level} [{}]\n", vec![prior; 9].join(",")));
    }
    assert_eq!(json(&text), "CG007 the aliases stand for more than 100000 nodes");
    assert!(json(&"[".repeat(100_000)).starts_with("CG007 collections nest deeper than 250 levels"));
    let mut deep = "a0: &a0 x\n".to_owned();
    for level in 1..400 {
        deep.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert!(json(&deep).starts_with("CG007 "), "{}", json(&deep));
}

#[test]
fn every_node_knows_its_bytes() {
    let text = "services:  # all\n  llm:\n    command: [\"a\", b]\n    list:\n    - one   # c\n    - two: 2\n      x: 'y'\n\n# end\n    text: |\n      l1\n      l2\n\n    empty:\n    tagged: !reset null\n";
    let (sources, file, tree, problems) = parse(text);
    assert_eq!(problems, Vec::<String>::new());
    let slice = |path: &[&str]| &sources.file(file).text()[tree.node(node(&tree, path)).span.range()];
    assert_eq!(slice(&["services", "llm", "command"]), "[\"a\", b]");
    assert_eq!(slice(&["services", "llm", "command", "0"]), "\"a\"");
    assert_eq!(slice(&["services", "llm", "list"]), "- one   # c\n    - two: 2\n      x: 'y'");
    assert_eq!(slice(&["services", "llm", "list", "1"]), "two: 2\n      x: 'y'");
    assert_eq!(slice(&["services", "llm", "text"]), "|\n      l1\n      l2");
    assert_eq!(slice(&["services", "llm", "empty"]), "");
    assert_eq!(tree.node(node(&tree, &["services", "llm", "tagged"])).tag.as_ref().expect("a tag").text, "!reset");
    assert_eq!(tree.comments.len(), 3);
}

#[test]
fn reset_and_override_are_taken_out_and_remembered() {
    let (_, _, tree, _) = parse("a:\n  b: !reset null\n  c: !override [1]\n  d: [!reset x, y]\n");
    let resolved = yaml::resolve(&tree, tree.documents[0]);
    assert_eq!(yaml::to_json(&resolved.value).to_string(), r#"{"a":{"c":[1],"d":["y"]}}"#);
    let cleared: Vec<(String, bool)> =
        resolved.cleared.iter().map(|cleared| (cleared.path.join("."), cleared.is_replaced)).collect();
    assert_eq!(cleared, [("a.b".to_owned(), false), ("a.c".to_owned(), true), ("a.d.0".to_owned(), false)]);
}

/// Texts that some reader of YAML takes for something else.
const ODD: &[&str] = &[
    "yes",
    "1_000",
    "0_7",
    "2024-01-01",
    "1:20",
    "",
    " x",
    "x ",
    "a: b",
    "a #b",
    "#a",
    "-",
    "- a",
    "null",
    "~",
    "0x1f",
    "1e3",
    "line\nbreak\n",
    "a\nb",
    "x\n\n",
    "tab\there",
    "\"q\"",
    "it's",
    "\u{85}",
    "\u{7f}",
    "é",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "{a}",
    "[a]",
    "a,b",
    "key:",
    ":x",
    "?",
    "=",
    "<<",
    "\\",
    "$$X",
    "on",
    "NaN",
];

#[test]
fn what_is_written_reads_back_the_same() {
    for text in ODD.iter().copied() {
        let mut map = yaml::Map::new();
        map.insert("k".to_owned(), Value::from(text));
        map.insert(
            if text.is_empty() { "e".to_owned() } else { text.to_owned() },
            Value::from(Data::Seq(vec![Value::from(text)])),
        );
        let value = Value::from(Data::Map(map));
        let written = emit::to_yaml(&value);
        let back = resolve(&written).unwrap_or_else(|problems| panic!("{written:?}: {problems:?}"));
        assert_eq!(back.get("k").and_then(Value::as_str), Some(text), "{written:?}");
        assert_eq!(back, value, "{written:?}");
    }
}

/// Applies a wish at a path and gives the new text.
fn edited(
    text: &str,
    path: &[&str],
    wish: impl Fn(edit::File<'_>, NodeId) -> Option<Vec<composegpu::diag::Edit>>,
) -> String {
    let (sources, file, tree, _) = parse(text);
    let text = sources.file(file).text();
    match wish(edit::File { tree: &tree, text }, node(&tree, path)) {
        Some(edits) => edit::apply(text, &edits),
        None => "refused".to_owned(),
    }
}

const STACK: &str = "services:\n  # the model\n  llm:\n    image: x  # pinned\n    # GPU\n    deploy:\n      resources:\n        reservations:\n          devices:\n            - driver: nvidia\n              count: 1\n              # needed\n              capabilities: [gpu]\n    # ports\n    ports: [\"80:80\", \"81:81\"]\n";

#[test]
fn removing_takes_the_emptied_parents_and_leaves_the_comments() {
    let path = ["services", "llm", "deploy", "resources", "reservations", "devices", "0"];
    let (_, _, tree, _) = parse(STACK);
    let service = node(&tree, &["services", "llm"]);
    let expected = "services:\n  # the model\n  llm:\n    image: x  # pinned\n    # GPU\n    # needed\n    # ports\n    ports: [\"80:80\", \"81:81\"]\n";
    assert_eq!(edited(STACK, &path, |file, id| edit::remove(file, id, service)), expected);
    let keep = node(&tree, &["services", "llm", "deploy", "resources"]);
    assert!(edited(STACK, &path, |file, id| edit::remove(file, id, keep)).contains("resources:"));
}

#[test]
fn removing_from_lists_and_flow_collections() {
    let remove =
        |text: &str, path: &[&str]| edited(text, path, |file, id| edit::remove(file, id, file.tree.documents[0]));
    assert_eq!(remove("a: [1, 2, 3]\n", &["a", "1"]), "a: [1, 3]\n");
    assert_eq!(remove("a: [1, 2, 3]\n", &["a", "2"]), "a: [1, 2]\n");
    assert_eq!(remove("a: {x: 1, y: 2}\n", &["a", "x"]), "a: {y: 2}\n");
    assert_eq!(remove("a:\n- x: 1\n  y: 2\n- z\n", &["a", "0", "x"]), "a:\n- y: 2\n- z\n");
    assert_eq!(remove("a:\n- x: 1 # one\n  # two\n  y: 2\n", &["a", "0", "x"]), "a:\n- # one\n  # two\n  y: 2\n");
    assert_eq!(remove("a:\n- x: # one\n    b: 1 # two\n  y: 2\n", &["a", "0", "x"]), "a:\n- # one\n  # two\n  y: 2\n");
    assert_eq!(remove("a: [1, # one\n  2]\n", &["a", "0"]), "refused");
    assert_eq!(remove("a:\r\n  - 1\r\n  - 2\r\nb: 3\r\n", &["a", "0"]), "a:\r\n  - 2\r\nb: 3\r\n");
    assert_eq!(remove("a:\n  - 1\nb: 3\n", &["a", "0"]), "b: 3\n");
    assert_eq!(remove("a: &x\n  - 1\n  - 2\nb: *x\n", &["a", "0"]), "refused");
}

#[test]
fn inserting_fits_the_file() {
    let insert = |text: &str, path: &[&str], value: &str| {
        edited(text, path, |file, id| edit::insert_entry(file, id, None, "devices", value))
    };
    assert_eq!(
        insert("s:\n    a: 1\n", &["s"], "- nvidia.com/gpu=0"),
        "s:\n    a: 1\n    devices:\n      - nvidia.com/gpu=0\n"
    );
    assert_eq!(insert("s:\n  a:\n  - 1\n", &["s"], "- x\n- y"), "s:\n  a:\n  - 1\n  devices:\n  - x\n  - y\n");
    assert_eq!(insert("s: {a: 1}\n", &["s"], "- x"), "s: {a: 1, devices: [x]}\n");
    assert_eq!(insert("s:\n  a: 1 # c", &["s"], "x"), "s:\n  a: 1 # c\n  devices: x");
    let append = |text: &str, path: &[&str]| edited(text, path, |file, id| edit::append_item(file, id, "A=1"));
    assert_eq!(append("e:\n  - B=2\n  # last\nx: 1\n", &["e"]), "e:\n  - B=2\n  - A=1\n  # last\nx: 1\n");
    assert_eq!(append("e: [B=2]\n", &["e"]), "e: [B=2, A=1]\n");
    assert_eq!(append("e: []\n", &["e"]), "e: [A=1]\n");
}

#[test]
fn tags_and_keys_and_values_change_alone() {
    let tag = |text: &str, path: &[&str]| edited(text, path, |file, id| edit::set_tag(file, id, "!override"));
    assert_eq!(tag("gpus:\n  - count: 1\n", &["gpus"]), "gpus: !override\n  - count: 1\n");
    assert_eq!(tag("gpus: [1]\n", &["gpus"]), "gpus: !override [1]\n");
    assert_eq!(tag("gpus: !reset [1]\n", &["gpus"]), "gpus: !override [1]\n");
    assert_eq!(edited("a:\n  b: 1 # x\n", &["a", "b"], |file, id| edit::rename_key(file, id, "c")), "a:\n  c: 1 # x\n");
    assert_eq!(edited("a: 'x' # c\n", &["a"], |file, id| edit::replace(file, id, "\"y\"")), "a: \"y\" # c\n");
    assert_eq!(edited("a:\n", &["a"], |file, id| edit::replace(file, id, "y")), "a: y\n");
}
