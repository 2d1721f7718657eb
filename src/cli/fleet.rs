//! Each service of a project on each of several hosts, for the table below the findings.

use super::hosts::NamedHost;
use crate::{
    compose::Project,
    gpu::{DeviceSelector, GpuRequest, RequestForm},
    lower::{self, Form, Placement, judge::Verdict},
    report::{MatrixCell, MatrixOutcome, MatrixRow},
};

/// A row for each service that asks for a GPU; none where there is one host or none, which findings tell of.
pub(super) fn rows(
    project: &Project,
    requests: &[GpuRequest],
    hosts: &[NamedHost],
    files: &[std::path::PathBuf],
) -> Vec<MatrixRow> {
    if hosts.len() < 2 {
        return Vec::new();
    }
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let mut rows = Vec::new();
    for (name, service) in project.services() {
        let own: Vec<GpuRequest> = requests.iter().filter(|request| request.service == name).cloned().collect();
        let asks = |request: &GpuRequest| !matches!(request.selector, DeviceSelector::None | DeviceSelector::Void);
        if !own.iter().any(|request| asks(request) && request.form != RequestForm::GenericResource) {
            continue;
        }
        let cell = |host: &NamedHost| cell(host, &lower::placement(project, service, &own, &host.facts), &own);
        let hosts = hosts.iter().map(cell).collect();
        rows.push(MatrixRow { project: files.clone(), service: name.to_owned(), hosts });
    }
    rows
}

fn cell(host: &NamedHost, placement: &Placement, requests: &[GpuRequest]) -> MatrixCell {
    let reason = placement.as_written.reason().to_owned();
    let new = |outcome| MatrixCell { host: host.name.clone(), outcome, form: None, devices: Vec::new(), reason };
    match (&placement.as_written, &placement.decided) {
        (Verdict::Works(_), _) => MatrixCell { form: Some(written(requests)), ..new(MatrixOutcome::AsWritten) },
        (_, Ok(decision)) if decision.form == Form::Cpu => new(MatrixOutcome::Cpu),
        (Verdict::Unknown(_), Ok(decision)) if !decision.is_proven() => new(MatrixOutcome::Unknown),
        (Verdict::Unknown(_), Err(_)) => new(MatrixOutcome::Unknown),
        (_, Ok(decision)) => {
            let form = Some(decision.form.to_string());
            MatrixCell { form, devices: decision.devices.clone(), ..new(MatrixOutcome::Rendered) }
        }
        (Verdict::Silent(_), Err(_)) => new(MatrixOutcome::NoGpu),
        (Verdict::Fails(_), Err(_)) => new(MatrixOutcome::Fails),
    }
}

/// The form as it is written; several, where the service mixes them.
fn written(requests: &[GpuRequest]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for request in requests {
        let word = match request.form {
            RequestForm::DeployReservation => Form::Reservation.as_str(),
            RequestForm::CdiReservation => Form::CdiReservation.as_str(),
            RequestForm::Gpus => Form::Gpus.as_str(),
            RequestForm::CdiDevice => Form::Cdi.as_str(),
            RequestForm::RuntimeEnv => Form::Runtime.as_str(),
            RequestForm::DeviceNode => "device nodes",
            RequestForm::GenericResource => Form::Swarm.as_str(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join("+")
}
