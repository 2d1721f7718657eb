//! A CDI spec that is written anew: by the toolkit's own service where there is one, else by units of ours.

use super::{Proposal, ProposedFile, quoted};
use crate::{
    diag::Code,
    host::{CdiLookup, Docker, HostFacts, SpecOutcome, Toolkit, Version},
};

/// The first toolkit with `nvidia-cdi-refresh.path` and `.service`.
const REFRESHES: Version = Version::new(1, 18, 0);

/// Where the toolkit's service writes.
const REFRESHED: &str = "/var/run/cdi";

/// Findings that a new spec mends.
const OF_SPECS: [&str; 7] = ["CH008", "CH012", "CH019", "CH026", "CH027", "CH029", "CH030"];

/// Adds what writes the spec, where the engine would read it.
pub(super) fn add(host: &HostFacts, codes: &[Code], out: &mut Proposal) {
    let (Some(docker), Some(toolkit)) = (host.docker.known(), host.toolkit.known()) else { return };
    let is_new_enough = docker.version().is_some_and(|version| version >= Version::new(25, 0, 0));
    if host.has_nvidia_driver() == Some(false) || docker.is_podman() || docker.is_desktop() || !is_new_enough {
        return;
    }
    let is_due = codes.iter().any(|code| OF_SPECS.contains(&code.as_str()));
    let lookup = lookup(host, docker);
    let has_spec = lookup.as_ref().is_some_and(|lookup| !lookup.devices.is_empty());
    let Some(version) = toolkit.version.known() else { return };
    match version.as_deref().and_then(Version::parse) {
        Some(version) if version >= REFRESHES && reads_refreshed(docker) && !is_due => {}
        Some(version) if version >= REFRESHES && reads_refreshed(docker) => {
            put_aside(host, out);
            out.commands.push(ENABLE.to_owned());
        }
        Some(_) if is_due || has_spec => own(toolkit, &target(host, docker, lookup.as_ref()), out),
        None if is_due => {
            out.packages.push("`nvidia-container-toolkit-base`, 1.18 or newer".to_owned());
            put_aside(host, out);
            out.commands.push(ENABLE.to_owned());
        }
        _ => {}
    }
}

/// Starts the toolkit's own units, now and at each boot.
const ENABLE: &str = "sudo systemctl enable --now nvidia-cdi-refresh.path nvidia-cdi-refresh.service";

fn lookup<'a>(host: &'a HostFacts, docker: &Docker) -> Option<CdiLookup<'a>> {
    let dirs = docker.cdi_dirs();
    let cdi = host.cdi.known()?;
    Some(if dirs.is_empty() { cdi.lookup(&["/etc/cdi", REFRESHED]) } else { cdi.lookup(&dirs) })
}

fn reads_refreshed(docker: &Docker) -> bool {
    let dirs = docker.cdi_dirs();
    dirs.is_empty() || dirs.iter().any(|dir| dir == REFRESHED || dir == "/run/cdi")
}

/// Files of NVIDIA in /etc that are broken: names that they alone define would go on failing.
fn put_aside(host: &HostFacts, out: &mut Proposal) {
    let files = host.cdi.known().into_iter().flat_map(|cdi| &cdi.dirs).flat_map(|dir| &dir.files);
    for file in files.filter(|file| file.path.starts_with("/etc/") && file.path.contains("nvidia")) {
        let is_broken = match &file.outcome {
            SpecOutcome::Read(spec) => {
                let own = spec.devices.iter().flat_map(|device| &device.problems);
                spec.problems.iter().chain(own).any(|problem| problem.is_certain())
            }
            SpecOutcome::Rejected { .. } => true,
            SpecOutcome::Unreadable { .. } => false,
        };
        if is_broken {
            // The ending is one that no CDI reader takes.
            out.commands.push(format!("sudo mv {} {}", quoted(&file.path), quoted(&format!("{}.old", file.path))));
        }
    }
}

/// The file that the engine takes now, so that no second one defines the same names.
fn target(host: &HostFacts, docker: &Docker, lookup: Option<&CdiLookup<'_>>) -> String {
    let taken = lookup.and_then(|lookup| {
        let mut devices = lookup.devices.iter().filter(|(name, _)| name.starts_with("nvidia.com/gpu="));
        devices.find_map(|(_, device)| device.file.starts_with("/etc/").then(|| device.file.to_owned()))
    });
    let rejected = host
        .cdi
        .known()
        .into_iter()
        .flat_map(|cdi| &cdi.dirs)
        .flat_map(|dir| &dir.files)
        .find(|file| matches!(file.outcome, SpecOutcome::Rejected { .. }) && file.path.ends_with("/nvidia.yaml"));
    let folder = docker.cdi_dirs().first().cloned().unwrap_or_else(|| "/etc/cdi".to_owned());
    taken.or(rejected.map(|file| file.path.clone())).unwrap_or_else(|| format!("{folder}/nvidia.yaml"))
}

fn own(toolkit: &Toolkit, target: &str, out: &mut Proposal) {
    let program = toolkit.binary("nvidia-ctk").map_or("/usr/bin/nvidia-ctk", |binary| binary.path.as_str());
    let unit = |name: &str, text: String, change: &str| ProposedFile {
        path: format!("/etc/systemd/system/nvidia-cdi-generate.{name}"),
        text,
        mode: 0o644,
        changes: vec![change.to_owned()],
    };
    out.files.push(unit(
        "service",
        service(program, target),
        "writes the CDI spec at each boot, before the engine starts",
    ));
    out.files.push(unit("path", PATH.to_owned(), "starts the service when the kernel's modules change"));
    out.commands.push("sudo systemctl daemon-reload".to_owned());
    out.commands.push("sudo systemctl enable --now nvidia-cdi-generate.path nvidia-cdi-generate.service".to_owned());
}

fn service(program: &str, target: &str) -> String {
    format!(
        "# Proposed by `composegpu doctor --write`. Toolkits from 1.18 on bring nvidia-cdi-refresh.service for this;\n\
         # disable this one when you update.\n\
         [Unit]\n\
         Description=CDI spec of the NVIDIA driver\n\
         Documentation=https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/cdi-support.html\n\
         After=systemd-modules-load.service nvidia-persistenced.service\n\
         Before=docker.service\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         # A spec lists only nodes that are there; CUDA needs those of nvidia_uvm.\n\
         ExecStartPre=-/usr/bin/nvidia-modprobe -u -c=0\n\
         ExecStart={program} cdi generate --output={target}\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target\n"
    )
}

/// What the toolkit's own unit watches (deployments/systemd, v1.18.0): the list that each installation of
/// a kernel module writes anew.
const PATH: &str = "\
# Proposed by `composegpu doctor --write`: an update of the driver writes these lists anew.
[Unit]
Description=Watch for changes of the NVIDIA driver

[Path]
PathChanged=/lib/modules/%v/modules.dep
PathChanged=/lib/modules/%v/modules.dep.bin
Unit=nvidia-cdi-generate.service

[Install]
WantedBy=multi-user.target
";
