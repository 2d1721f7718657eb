//! What the facts of a host foretell, against what real engines did.
//!
//! The facts were recorded by `composegpu probe` inside each lab host (tests/lab/record-hosts), the
//! truth by starting containers there (fixtures/lab-truth.json). Nothing here knows a host by name.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]
#![expect(clippy::print_stdout, reason = "the counts are for whoever runs the tests")]

use std::{collections::BTreeMap, fs, path::Path};

use composegpu::{
    host::HostFacts,
    lower::judge::{self, Verdict},
};

const UUID: &str = "GPU-5a1e0000-1ab0-4b00-8000-000000000000";

type Judge = fn(&HostFacts, &[String]) -> Verdict;

/// Each recorded form as the function that judges it and the ids that its YAML writes.
fn forms() -> Vec<(&'static str, Judge, Vec<String>)> {
    let one = |id: &str| vec![id.to_owned()];
    let cdi = |name: &str| vec![format!("nvidia.com/gpu={name}")];
    vec![
        ("deploy-count-1", judge::reservation, one("0")),
        ("deploy-count-all", judge::reservation, one("all")),
        ("deploy-ids-0", judge::reservation, one("0")),
        ("deploy-ids-uuid", judge::reservation, one(UUID)),
        ("deploy-ids-cdi", judge::reservation, cdi("0")),
        ("deploy-nodriver", judge::reservation, one("0")),
        ("gpus-all", judge::gpus, one("all")),
        ("gpus-count-1", judge::gpus, one("0")),
        ("deploy-cdi", judge::cdi_reservation, cdi("0")),
        ("deploy-cdi-all", judge::cdi_reservation, cdi("all")),
        ("gpus-cdi", judge::cdi_reservation, cdi("0")),
        ("devices-cdi-0", judge::cdi, cdi("0")),
        ("devices-cdi-all", judge::cdi, cdi("all")),
        ("devices-cdi-uuid", judge::cdi, cdi(UUID)),
        ("devices-cdi-long", judge::cdi, cdi("0")),
        ("runtime-env-0", judge::runtime, one("0")),
        ("runtime-env-all", judge::runtime, one("all")),
        ("runtime-env-cdi", judge::runtime, cdi("0")),
    ]
}

#[derive(serde::Deserialize)]
struct Truth {
    scenarios: BTreeMap<String, BTreeMap<String, String>>,
}

fn truth() -> Truth {
    let text = fs::read_to_string(fixture("lab-truth.json")).expect("the recording is there");
    serde_json::from_str(&text).expect("the recording has its shape")
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn facts(scenario: &str) -> HostFacts {
    let path = fixture(&format!("hosts/lab-{scenario}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    HostFacts::from_json(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn facts_foretell_what_engines_do() {
    let (mut agree, mut wrong, mut open) = (0, Vec::new(), Vec::new());
    for (scenario, seen) in truth().scenarios {
        let host = facts(&scenario);
        for (form, judge, ids) in forms() {
            let seen = seen[form].as_str();
            let verdict = judge(&host, &ids);
            let foretold = match &verdict {
                Verdict::Works(_) => "gpu",
                Verdict::Silent(_) => "no-gpu",
                Verdict::Fails(_) => "fails",
                Verdict::Unknown(reason) => {
                    open.push(format!("{scenario} {form}: {reason}"));
                    continue;
                }
            };
            if foretold == seen {
                agree += 1;
            } else {
                wrong.push(format!("{scenario} {form}: seen {seen}, foretold {foretold} ({})", verdict.reason()));
            }
        }
    }
    println!("{agree} cells agree, {} disagree, {} are unknown", wrong.len(), open.len());
    println!("{}", open.join("\n"));
    assert!(wrong.is_empty(), "the facts foretell what did not happen:\n{}", wrong.join("\n"));
    assert!(agree > 800, "only {agree} cells were compared");
}
