//! Trials without an engine: what recorded ones make of a decision, and what an engine that does not answer is worth.
#![cfg(feature = "probe")]
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]

#[allow(dead_code, reason = "each test uses its part of it")]
#[path = "probe/fake_docker.rs"]
mod fake_docker;

use std::{collections::BTreeMap, fs, path::Path, process::Command, time::Duration};

use composegpu::{
    host::{HostFacts, Trial, TrialOutcome, Version},
    lower::Form,
    observed::Observed,
    probe::{Settings, trial},
    report::host_table,
};
use fake_docker::{Answering, FakeDocker, Manner};
use tempfile::TempDir;

const PROJECT: &str = "services:\n  llm:\n    image: llm\n    gpus: all\n";

fn recorded(name: &str) -> HostFacts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(name);
    HostFacts::from_json(&fs::read_to_string(path).expect("the recording is there")).expect("it is one")
}

fn outcome(form: Form, name: &str, refusal: Option<&str>) -> Trial {
    let outcome = refusal.map_or(TrialOutcome::Met, |text| TrialOutcome::Refused(text.to_owned()));
    Trial { form: form.as_str().to_owned(), devices: vec![name.to_owned()], outcome: Observed::Known(outcome) }
}

/// Exit code, the project and the reasons of `render --explain` for these facts.
fn render(facts: &HostFacts, more: &[&str]) -> (Option<i32>, String, String) {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("compose.yaml"), PROJECT).expect("it can be written");
    fs::write(folder.path().join("host.json"), facts.to_json()).expect("it can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_composegpu"));
    command.args(["render", "--explain", "--host", "host.json"]).args(more).current_dir(folder.path());
    let output = command.output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_a_trial_refused_is_not_chosen() {
    let mut facts = recorded("lab-full-auto.json");
    let (_, project, _) = render(&facts, &[]);
    assert!(project.contains("nvidia.com/gpu=all"), "{project}");
    let names = "nvidia.com/gpu=all";
    facts.trials = vec![
        outcome(Form::Cdi, names, Some("failed to fulfil mount request\nand more")),
        outcome(Form::CdiReservation, names, Some("the same")),
        outcome(Form::Runtime, "all", None),
    ];
    let (exit, project, reasons) = render(&facts, &[]);
    assert_eq!(exit, Some(0), "{reasons}");
    assert!(project.contains("runtime: nvidia") && !project.contains(names), "{project}");
    assert!(reasons.contains("cdi: a trial was refused: failed to fulfil mount request\n"), "{reasons}");
    assert!(reasons.contains("a trial was met"), "{reasons}");
}

#[test]
fn where_every_trial_was_refused_there_is_the_cpu() {
    let mut facts = recorded("lab-cdi-ok.json");
    let forms = [Form::Cdi, Form::CdiReservation];
    facts.trials = forms.map(|form| outcome(form, "nvidia.com/gpu=all", Some("no"))).to_vec();
    let (exit, project, reasons) = render(&facts, &[]);
    assert_eq!((exit, project.as_str()), (Some(3), ""), "{reasons}");
    let (exit, project, _) = render(&facts, &["--fallback", "cpu"]);
    assert_eq!(exit, Some(0));
    assert!(project.contains("NVIDIA_VISIBLE_DEVICES: void"), "{project}");
}

#[test]
fn a_container_that_started_is_no_proof_where_the_gpu_is_left_out_in_silence() {
    let mut facts = recorded("podman5.json");
    facts.trials = vec![outcome(Form::Reservation, "all", None)];
    let (exit, _, reasons) = render(&facts, &["--form", "reservation"]);
    assert_eq!(exit, Some(3), "{reasons}");
}

#[test]
fn a_trial_needs_this_machine() {
    let (exit, project, said) = render(&recorded("lab-cdi-ok.json"), &["--trial"]);
    assert_eq!((exit, project.as_str()), (Some(2), ""), "{said}");
    assert!(said.contains("`--trial` starts containers here"), "{said}");
}

#[test]
fn an_engine_that_does_not_answer_leaves_the_outcome_unknown() {
    for manner in [Manner::Hangs, Manner::Closes, Manner::Answers("500 Oh", "{\"message\": \"no\"}".to_owned())] {
        let docker = FakeDocker::start(manner);
        let settings = Settings {
            timeout: Duration::from_millis(200),
            environment: BTreeMap::from([("DOCKER_HOST".to_owned(), docker.address())]),
            root: "/".into(),
            nvml_command: None,
        };
        let attempts = [(Form::Cdi, vec!["nvidia.com/gpu=all".to_owned()]), (Form::Runtime, vec!["all".to_owned()])];
        let trials = trial(&settings, &attempts, None).expect("nobody interrupts");
        let forms: Vec<&str> = trials.iter().map(|trial| trial.form.as_str()).collect();
        assert_eq!(forms, ["cdi", "runtime"]);
        assert!(trials.iter().all(|trial| trial.outcome.known().is_none()), "{trials:?}");
    }
}

/// What an engine that imports, makes and removes says of these forms; a container that asks for nothing starts as
/// far as its program, the others as `start` says of what they ask for.
fn tried(start: fn(body: &str) -> &'static str, forms: &[Form]) -> Vec<Observed<TrialOutcome>> {
    tried_as(None, start, forms)
}

