//! Driver capabilities that the host's engine passes over.

use super::{Check, FixAvailability, Rule, ServiceCx, Sink, devices::is_nvidia};
use crate::{
    diag::{Code, Severity},
    gpu::{GpuRequest, RequestForm},
    host::HostFacts,
    lower::judge,
    yaml::Value,
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CG406"),
    name: "capabilities-ignored-by-cdi",
    summary: "the host's engine passes over the driver capabilities of a request",
    severity: Severity::Info,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CG406-capabilities-ignored-by-cdi.md"),
    check: Check::Placement(check),
};

fn check(cx: &ServiceCx<'_>, host: &HostFacts, sink: &mut Sink<'_>) {
    let chooses = |request: &&GpuRequest| {
        matches!(request.form, RequestForm::DeployReservation | RequestForm::Gpus)
            && is_nvidia(request)
            && request.capabilities.iter().any(|word| !["gpu", "nvidia"].contains(&word.as_str()))
    };
    let Some(request) = cx.requests.iter().find(chooses) else { return };
    if !judge::is_met_by_cdi(cx.service, cx.requests, host) {
        return;
    }
    let place = request.field("capabilities").and_then(Value::place).unwrap_or_else(|| request.span());
    let message = format!("service `{}` gets all of the driver, whatever its `capabilities` say", cx.name);
    let finding = sink.report(message, place);
    finding.help = Some(
        "nothing to mend: the engine takes the CDI spec; a driver capability that must be kept away wants \
         `driver: nvidia.runtime-hook`"
            .into(),
    );
}
