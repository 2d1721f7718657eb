//! The form that `decide` chooses, on every host on which real engines were tried.
//!
//! Where any form gave a GPU, the chosen one must be one that did; where none did, there is no form.
#![expect(clippy::print_stdout, reason = "the counts are for whoever runs the tests")]

#[path = "foretell/truth.rs"]
mod truth;

use std::collections::BTreeMap;

use composegpu::{
    gpu::{GpuRequest, RequestForm, Vendor},
    host::{Compose, HostFacts},
    lower::{Decision, Form, Unlowerable, Wanted, decide},
};
use truth::{Written, facts, truth};

/// The recorded form that a decision is, its devices taken for the one or all that they are.
fn recorded(decision: &Decision) -> &'static str {
    let is_all = decision.devices.len() > 1 || decision.devices.iter().any(|name| name.ends_with("all"));
    let is_uuid = decision.devices.iter().any(|name| name.contains("GPU-"));
    let is_amd = decision.devices.iter().any(|name| name.starts_with("amd.com/"));
    match decision.form {
        // A name of AMD's was not tried under `devices`; the engine makes the same name of these two.
        Form::Cdi if is_amd => ["gpus-count-1", "gpus-all"][usize::from(is_all)],
        // Both GPUs by their UUIDs, where the spec has no `all`, is twice what was tried once.
        Form::Cdi if is_uuid => "devices-cdi-uuid",
        Form::Cdi => ["devices-cdi-0", "devices-cdi-all"][usize::from(is_all)],
        Form::CdiReservation => ["deploy-cdi", "deploy-cdi-all"][usize::from(is_all)],
        Form::Runtime => ["runtime-env-0", "runtime-env-all"][usize::from(is_all)],
        Form::Reservation if is_uuid => "deploy-ids-uuid",
        Form::Reservation => ["deploy-count-1", "deploy-count-all"][usize::from(is_all)],
        Form::Gpus => ["gpus-count-1", "gpus-all"][usize::from(is_all)],
        Form::Swarm | Form::Cpu => "none of them",
    }
}

/// Whether a form asks for a GPU of the vendor that a request names. A node alone brings no driver and
/// is no form to choose.
fn counts(form: &[GpuRequest], asked: &[GpuRequest]) -> bool {
    let is_open = |requests: &[GpuRequest]| requests.iter().all(|request| request.vendor == Vendor::Unnamed);
    let is_node = form.iter().all(|request| request.form == RequestForm::DeviceNode);
    !is_node && (is_open(asked) || !is_open(form))
}

#[derive(Default)]
struct Count {
    chosen: usize,
    without: usize,
    /// Names of AMD's GPUs where no recorded form gives one: engines before 29.3 give them to no form but
    /// `devices: [amd.com/gpu=0]`, which was tried by hand on 28.5.2.
    by_amd_name: usize,
    wrong: Vec<String>,
}

impl Count {
    fn scenario(&mut self, name: &str, host: &HostFacts, cells: &BTreeMap<String, String>, written: &Written) {
        for (form, (_, requests)) in written {
            let wanted = Wanted { form: None, is_cpu_allowed: false };
            let decided = match decide(requests, host, wanted) {
                Err(Unlowerable::NothingAsked | Unlowerable::OtherVendor(_)) => continue,
                decided => decided,
            };
            let gives = |other: &String| {
                cells.get(other).map(String::as_str) == Some("gpu") && counts(&written[other].1, requests)
            };
            let is_possible = cells.keys().any(gives);
            match decided {
                Ok(decision) if gives(&recorded(&decision).to_owned()) => self.chosen += 1,
                Ok(decision) if !is_possible && decision.devices.iter().all(|name| name.starts_with("amd.com/")) => {
                    self.by_amd_name += 1;
                }
                Err(Unlowerable::NoWorkingForm(_)) if !is_possible => self.without += 1,
                other => self.wrong.push(format!("{name} {form}: {other:?}")),
            }
        }
    }

    fn check(self, expected: (usize, usize, usize)) {
        let Self { chosen, without, by_amd_name, .. } = self;
        println!("{chosen} decisions give a GPU, {without} requests have no form, {by_amd_name} get AMD's by name");
        assert!(self.wrong.is_empty(), "not a form that gave a GPU:\n{}", self.wrong.join("\n"));
        assert_eq!((chosen, without, by_amd_name), expected);
    }
}

#[test]
fn a_form_that_gave_a_gpu_is_chosen_wherever_one_did() {
    let truth = truth();
    let written = truth.written();
    let mut count = Count::default();
    for (scenario, cells) in truth.scenarios.iter().filter(|(_, cells)| !cells.is_empty()) {
        count.scenario(scenario, &facts(scenario), cells, &written);
    }
    count.check((1538, 902, 4));
}

#[test]
fn an_older_compose_gets_a_form_that_it_sends() {
    let truth = truth();
    let written = truth.written();
    let mut count = Count::default();
    for (scenario, cells) in &truth.older_compose.scenarios {
        let mut host = facts(scenario);
        let version = truth.older_compose.version.clone();
        host.compose = host.compose.map(|compose| compose.map(|compose| Compose { version, ..compose }));
        count.scenario(scenario, &host, cells, &written);
    }
    count.check((208, 52, 0));
}
