//! A whole service as it is written: the runtime, the variables, every device request and node
//! together.
//!
//! The engine answers the requests one after the other, each of them sets NVIDIA_VISIBLE_DEVICES, and
//! at the start of the container NVIDIA's runtime or the hook acts on what stands there in the end.

use std::borrow::Borrow;

use super::{
    Step, Verdict, cdi, driver, engine, fails,
    reservation::{self, Name, Way},
    runtime,
    sent::{self, DeviceRequest, Sent, Visible},
    unknown,
};
use crate::{
    gpu::GpuRequest,
    host::{HostFacts, Version},
    lower::devices::qualify,
    yaml::Value,
};

/// What comes of a service on a host, as it is written. `requests` are the service's own, as
/// [`crate::gpu::collect`] gives them; `service` is its value in the merged model.
///
/// [`Verdict::Works`] says that the container has a GPU, or a node of one; whether a program in it
/// can use it is the image's affair too.
pub fn service<R: Borrow<GpuRequest>>(service: &Value, requests: &[R], host: &HostFacts) -> Verdict {
    let requests: Vec<&GpuRequest> = requests.iter().map(Borrow::borrow).collect();
    sent::sent(service, &requests, host)
        .and_then(|sent| started(&sent, host))
        .map_or_else(|verdict| verdict, Verdict::Works)
}

/// Whether the engine's own driver for NVIDIA GPUs meets a request of the service by a CDI spec. That
/// brings all of the driver, whatever the request's capabilities say (moby
/// daemon/devices_nvidia_linux.go, from 29.2 on).
pub fn is_met_by_cdi(service: &Value, requests: &[GpuRequest], host: &HostFacts) -> bool {
    let requests: Vec<&GpuRequest> = requests.iter().collect();
    let is_met = |request: &DeviceRequest| {
        let name = match request.driver.as_str() {
            "" | "nvidia" => Name::Nvidia,
            "nvidia.cdi" => Name::Cdi,
            _ => return false,
        };
        matches!(reservation::way(host, name, &request.ids), Ok(Way::Cdi(_)))
    };
    sent::sent(service, &requests, host).is_ok_and(|sent| sent.requests.iter().any(is_met))
}

/// The container as far as the engine has made it.
struct Container {
    visible: Visible,
    is_hooked: bool,
    /// Why it has a GPU already.
    given: Option<String>,
    /// Why something is not known; what fails counts for more.
    open: Option<String>,
    /// Why a request came to nothing.
    dropped: Option<String>,
}

fn started(sent: &Sent, host: &HostFacts) -> Step<String> {
    let mut container =
        Container { visible: sent.visible.clone(), is_hooked: false, given: None, open: None, dropped: None };
    let is_nvidia = match runtime::is_nvidia(host, sent.runtime.as_deref()) {
        Err(Verdict::Unknown(reason)) => {
            container.open = Some(reason);
            false
        }
        other => other?,
    };
    for request in &sent.requests {
        let answer = container.answer(request, host);
        container.note(answer)?;
    }
    for node in &sent.nodes {
        let there = container.node(node, host);
        container.note(there)?;
    }
    let acted = container.act(is_nvidia, host);
    container.note(acted)?;
    match (container.open, container.given) {
        (Some(reason), _) => unknown(reason),
        (None, Some(reason)) => Ok(reason),
        (None, None) => Err(container.dropped.map_or_else(|| sent.nothing(), Verdict::Silent)),
    }
}

impl Container {
    /// Goes on after what is not known or does nothing; what fails ends it.
    fn note(&mut self, step: Step) -> Step {
        match step {
            Err(Verdict::Unknown(reason)) => {
                self.open.get_or_insert(reason);
                Ok(())
            }
            Err(Verdict::Silent(reason)) => {
                self.dropped.get_or_insert(reason);
                Ok(())
            }
            other => other,
        }
    }

    fn answer(&mut self, request: &DeviceRequest, host: &HostFacts) -> Step {
        let (docker, version) = engine(host)?;
        if request.driver == "cdi" {
            if request.is_counted {
                return fails("the engine takes no count with `driver: cdi`");
            }
            return self.inject(&request.ids, host);
        }
        if docker.is_podman() {
            return Err(Verdict::Silent("Podman drops device requests that are not CDI's".to_owned()));
        }
        let is_named = !request.driver.is_empty();
        // From 29.0 on a driver that is named is not asked for its capabilities (moby 48038347d7).
        if !(is_named && version >= Version::new(29, 0, 0)) {
            capabilities(request)?;
        }
        let name = match request.driver.as_str() {
            "nvidia" => Name::Nvidia,
            "nvidia.cdi" => Name::Cdi,
            "nvidia.runtime-hook" => Name::RuntimeHook,
            "" if docker.is_desktop() || reservation::has(host, Name::Nvidia)? => Name::Nvidia,
            "" | "amd" => return self.amd(request, host),
            other => return fails(format!("the engine has no driver `{other}`")),
        };
        match reservation::way(host, name, &request.ids)? {
            _ if request.ids.is_empty() => {}
            Way::Cdi(reason) | Way::Done(reason) => {
                let names: Vec<String> = request.ids.iter().map(|id| qualify(id)).collect();
                self.edited(&names, host);
                self.given.get_or_insert(reason);
            }
            Way::Hook => {
                self.is_hooked = true;
                self.visible = Visible::Ids(request.ids.clone());
            }
        }
        Ok(())
    }

