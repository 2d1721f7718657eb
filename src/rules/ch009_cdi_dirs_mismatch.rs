//! Specs in a folder into which the engine does not look.

use super::{
    Check, FixAvailability, HostSink, Rule,
    nvidia::{INFO, list, local_engine},
    remedy::restart,
};
use crate::{
    diag::{Code, Severity},
    host::{HostFacts, SpecOutcome},
};

pub(super) static RULE: Rule = Rule {
    code: Code::new("CH009"),
    name: "cdi-dirs-mismatch",
    summary: "a CDI spec lies where the engine does not look",
    severity: Severity::Error,
    fix: FixAvailability::None,
    since: "0.1.0",
    page: include_str!("../../rules/CH009-cdi-dirs-mismatch.md"),
    check: Check::Host(check),
};

fn check(host: &HostFacts, sink: &mut HostSink<'_>) {
    if sink.known(&host.docker).is_none() {
        return;
    }
    let Some((docker, _)) = local_engine(host) else { return };
    let dirs = docker.cdi_dirs();
    let Some(cdi) = sink.known(&host.cdi).filter(|_| !dirs.is_empty()) else { return };
    let lookup = cdi.lookup(&dirs);
    let read: Vec<&str> =
        dirs.iter().filter_map(|dir| cdi.dir(dir)).map(|dir| dir.real_path.as_deref().unwrap_or(&dir.path)).collect();
    for dir in &cdi.dirs {
        if read.contains(&dir.real_path.as_deref().unwrap_or(&dir.path)) {
            continue;
        }
        for file in &dir.files {
            let SpecOutcome::Read(spec) = &file.outcome else { continue };
            let name = |device: &String| format!("{}={device}", spec.kind);
            let missing: Vec<String> = spec.devices.iter().map(|device| name(&device.name)).collect();
            let Some(first) = missing.iter().find(|name| !lookup.devices.contains_key(*name)) else { continue };
            let finding = sink.report(
                format!("{} defines `{first}`, and the engine does not look into {}", file.path, dir.path),
                (INFO, "CDISpecDirs", &list(&dirs)),
            );
            finding.help = Some(format!(
                "`sudo cp {} {}/`, without a restart; or add {} to `cdi-spec-dirs` in daemon.json and run `{}`; \
                 the CDI form becomes available",
                file.path,
                dirs[0],
                dir.path,
                restart(host)
            ));
        }
    }
}
