//! A host's facts for people: one line a thing, what could not be seen among them.

use std::fmt::Write as _;

use crate::{
    host::{
        Binary, Cdi, Docker, HostFacts, NvidiaDevice, SeLinux, SpecDir, SpecOutcome, SpecText, System, Toolkit, Trial,
        TrialOutcome,
    },
    observed::Observed,
};

/// The facts as a table of two columns, wrapped at so many; as long as they are, where nobody says how many.
pub fn host_table(facts: &HostFacts, width: Option<usize>) -> String {
    let mut table =
        Table { text: String::new(), room: width.unwrap_or(usize::MAX).saturating_sub(LABEL + 1).max(LEAST) };
    table.section("docker", &facts.docker, docker);
    table.section("compose", &facts.compose, |compose| match compose {
        Some(compose) => vec![format!("{} ({})", compose.version, compose.path)],
        None => vec!["none".to_owned()],
    });
    table.section("driver", &facts.system, driver);
    table.rows("GPUs", gpus(facts));
    table.section("CDI", &facts.cdi, cdi);
    table.section("toolkit", &facts.toolkit, toolkit);
    table.section("platform", &facts.system, platform);
    table.rows("trials", trials(facts));
    table.rows("seen", vec![format!("{} by composegpu {}", facts.recorded.at, facts.recorded.composegpu)]);
    table.text
}

/// Columns of the labels.
const LABEL: usize = 9;

/// The fewest columns that text is wrapped at, whatever the terminal.
const LEAST: usize = 30;

struct Table {
    text: String,
    /// Columns beside the labels.
    room: usize,
}

impl Table {
    fn section<T>(&mut self, label: &str, observed: &Observed<T>, lines: impl FnOnce(&T) -> Vec<String>) {
        let lines = match observed {
            Observed::Known(value) => lines(value),
            Observed::Unknown { reason, .. } => vec![format!("unknown: {reason}")],
        };
        self.rows(label, lines);
    }

    fn rows(&mut self, label: &str, lines: Vec<String>) {
        for (at, line) in lines.iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            // What a daemon or a file says may hold anything, a terminal's orders too.
            let line: String = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
            for (part_at, part) in wrapped(&line, self.room).iter().enumerate() {
                let label = if part_at == 0 { label } else { "" };
                writeln!(self.text, "{label:<LABEL$} {part}").expect("writing to a string does not fail");
            }
        }
    }
}

/// Whose requests were tried, and what came of each; once where that is the same for all.
fn trials(facts: &HostFacts) -> Vec<String> {
    let mut each = facts.trials.iter().map(|trial| &trial.outcome);
    let first = each.next();
    if let Some(Observed::Unknown { reason, .. }) = first.filter(|first| each.all(|other| other == *first)) {
        return vec![format!("unknown: {reason}")];
    }
    let compose = facts.compose.known().and_then(Option::as_ref);
    let asker =
        compose.map_or_else(|| "Compose 2.30 and newer ask".to_owned(), |own| format!("Compose {} asks", own.version));
    let heading = first.map(|_| format!("as {asker}:"));
    heading.into_iter().chain(facts.trials.iter().map(trial)).collect()
}

fn trial(trial: &Trial) -> String {
    let outcome = match &trial.outcome {
        Observed::Known(TrialOutcome::Met) => "met".to_owned(),
        Observed::Known(TrialOutcome::Silent) => "starts without a GPU".to_owned(),
        Observed::Known(TrialOutcome::Refused(text)) => format!("refused: {}", text.replace('\n', " ")),
        Observed::Unknown { reason, .. } => format!("unknown: {reason}"),
    };
    format!("{} {}: {outcome}", trial.form, trial.devices.join(", "))
}

/// The line in parts of at most so many columns, cut at blanks; what follows the first stands further in.
fn wrapped(line: &str, room: usize) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    let mut parts = vec![line[..indent].to_owned()];
    let mut is_empty = true;
    for word in line[indent..].split(' ') {
        let current = parts.last_mut().expect("there is a first part");
        let needed = current.chars().count() + usize::from(!is_empty) + word.chars().count();
        if !is_empty && needed > room {
            parts.push(format!("{}{word}", " ".repeat(indent + 2)));
        } else {
            current.push_str(if is_empty { "" } else { " " });
            current.push_str(word);
        }
        is_empty = false;
    }
    parts
}