    fn inject(&mut self, names: &[String], host: &HostFacts) -> Step {
        let reason = cdi::injected(host, names)?;
        self.edited(names, host);
        self.given.get_or_insert(reason);
        Ok(())
    }

    /// The variable as the specs of these devices set it, which NVIDIA's set to `void`.
    fn edited(&mut self, names: &[String], host: &HostFacts) {
        let dirs = host.docker.known().map(crate::host::Docker::cdi_dirs).unwrap_or_default();
        let Some(lookup) = host.cdi.known().map(|cdi| cdi.lookup(&dirs)) else { return };
        let devices = names.iter().filter_map(|name| lookup.devices.get(name));
        let set = devices.flat_map(|device| device.env()).filter_map(|env| env.strip_prefix("NVIDIA_VISIBLE_DEVICES="));
        if let Some(value) = set.last() {
            self.visible = match value {
                "" | "void" | "none" => Visible::Nothing,
                list => Visible::Ids(list.split(',').map(str::to_owned).collect()),
            };
        }
    }

    /// AMD's driver answers where there is none of NVIDIA's: by CDI from 29.3 on, before that by a
    /// runtime of AMD's on the engine's PATH (moby daemon/devices_amd_linux.go, 561a5a9b36).
    fn amd(&mut self, request: &DeviceRequest, host: &HostFacts) -> Step {
        let (docker, version) = engine(host)?;
        if docker.runtimes.contains_key("amd") {
            return unknown("whether the engine found AMD's container runtime on its PATH cannot be seen");
        }
        if version < Version::new(29, 3, 0) || cdi::docker_reads_cdi(docker, version).is_err() {
            return fails("the engine has no driver for GPUs: neither NVIDIA's nor AMD's binaries are there");
        }
        let dirs = docker.cdi_dirs();
        let lookup = host.cdi.known().map(|cdi| cdi.lookup(&dirs));
        let has_nvidia =
            lookup.as_ref().is_some_and(|lookup| lookup.devices.keys().any(|name| name.starts_with("nvidia.com/")));
        if has_nvidia && request.driver.is_empty() {
            return fails("without NVIDIA's binaries AMD's driver is asked, and a spec of NVIDIA's GPUs stops it");
        }
        let has_amd = lookup.is_none_or(|lookup| lookup.devices.keys().any(|name| name.starts_with("amd.com/")));
        let names: Vec<String> = request.ids.iter().map(|id| format!("amd.com/gpu={id}")).collect();
        match self.inject(&names, host) {
            Err(Verdict::Fails(_)) if !has_amd => fails(
                "the engine has no driver `nvidia`, and no CDI spec names a vendor that it knows (`failed to discover \
                 GPU vendor from CDI: no known GPU vendor found`)",
            ),
            other => other,
        }
    }

    /// A node of the host; without it the container does not start.
    fn node(&mut self, path: &str, host: &HostFacts) -> Step {
        let is_gpu = ["/dev/nvidia", "/dev/dri", "/dev/kfd", "/dev/dxg"].iter().any(|start| path.starts_with(start));
        if !is_gpu {
            return Ok(());
        }
        let Some(system) = host.system.known() else { return unknown("device nodes cannot be seen") };
        let folder = format!("{}/", path.trim_end_matches('/'));
        if !system.device_nodes.iter().any(|node| node.path == path || node.path.starts_with(&folder)) {
            return fails(format!("the host has no `{path}`"));
        }
        let number = path.strip_prefix("/dev/nvidia");
        if number.is_none_or(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
            let reason = format!("`{path}` is there; the driver's libraries do not come with it");
            self.given.get_or_insert(reason);
        }
        Ok(())
    }

    /// The runtime or the hook, at the container's start.
    fn act(&mut self, is_nvidia: bool, host: &HostFacts) -> Step {
        let reason = match &self.visible {
            Visible::Open if is_nvidia => return unknown("a file of variables may set NVIDIA_VISIBLE_DEVICES"),
            Visible::Ids(ids) if is_nvidia => {
                driver(host)?;
                runtime::injected(host, ids)?
            }
            Visible::Ids(ids) if self.is_hooked => reservation::by_hook(host, ids)?,
            _ if is_nvidia => return runtime::idle(host),
            _ => return Ok(()),
        };
        self.given.get_or_insert(reason);
        Ok(())
    }
}

/// The capabilities that the engine's drivers answer to (moby daemon/devices_nvidia_linux.go,
/// `allNvidiaCaps`).
fn capabilities(request: &DeviceRequest) -> Step {
    const KNOWN: [&str; 8] = ["gpu", "nvidia", "compute", "compat32", "graphics", "utility", "video", "display"];
    match request.capabilities.iter().find(|word| !KNOWN.contains(&word.as_str())) {
        Some(word) => fails(format!("no driver of the engine has the capability `{word}`")),
        None => Ok(()),
    }
}
