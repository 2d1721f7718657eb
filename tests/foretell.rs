//! What the facts of a host foretell for a service as it is written, against what real engines did.
//!
//! The facts were recorded by `composegpu probe` inside each lab host (tests/lab/record-hosts; those of
//! engine 29 are composed, tests/lab/compose-hosts), the truth by starting containers there
//! (fixtures/lab-truth.json). Nothing here knows a host by name.
#![expect(clippy::print_stdout, reason = "the counts are for whoever runs the tests")]

#[path = "foretell/linted.rs"]
mod linted;
#[path = "foretell/truth.rs"]
mod truth;

use std::collections::BTreeMap;

use composegpu::{
    diag::{Diagnostic, Severity},
    host::{Compose, HostFacts},
    lower::judge::{self, Verdict},
    rules::{self, Check},
};
use linted::linted;
use truth::{Written, facts, truth};

/// Cells that agree, disagree and cannot be told.
#[derive(Default)]
struct Count {
    agree: usize,
    wrong: Vec<String>,
    open: Vec<String>,
}

impl Count {
    fn compare(&mut self, cell: &str, seen: &str, verdict: &Verdict) {
        let foretold = match verdict {
            Verdict::Works(_) => "gpu",
            Verdict::Silent(_) => "no-gpu",
            Verdict::Fails(_) => "fails",
            Verdict::Unknown(reason) => return self.open.push(format!("{cell}: {reason}")),
        };
        match foretold == seen {
            true => self.agree += 1,
            false => self.wrong.push(format!("{cell}: seen {seen}, foretold {foretold} ({})", verdict.reason())),
        }
    }

    fn scenario(&mut self, name: &str, host: &HostFacts, cells: &BTreeMap<String, String>, written: &Written) {
        for (form, seen) in cells {
            let (service, requests) = &written[form];
            self.compare(&format!("{name} {form}"), seen, &judge::service(service, requests, host));
        }
    }

    fn check(self, agreeing: usize, unknown: &[&str]) {
        let Self { agree, wrong, open } = self;
        println!("{agree} cells agree, {} disagree, {} are unknown", wrong.len(), open.len());
        println!("{}", open.join("\n"));
        assert!(wrong.is_empty(), "the facts foretell what did not happen:\n{}", wrong.join("\n"));
        let cells: Vec<&str> = open.iter().filter_map(|line| line.split_once(": ")).map(|(cell, _)| cell).collect();
        assert_eq!((agree, &cells[..]), (agreeing, unknown));
    }
}

#[test]
fn facts_foretell_what_engines_do_with_every_form() {
    let truth = truth();
    let written = truth.written();
    let mut count = Count::default();
    for (scenario, cells) in truth.scenarios.iter().filter(|(_, cells)| !cells.is_empty()) {
        count.scenario(scenario, &facts(scenario), cells, &written);
    }
    // Without the hook mode `auto` works only by a toolkit of 1.18 on, and neither lab has the program that
    // tells the toolkit's version.
    let unknown = [
        "e29-default-nohook env-only",
        "e29-default-nohook runtime-env-0",
        "e29-default-nohook runtime-env-all",
        "e29-runtime-only runtime-env-0",
        "e29-runtime-only runtime-env-all",
    ];
    count.check(2721, &unknown);
}

#[test]
fn facts_foretell_what_comes_of_an_older_compose() {
    let truth = truth();
    let written = truth.written();
    let mut count = Count::default();
    for (scenario, cells) in &truth.older_compose.scenarios {
        let mut host = facts(scenario);
        let version = truth.older_compose.version.clone();
        host.compose = host.compose.map(|compose| compose.map(|compose| Compose { version, ..compose }));
        count.scenario(scenario, &host, cells, &written);
    }
    count.check(280, &[]);
}

/// `lint --host` is silent where the container got its GPU, and speaks where it did not: by a rule that
/// sees the host, or by one that sees the file's own mistake.
#[test]
fn rules_speak_where_engines_fail_and_nowhere_else() {
    let truth = truth();
    let (mut silent, mut told, mut wrong) = (0, 0, Vec::new());
    for (scenario, cells) in &truth.scenarios {
        let host = (!cells.is_empty()).then(|| facts(scenario));
        for (form, seen) in cells {
            let (asks, findings) = linted(&truth.forms[form], host.as_ref().expect("cells have a host"));
            let placed = findings.iter().find(|finding| {
                rules::by_code(finding.code).is_some_and(|rule| matches!(rule.check, Check::Placement(_)))
            });
            let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
            match (seen.as_str(), placed) {
                ("gpu", None) => silent += 1,
                ("gpu", Some(finding)) => wrong.push(format!("{scenario} {form} has its GPU: {}", finding.message)),
                _ if !asks => {}
                ("no-gpu", None) => {}
                (_, Some(_)) => told += 1,
                (_, None) if findings.iter().any(is_error) => told += 1,
                (seen, None) => wrong.push(format!("{scenario} {form} is {seen}, and nothing is said")),
            }
        }
    }
    println!("{silent} cells with a GPU are passed over, {told} without one are told of");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((silent, told), (690, 1718));
}