fn docker(docker: &Docker) -> Vec<String> {
    let product = docker.product.as_deref().unwrap_or("Engine");
    let place = if docker.is_remote { ", not on this machine" } else { "" };
    let runtimes = docker.runtimes.keys().map(|name| match &docker.default_runtime {
        Some(default) if default == name => format!("{name} (default)"),
        _ => name.clone(),
    });
    let devices = match &docker.discovered_devices {
        None => "not told by this API version".to_owned(),
        Some(devices) => list(devices.iter().map(|device| device.id.clone())),
    };
    let dirs = match &docker.cdi_spec_dirs {
        None => "unknown to this engine".to_owned(),
        Some(dirs) if dirs.is_empty() => "off".to_owned(),
        Some(dirs) => format!("on, from {}", dirs.join(", ")),
    };
    let mut lines = vec![
        format!("{product} {} (API {}) at {}{place}", docker.server_version, docker.api_version, docker.endpoint),
        format!("runtimes: {}", list(runtimes)),
        format!("CDI: {dirs}"),
        format!("devices: {devices}"),
    ];
    lines.extend(docker.warnings.iter().map(|warning| format!("warns: {warning}")));
    lines
}

fn driver(system: &System) -> Vec<String> {
    match &system.kernel_driver {
        Observed::Known(Some(driver)) => {
            vec![format!("NVIDIA {}", driver.version.as_deref().unwrap_or("of unknown version"))]
        }
        Observed::Known(None) => vec!["no NVIDIA kernel module".to_owned()],
        Observed::Unknown { reason, .. } => vec![format!("unknown: {reason}")],
    }
}

fn gpus(facts: &HostFacts) -> Vec<String> {
    let Some((evidence, devices)) = facts.nvidia_devices() else {
        let reason = facts.nvml.reason().map(|reason| format!(" (NVML: {reason})"));
        return vec![format!("none to be seen{}", reason.unwrap_or_default())];
    };
    let mut lines: Vec<String> = devices.iter().flat_map(gpu).collect();
    if lines.is_empty() {
        lines.push("none".to_owned());
    }
    lines.push(format!("(by {})", evidence.as_str()));
    match &facts.nvml {
        Observed::Known(Some(nvml)) => {
            let cuda = nvml.cuda_version.as_deref().unwrap_or("?");
            lines.push(format!("NVML: driver {}, CUDA {cuda}", nvml.driver_version));
        }
        Observed::Known(None) => {}
        Observed::Unknown { reason, .. } => lines.push(format!("NVML: {reason}")),
    }
    lines
}

fn gpu(device: &NvidiaDevice) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let name = device.name.as_deref().unwrap_or("GPU of unknown kind");
    let memory = device.memory_mib.map(|mib| format!(", {mib} MiB")).unwrap_or_default();
    let mut lines = vec![
        format!("{}: {name}{memory}", device.index),
        format!("   {} at {}", text(&device.uuid), text(&device.pci_bus_id)),
    ];
    lines.extend(device.mig_devices.iter().map(|mig| {
        let memory = mig.memory_mib.map(|mib| format!(", {mib} MiB")).unwrap_or_default();
        format!("   {}:{} {}{memory}", device.index, mig.index, text(&mig.uuid))
    }));
    lines
}

fn cdi(cdi: &Cdi) -> Vec<String> {
    let mut lines: Vec<String> = cdi.dirs.iter().flat_map(spec_dir).collect();
    if lines.is_empty() {
        lines.push(format!("no spec files in {}", list(cdi.dirs.iter().map(|dir| dir.path.clone()))));
    }
    lines
}

