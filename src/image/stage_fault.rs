//! Names in a Dockerfile that stand for nothing: of a stage to copy from, of an argument in FROM.
//!
//! Apart from `build_fault`, which asks the disk: here the Dockerfile alone says it.

use std::collections::BTreeSet;

use super::{
    built::{BuildFault, CopyLine},
    chain::needed,
    dockerfile::Dockerfile,
    expand::{Variables, expand},
    from::From,
    instruction::{Kind, Stage},
    locate::word_span,
    reference,
    stage::{Built, Step, StepKind},
};
use crate::{
    compose::suggest,
    diag::Edit,
    source::{SourceMap, Span},
};

/// How many edits a slip of the hand takes: a changed order of two letters is one.
const SLIP: usize = 2;

/// Images of one word that Docker Hub has and that others take files from; no such word is a slip.
/// Source: docker-library/official-images `library/`, as of 2025-09, in part.
const OFFICIAL: &[&str] = &[
    "alpine",
    "bash",
    "busybox",
    "caddy",
    "cassandra",
    "clojure",
    "composer",
    "consul",
    "couchdb",
    "dart",
    "debian",
    "docker",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "golang",
    "gradle",
    "groovy",
    "haproxy",
    "haskell",
    "httpd",
    "influxdb",
    "julia",
    "kibana",
    "kong",
    "logstash",
    "mariadb",
    "maven",
    "memcached",
    "mongo",
    "mysql",
    "nats",
    "neo4j",
    "nginx",
    "node",
    "openjdk",
    "perl",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "registry",
    "ruby",
    "rust",
    "scratch",
    "solr",
    "swift",
    "telegraf",
    "tomcat",
    "traefik",
    "ubuntu",
    "vault",
    "wordpress",
    "zookeeper",
];

/// Names that COPY and RUN take files from, where no stage has the name and an earlier one nearly has it.
/// `contexts` are the lower-case names of `additional_contexts`.
pub(super) fn stages(
    dockerfile: &Dockerfile,
    stages: &[Built],
    target: usize,
    contexts: &[String],
    texts: &SourceMap,
) -> Vec<BuildFault> {
    let mut out = Vec::new();
    for index in needed(stages, target) {
        for step in &stages[index].steps {
            let unknown = taken_from(step).into_iter().filter(|name| !contexts.contains(&name.to_ascii_lowercase()));
            let unknown = unknown.filter_map(|name| {
                let meant = meant(dockerfile, index, &name)?;
                let place = word_span(step.span, &name, texts);
                Some(BuildFault::NoStage { name, meant, place })
            });
            out.extend(unknown);
        }
    }
    out
}

/// What is no stage among the names that a step takes files from.
fn taken_from(step: &Step) -> Vec<String> {
    let copied = match step.taken.as_ref().map(|taken| &taken.from) {
        Some(From::Named(name)) => Some(name.clone()),
        _ => None,
    };
    let StepKind::Run { run, .. } = &step.kind else { return copied.into_iter().collect() };
    let mounts = run.flags.iter().filter(|flag| flag.name == "mount").filter_map(|flag| flag.value.as_deref());
    mounts.flat_map(|mount| mount.split(',')).filter_map(|part| part.strip_prefix("from=")).map(str::to_owned).collect()
}

/// The earlier stage that is meant.
fn meant(dockerfile: &Dockerfile, index: usize, name: &str) -> Option<String> {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let lower = name.to_ascii_lowercase();
    // BuildKit finds later stages by their names as well.
    let is_stage = dockerfile.stages.iter().any(|stage| stage.name.as_deref() == Some(&lower));
    if !is_word || is_stage || OFFICIAL.contains(&lower.as_str()) {
        return None;
    }
    let earlier = dockerfile.stages[..index].iter().filter_map(|stage| stage.name.as_deref());
    suggest::slip_of(name, earlier, SLIP).map(str::to_owned)
}

/// Variables that the builder itself sets before the first FROM.
/// Source: Dockerfile reference, "Automatic platform ARGs in the global scope".
const PLATFORM: &[&str] = &[
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];

/// Variables of FROM lines that no ARG before the first FROM declares: they are empty there, whatever
/// `build.args` says.
/// Source: moby/buildkit `frontend/dockerfile/dockerfile2llb/convert.go`: the name behind FROM is expanded with
/// the global arguments alone; its build check is UndefinedArgInFrom.
pub(super) fn arguments(dockerfile: &Dockerfile, texts: &SourceMap) -> Vec<BuildFault> {
    let declared: BTreeSet<&str> = dockerfile.arguments.iter().map(|(name, _)| name.as_str()).collect();
    let mut out = Vec::new();
    for (index, stage) in dockerfile.stages.iter().enumerate() {
        let unknown = bare(&stage.base.text).into_iter().filter(|name| !declared.contains(name));
        for name in unknown.filter(|name| !PLATFORM.contains(name)) {
            let inside = dockerfile.stages[..index].iter().rev().find_map(|stage| declaration(stage, name));
            out.push(BuildFault::UndeclaredArgument {
                name: name.to_owned(),
                place: word_span(stage.base.span, name, texts),
                inside: inside.map(|(span, _)| span),
                is_fatal: empty(&stage.base.text).is_some_and(|text| reference::fault(&text).is_some()),
                line: inside.and_then(|(_, default)| line(dockerfile, name, default?, texts)),
            });
        }
    }
    out
}

/// Names behind `$` that stand without a default.
fn bare(text: &str) -> Vec<&str> {
    let names = text.match_indices('$').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let (rest, is_braced) = rest.strip_prefix('{').map_or((rest, false), |rest| (rest, true));
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let is_escaped = text[..at].ends_with('\\');
        let is_whole = end > 0 && !is_escaped && (!is_braced || rest[end..].starts_with('}'));
        is_whole.then_some(&rest[..end])
    });
    names.collect()
}

/// The text with each of its bare variables empty; `None` where it has others.
fn empty(text: &str) -> Option<String> {
    let nothing: Variables = bare(text).into_iter().map(|name| (name.to_owned(), Some(String::new()))).collect();
    expand(text, &nothing)
}

/// The ARG of a stage that declares a name, and its default as written.
fn declaration<'a>(stage: &'a Stage, name: &str) -> Option<(Span, Option<&'a str>)> {
    stage.instructions.iter().find_map(|instruction| {
        let Kind::Arg(pairs) = &instruction.kind else { return None };
        let (_, default) = pairs.iter().find(|(own, _)| own == name)?;
        Some((instruction.span, default.as_deref()))
    })
}

/// The declaration before the first FROM.
fn line(dockerfile: &Dockerfile, name: &str, default: &str, texts: &SourceMap) -> Option<CopyLine> {
    let first = dockerfile.stages.first()?.span;
    let file = texts.file(first.file);
    let start = first.start as usize;
    let is_alone = start == 0 || file.text()[..start].ends_with('\n');
    if default.contains('$') || !file.is_exact() || !is_alone {
        return None;
    }
    let end = if file.text().contains("\r\n") { "\r\n" } else { "\n" };
    let text = format!("ARG {name}={default}");
    let edit = Edit { span: Span::new(first.file, start, start), text: format!("{text}{end}") };
    Some(CopyLine { text, edit })
}
