//! What several host rules ask of a host with NVIDIA GPUs.

use crate::host::{Cdi, CdiLookup, Docker, HostFacts, RuntimeConfig, SpecFile, SpecOutcome, Toolkit, Version};

/// The OCI hook of the toolkit, which fulfils `driver: nvidia` and `gpus`.
pub(super) const HOOK: &str = "nvidia-container-runtime-hook";

/// The program that CDI specs call, whose presence gives engines from 29.2 on the driver `nvidia`.
pub(super) const CDI_HOOK: &str = "nvidia-cdi-hook";

/// The runtime's program.
pub(super) const RUNTIME: &str = "nvidia-container-runtime";

/// Where engines and toolkit look for specs by default.
pub(super) const USUAL_DIRS: [&str; 2] = ["/etc/cdi", "/var/run/cdi"];

/// `/info` of Docker's API, as evidence names it.
pub(super) const INFO: &str = "docker /info";

/// The engine that made CDI its first try for `driver: nvidia` (moby 86f122af27).
pub(super) const CDI_FIRST: Version = Version::new(29, 2, 0);

/// The first engine with CDI (moby 7ec9561a77).
pub(super) const FIRST_CDI: Version = Version::new(25, 0, 0);

/// config.toml, where the toolkit has one.
pub(super) fn config(toolkit: &Toolkit) -> Option<&RuntimeConfig> {
    toolkit.config.known().and_then(Option::as_ref)
}

/// `nvidia-container-runtime.mode`, `auto` where nothing is set.
pub(super) fn mode(toolkit: &Toolkit) -> &str {
    config(toolkit).and_then(|config| config.mode.as_deref()).unwrap_or("auto")
}

/// A local Docker engine with its version; no Podman, and no Docker Desktop, which keeps what is asked
/// about in a machine of its own.
pub(super) fn local_engine(host: &HostFacts) -> Option<(&Docker, Version)> {
    let docker = host.docker.known()?;
    let is_here = !docker.is_remote && !docker.is_podman() && !docker.is_desktop();
    is_here.then(|| docker.version().map(|version| (docker, version)))?
}

/// What the engine resolves; with CDI off, what it would resolve in the usual folders.
pub(super) fn engine_lookup<'a>(cdi: &'a Cdi, docker: &Docker) -> CdiLookup<'a> {
    let dirs = docker.cdi_dirs();
    if dirs.is_empty() { cdi.lookup(&USUAL_DIRS) } else { cdi.lookup(&dirs) }
}

/// What the toolkit resolves.
pub(super) fn toolkit_lookup<'a>(cdi: &'a Cdi, toolkit: &Toolkit) -> CdiLookup<'a> {
    match config(toolkit).and_then(|config| config.cdi_spec_dirs.as_ref()) {
        Some(dirs) => cdi.lookup(dirs),
        None => cdi.lookup(&USUAL_DIRS),
    }
}

/// Spec files of NVIDIA GPUs, with those that no reader takes.
pub(super) fn nvidia_files(cdi: &Cdi) -> impl Iterator<Item = &SpecFile> {
    let files = cdi.dirs.iter().flat_map(|dir| &dir.files);
    files.filter(|file| match &file.outcome {
        SpecOutcome::Read(spec) => spec.kind.starts_with("nvidia.com/"),
        SpecOutcome::Rejected { .. } | SpecOutcome::Unreadable { .. } => file.path.contains("nvidia"),
    })
}

/// Values as one text, in brackets.
pub(super) fn list<T: AsRef<str>>(values: &[T]) -> String {
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    format!("[{}]", values.join(", "))
}

/// NVIDIA's GPUs on the PCI bus, with or without a driver; `None` where the bus was not seen.
pub(super) fn on_bus(system: &crate::host::System) -> Option<Vec<&crate::host::PciGpu>> {
    let gpus = system.pci_gpus.as_ref()?;
    Some(gpus.iter().filter(|gpu| gpu.vendor == "10de").collect())
}