fn spec_dir(dir: &SpecDir) -> Vec<String> {
    let mut lines: Vec<String> = dir.unreadable.iter().map(|reason| format!("{}: {reason}", dir.path)).collect();
    for file in &dir.files {
        match &file.outcome {
            SpecOutcome::Read(spec) => lines.extend(spec_file(&file.path, spec)),
            SpecOutcome::Rejected { reason } => lines.push(format!("{}: refused, {reason}", file.path)),
            SpecOutcome::Unreadable { reason } => lines.push(format!("{}: unreadable, {reason}", file.path)),
        }
    }
    lines.extend(dir.ignored.iter().map(|name| format!("{}/{name}: not read, no .json or .yaml", dir.path)));
    lines
}

fn spec_file(path: &str, spec: &SpecText) -> Vec<String> {
    let names = list(spec.devices.iter().map(|device| device.name.clone()));
    let mut lines = vec![format!("{path}: {} {names}", spec.kind)];
    lines.extend(spec.problems.iter().map(|problem| format!("  {problem}")));
    for device in &spec.devices {
        lines.extend(device.problems.iter().map(|problem| format!("  {}: {problem}", device.name)));
    }
    lines
}

fn toolkit(toolkit: &Toolkit) -> Vec<String> {
    let config = match &toolkit.config {
        Observed::Known(Some(config)) => {
            format!("mode {} in {}", config.mode.as_deref().unwrap_or("not set"), config.path)
        }
        Observed::Known(None) => "no config.toml".to_owned(),
        Observed::Unknown { source, reason } => format!("{source}: {reason}"),
    };
    let found = toolkit.binaries.values().flatten().map(|binary| binary.path.clone());
    let broken = toolkit.named_binaries.values().filter(|binary: &&Binary| !binary.is_executable);
    let mut lines = vec![config, format!("on PATH: {}", list(found))];
    lines.extend(broken.map(|binary| format!("named, cannot be run: {}", binary.path)));
    lines.extend(toolkit.version.known().into_iter().flatten().map(|version| format!("version {version}")));
    lines.extend(toolkit.oci_hooks.iter().flatten().map(|path| format!("left over, gets in the way of CDI: {path}")));
    if !toolkit.ldconfig.exists {
        lines.push(format!("ldconfig is set to {}, which does not exist", toolkit.ldconfig.setting));
    }
    lines
}

/// The vendor's number on the PCI bus.
const NVIDIA: &str = "10de";

fn platform(system: &System) -> Vec<String> {
    let name = system.distribution.as_ref().and_then(|distribution| distribution.name.clone());
    let kernel = system.kernel_release.as_deref().unwrap_or("of unknown release");
    let mut lines =
        vec![format!("{}, kernel {kernel}, {}", name.as_deref().unwrap_or("an unknown system"), system.architecture)];
    let traits = [
        (system.is_wsl, "WSL"),
        (system.is_tegra, "Tegra"),
        (system.selinux == Observed::Known(SeLinux::Enforcing), "SELinux enforcing"),
    ];
    lines.extend(traits.iter().filter(|(is_so, _)| *is_so).map(|(_, name)| (*name).to_owned()));
    lines.extend(
        system.container.iter().filter(|kind| *kind != "none").map(|kind| format!("inside a container: {kind}")),
    );
    lines.extend(
        system.is_secure_boot.filter(|is_on| *is_on).map(|_| "secure boot: signed kernel modules alone".to_owned()),
    );
    let idle =
        system.pci_gpus.iter().flatten().filter(|gpu| gpu.vendor == NVIDIA && gpu.driver.as_deref() != Some("nvidia"));
    lines.extend(idle.map(|gpu| match &gpu.driver {
        Some(driver) => format!("NVIDIA {} at {} belongs to {driver}", gpu.device, gpu.bus_id),
        None => format!("NVIDIA {} at {} has no driver", gpu.device, gpu.bus_id),
    }));
    if let Observed::Known(Some(machine)) = &system.virtual_machine {
        lines.push(format!("virtual machine: {machine}"));
    }
    let nodes = list(system.device_nodes.iter().map(|node| format!("{} {}:{}", node.path, node.major, node.minor)));
    lines.push(format!("device nodes: {nodes}"));
    lines
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}