/// The same, as a Compose of this version asks.
fn tried_as(
    compose: Option<Version>,
    start: fn(body: &str) -> &'static str,
    forms: &[Form],
) -> Vec<Observed<TrialOutcome>> {
    let last = std::sync::Mutex::new(String::new());
    let docker = FakeDocker::start(Manner::Script(Answering::new(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let (status, body) = match line {
            _ if line.contains("/containers/create") => {
                *last.lock().expect("one at a time") = request.to_owned();
                ("201 Created", r#"{"Id": "c1", "Warnings": []}"#.to_owned())
            }
            _ if line.contains("/start") => {
                let said = start(&last.lock().expect("one at a time"));
                ("400 Bad Request", serde_json::json!({"message": said}).to_string())
            }
            _ if line.contains("/images/create") => ("200 OK", r#"{"status": "sha256:0"}"#.to_owned()),
            _ if line.contains("/_ping") => ("200 OK", "OK".to_owned()),
            _ if line.starts_with("DELETE") => ("204 No Content", String::new()),
            _ => ("200 OK", "[]".to_owned()),
        };
        (status, body)
    })));
    let settings = Settings {
        timeout: Duration::from_secs(5),
        environment: BTreeMap::from([("DOCKER_HOST".to_owned(), docker.address())]),
        root: "/".into(),
        nvml_command: None,
    };
    let attempts: Vec<_> = forms.iter().map(|form| (*form, vec!["0".to_owned()])).collect();
    trial(&settings, &attempts, compose).expect("nobody interrupts").into_iter().map(|trial| trial.outcome).collect()
}

const NO_PROGRAM: &str = r#"exec: "/composegpu-trial": stat /composegpu-trial: no such file or directory"#;

#[test]
fn a_runtime_that_brings_nothing_to_see_is_not_proven() {
    let forms = [Form::Runtime, Form::Reservation, Form::Cdi];
    let start = |body: &str| if body.contains("\"cdi\"") { "CDI device injection failed" } else { NO_PROGRAM };
    // Docker meets a device request that it takes, though a spec may bring nothing that shows.
    let refused = TrialOutcome::Refused("CDI device injection failed".to_owned());
    assert_eq!(tried(start, &forms), [TrialOutcome::Silent, TrialOutcome::Met, refused].map(Observed::Known));

    let mut facts = recorded("lab-full-auto-nospec.json");
    facts.trials =
        vec![Trial { outcome: Observed::Known(TrialOutcome::Silent), ..outcome(Form::Runtime, "all", None) }];
    let (exit, project, reasons) = render(&facts, &[]);
    assert!(exit == Some(0) && !project.contains("runtime: nvidia"), "{reasons}");
    let doubt = "not runtime: not proven: in a trial nothing of a GPU was seen in the container";
    assert!(reasons.contains(doubt), "{reasons}");
}

#[test]
fn a_compose_before_2_30_is_stood_for_by_what_it_sends() {
    // The engine meets a device request, and knows no path that is a CDI name (recorded with 2.26.1).
    let start =
        |body: &str| if body.contains(r#""PathOnHost":"0""#) { "no such file or directory" } else { NO_PROGRAM };
    let forms = [Form::Cdi, Form::CdiReservation, Form::Reservation, Form::Gpus];
    let outcomes = tried_as(Some(Version::new(2, 26, 1)), start, &forms);
    let refused = TrialOutcome::Refused("no such file or directory".to_owned());
    let known: Vec<_> = outcomes.iter().map(|outcome| outcome.known().cloned()).collect();
    assert_eq!(known, [Some(refused), Some(TrialOutcome::Met), Some(TrialOutcome::Met), None]);
    let reason = "Compose 2.26.1 leaves `gpus` out or refuses it, so there is nothing to try";
    assert_eq!(outcomes[3].reason(), Some(reason));
    assert!(tried(start, &forms).iter().all(|outcome| *outcome == Observed::Known(TrialOutcome::Met)));
}

#[test]
fn an_engine_that_starts_nothing_says_nothing_of_gpus() {
    let outcomes = tried(|_| "no space left on device", &[Form::Runtime]);
    let reason = Some("a container that asks for nothing does not start: no space left on device");
    assert_eq!(outcomes[0].reason(), reason);
}

#[test]
fn a_table_says_whose_requests_were_tried() {
    let shown = |facts: &HostFacts| {
        let table = host_table(facts, None);
        let from = table.find("trials").expect("there are some");
        table[from..].lines().take_while(|line| !line.starts_with("seen")).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut facts = recorded("lab-full-auto.json");
    let unknown = Trial { outcome: Observed::unknown("docker", "no answer in 30 s"), ..outcome(Form::Gpus, "0", None) };
    facts.trials = vec![outcome(Form::Cdi, "nvidia.com/gpu=0", Some("no")), unknown.clone()];
    let lines = [
        "trials    as Compose 2.40.3-3 asks:",
        "          cdi nvidia.com/gpu=0: refused: no",
        "          gpus 0: unknown: no answer in 30 s",
    ];
    assert_eq!(shown(&facts), lines);
    facts.compose = Observed::Known(None);
    assert_eq!(shown(&facts)[0], "trials    as Compose 2.30 and newer ask:");
    facts.trials = vec![unknown.clone(), Trial { form: "cdi".to_owned(), ..unknown }];
    assert_eq!(shown(&facts), ["trials    unknown: no answer in 30 s"]);
}
