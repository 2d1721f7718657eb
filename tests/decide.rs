//! Which form a service's requests get on a recorded host, by which names, and why not another.

#[path = "decide/service.rs"]
mod service;

use composegpu::{
    gpu::DeviceId,
    host::{Compose, Docker, HostFacts, MigDevice, Nvml, NvmlDevice},
    lower::{Form, Unlowerable, Wanted, decide, without_host},
    observed::Observed,
};
use service::{AUTO, auto, host, only, requests, reservation, shown};

const FIRST: &str = "GPU-5a1e0000-1ab0-4b00-8000-000000000000";
const SECOND: &str = "GPU-5a1e0001-1ab0-4b00-8000-000000000001";

#[test]
fn the_form_that_works_is_chosen() {
    let one = reservation("count: 1");
    assert_eq!(auto(&one, &host("cdi-ok")), "cdi: nvidia.com/gpu=0");
    assert_eq!(auto(&one, &host("full-cdi")), "cdi: nvidia.com/gpu=0");
    assert_eq!(only(Form::Runtime, &one, &host("full-cdi")), "runtime: 0");
    assert_eq!(auto(&one, &host("full-auto-nospec")), "runtime: 0");
    assert_eq!(auto(&one, &host("e20-full-legacy")), "runtime: 0");
    assert_eq!(auto(&one, &host("hook-only-legacy")), "reservation: 0");
    assert_eq!(auto(&one, &host("runtime-only-cdi")), "runtime: 0");
    assert_eq!(auto(&one, &host("cdi-shadow")), "cdi: nvidia.com/gpu=0");
    assert_eq!(auto(&one, &host("cdi-customdir")), "cdi: nvidia.com/gpu=0");
}

#[test]
fn a_bare_host_has_a_reason_for_every_form() {
    let driver = "the NVIDIA driver is not loaded: no /proc/driver/nvidia/version and no libnvidia-ml.so.1";
    let expected = format!(
        "not cdi: {driver}\nnot cdi-reservation: {driver}\n\
         not runtime: the engine has no runtime `nvidia` (`unknown or invalid runtime name: nvidia`)\n\
         not reservation: {driver}\nnot gpus: {driver}"
    );
    assert_eq!(auto(&reservation("count: 1"), &host("bare")), expected);
    assert_eq!(auto(&reservation("device_ids: ['2']"), &host("bare")), expected);
}

#[test]
fn what_stands_in_the_way_is_named() {
    let one = reservation("count: 1");
    let first = |scenario: &str, form: Form| only(form, &one, &host(scenario));
    assert_eq!(
        first("cdi-stale-lib", Form::Cdi),
        "not cdi: the CDI spec `/etc/cdi/nvidia.yaml` is stale: `$LAB/driver/libcuda.so.550.54.14`, which it mounts, does not exist"
    );
    assert_eq!(
        first("cdi-conflict", Form::Cdi),
        "not cdi: `nvidia.com/gpu=0` is in two files of one folder, which removes it: \
         /etc/cdi/nvidia-old.yaml, /etc/cdi/nvidia.yaml"
    );
    assert!(first("cdi-malformed", Form::Cdi).contains("`/etc/cdi/nvidia.yaml` is refused: it is not valid YAML"));
    assert_eq!(first("cdi-off", Form::Cdi), "not cdi: CDI is off in the engine (/info names no CDISpecDirs)");
    assert_eq!(first("e20-stock", Form::Cdi), "not cdi: engine 20.10.24 has no CDI; 25.0 brought it");
    assert_eq!(
        first("runtime-broken", Form::Runtime),
        "not runtime: the runtime `nvidia` is registered as `$LAB/bin/removed/nvidia-container-runtime`, which cannot be run"
    );
    assert_eq!(
        first("full-legacy-ldconfig", Form::Runtime),
        "not runtime: config.toml names `@/sbin/ldconfig.real` as ldconfig, which does not exist"
    );
    assert_eq!(
        first("full-cdi", Form::Reservation),
        "not reservation: in mode `cdi` the hook refuses to be called without the runtime `nvidia`"
    );
    assert!(first("cdi-ok", Form::Swarm).starts_with("not swarm: the node offers no generic resource"));
}

#[test]
fn a_device_keeps_its_meaning_in_the_names_that_resolve() {
    let by_uuid = host("cdi-uuid");
    assert_eq!(
        auto(&reservation("count: 2"), &by_uuid),
        format!("cdi: nvidia.com/gpu={FIRST} nvidia.com/gpu={SECOND}")
    );
    assert_eq!(
        auto(&reservation("count: all"), &by_uuid),
        format!("cdi: nvidia.com/gpu={FIRST} nvidia.com/gpu={SECOND}")
    );
    assert_eq!(auto(&reservation("device_ids: ['1']"), &by_uuid), format!("cdi: nvidia.com/gpu={SECOND}"));
    let good = host("cdi-ok");
    assert_eq!(auto(&reservation("count: all"), &good), "cdi: nvidia.com/gpu=all");
    assert_eq!(auto(&reservation("count: 2"), &good), "cdi: nvidia.com/gpu=0 nvidia.com/gpu=1");
    let shouted = FIRST.to_ascii_uppercase();
    assert_eq!(
        auto(&reservation(&format!("device_ids: ['{shouted}']")), &good),
        format!("cdi: nvidia.com/gpu={FIRST}")
    );
    assert_eq!(auto(&reservation("device_ids: ['0000:02:00.0']"), &good), "cdi: nvidia.com/gpu=1");
    assert_eq!(auto(&reservation("device_ids: ['00000000:02:00.0']"), &host("full-auto-nospec")), "runtime: 1");
    let same = format!("device_ids: ['0', '{FIRST}', '1']");
    assert_eq!(auto(&reservation(&same), &good), "cdi: nvidia.com/gpu=0 nvidia.com/gpu=1");
}

#[test]
fn requests_of_all_forms_are_taken_together() {
    let mixed = requests(
        "    runtime: nvidia\n    environment: {NVIDIA_VISIBLE_DEVICES: '1'}\n    devices: [/dev/nvidia0, /dev/nvidiactl]\n",
    );
    assert_eq!(auto(&mixed, &host("cdi-ok")), "cdi: nvidia.com/gpu=1 nvidia.com/gpu=0");
    let named = requests("    devices: ['nvidia.com/gpu=1']\n");
    assert_eq!(auto(&named, &host("full-auto-nospec")), "runtime: 1");
    assert_eq!(auto(&requests("    gpus: all\n"), &host("hook-only-legacy")), "reservation: all");
    let other = requests("    devices: ['amd.com/gpu=0']\n");
    assert_eq!(auto(&other, &host("e28-amd")), "cdi: amd.com/gpu=0");
    assert!(
        auto(&other, &host("full-auto")).contains("not runtime: `amd.com/gpu=0` can be asked for by its CDI name only")
    );
}

#[test]
fn a_device_that_the_host_lacks_is_told_from_one_that_no_form_gives() {
    let list = format!("/proc/driver/nvidia/gpus shows 0 ({FIRST}), 1 ({SECOND})");
    for scenario in ["cdi-ok", "full-cdi", "full-auto-nospec", "hook-only-legacy"] {
        for (asked, shown) in [
            ("device_ids: ['2']", "2"),
            ("device_ids: ['GPU-11111111-2222-3333-4444-555555555555']", "GPU-11111111-2222-3333-4444-555555555555"),
            ("device_ids: ['0:1']", "0:1"),
            ("device_ids: ['MIG-11111111-2222-3333-4444-555555555555']", "MIG-11111111-2222-3333-4444-555555555555"),
            ("device_ids: ['0000:09:00.0']", "0000:09:00.0"),
            ("count: 3", "2"),
        ] {
            let said = auto(&reservation(asked), &host(scenario));
            assert_eq!(said, format!("the host has no GPU `{shown}`: {list}"), "{asked} on {scenario}");
        }
    }
}

#[test]
fn mig_instances_are_found_by_either_name() {
    let mig = |index: u32| MigDevice { index, uuid: Some(format!("MIG-{index}-uuid")), name: None, memory_mib: None };
    let gpu = |index: u32, mig_devices: Vec<MigDevice>| NvmlDevice {
        index,
        uuid: Some([FIRST, SECOND][index as usize].to_owned()),
        pci_bus_id: None,
        minor: Some(1 - index),
        name: None,
        memory_mib: None,
        compute_capability: None,
        architecture: None,
        is_persistent: None,
        compute_mode: None,
        is_mig_enabled: Some(!mig_devices.is_empty()),
        mig_devices,
    };
    let mut host = host("full-auto-nospec");
    let devices = vec![gpu(0, Vec::new()), gpu(1, vec![mig(0), mig(2)])];
    host.nvml = Observed::Known(Some(Nvml { driver_version: "570.86.10".into(), cuda_version: None, devices }));
    assert_eq!(auto(&reservation("device_ids: ['1:2']"), &host), "runtime: 1:2");
    assert_eq!(auto(&reservation("device_ids: ['MIG-0-UUID']"), &host), "runtime: MIG-0-uuid");
    assert_eq!(auto(&reservation("device_ids: ['MIG-0-uuid', '1:0']"), &host), "runtime: MIG-0-uuid");
    assert!(auto(&reservation("device_ids: ['1:1']"), &host).starts_with("the host has no GPU `1:1`: NVML shows"));
    // Nodes are named by minor numbers, which are the other way round here.
    assert_eq!(auto(&requests("    devices: [/dev/nvidia0]\n"), &host), "runtime: 1");
}

#[test]
fn cpu_comes_only_where_it_is_allowed() {
    let allowed = Wanted { form: None, is_cpu_allowed: true };
    let decision = decide(&reservation("count: 1"), &host("bare"), allowed).expect("CPU is allowed");
    assert_eq!((decision.form, decision.devices.len(), decision.rejected.len()), (Form::Cpu, 0, 5));
    let decision = decide(&reservation("count: 3"), &host("cdi-ok"), allowed).expect("CPU is allowed");
    assert_eq!(decision.form, Form::Cpu);
    assert_eq!(auto(&reservation("count: 1"), &host("cdi-ok")), "cdi: nvidia.com/gpu=0");
    assert_eq!(only(Form::Cpu, &reservation("count: 1"), &host("cdi-ok")), "cpu: ");
}

#[test]
fn what_cannot_be_seen_is_not_no() {
    let one = reservation("count: 1");
    let mut unseen = host("cdi-ok");
    unseen.docker = Observed::unknown("docker", "no answer in 2 s");
    assert_eq!(auto(&one, &unseen), "the engine could not be seen: no answer in 2 s");

    // An engine on another machine: its own list is all there is, and a form that may work is taken.
    let mut remote = host("full-auto");
    for facts in [&mut remote, &mut unseen] {
        facts.cdi = Observed::unknown("cdi", "elsewhere");
        facts.toolkit = Observed::unknown("toolkit", "elsewhere");
        facts.nvml = Observed::unknown("nvml", "elsewhere");
        facts.system = Observed::unknown("system", "elsewhere");
    }
    let decision = decide(&one, &remote, AUTO).expect("the engine lists it");
    assert_eq!((decision.form, decision.devices), (Form::Cdi, vec!["nvidia.com/gpu=0".to_owned()]));
    assert_eq!(
        decision.reasons,
        ["not proven: the engine lists `nvidia.com/gpu=0`; whether its files are fresh cannot be seen"]
    );
    assert!(auto(&reservation("count: 3"), &remote).starts_with("the host has no GPU `2`: CDI specs name 0, 1, GPU-"));

    // Nothing says which GPUs there are.
    remote.docker = remote.docker.map(|docker| Docker { discovered_devices: None, ..docker });
    assert_eq!(auto(&one, &remote), "the request counts GPUs, and the host's GPUs cannot be seen: elsewhere");
    assert_eq!(auto(&reservation("device_ids: ['0']"), &remote), "cdi: nvidia.com/gpu=0");
}

#[test]
fn podman_and_docker_desktop_have_ways_of_their_own() {
    let one = reservation("count: 1");
    let engine = |host: HostFacts, with: fn(&mut Docker)| HostFacts {
        docker: host.docker.map(|mut docker| {
            with(&mut docker);
            docker
        }),
        ..host
    };
    let podman = |version: &str| {
        let mut podman = engine(host("full-auto"), |docker| {
            docker.product = Some("Podman Engine".to_owned());
            (docker.cdi_spec_dirs, docker.discovered_devices) = (None, None);
        });
        podman.docker = podman.docker.map(|docker| Docker { server_version: version.to_owned(), ..docker });
        podman
    };
    assert_eq!(auto(&one, &podman("5.8.2")), "cdi: nvidia.com/gpu=0");
    assert!(only(Form::Reservation, &one, &podman("5.8.2")).contains("Podman drops device requests"));
    assert!(only(Form::Cdi, &one, &podman("5.2.0")).contains("Podman 5.2.0 drops device requests"));

    let mut desktop = engine(host("full-auto"), |docker| {
        docker.is_remote = true;
        docker.operating_system = Some("Docker Desktop".to_owned());
        docker.kernel_version = Some("5.15.153.1-microsoft-standard-WSL2".to_owned());
        docker.discovered_devices = Some(Vec::new());
    });
    desktop.cdi = Observed::unknown("cdi", "elsewhere");
    desktop.toolkit = Observed::unknown("toolkit", "elsewhere");
    desktop.nvml = Observed::unknown("nvml", "elsewhere");
    desktop.system = Observed::unknown("system", "elsewhere");
    assert_eq!(auto(&reservation("count: all"), &desktop), "reservation: all");
}

#[test]
fn an_old_compose_gets_what_it_can_send() {
    let mut old = host("cdi-ok");
    old.compose = old.compose.map(|compose| compose.map(|compose| Compose { version: "2.26.1".into(), ..compose }));
    assert_eq!(auto(&reservation("count: 1"), &old), "cdi-reservation: nvidia.com/gpu=0");
    assert!(only(Form::Cdi, &reservation("count: 1"), &old).contains("Compose 2.26.1 takes a CDI name"));
}

#[test]
fn what_asks_for_nothing_or_nobody_knows_what_is_said() {
    let good = host("cdi-ok");
    assert_eq!(auto(&reservation("count: 0"), &good), "the service asks for no GPU, or leaves that to its image");
    assert_eq!(
        auto(&requests("    runtime: nvidia\n"), &good),
        "the service asks for no GPU, or leaves that to its image"
    );
    assert!(auto(&reservation("device_ids: ['${GPU}']"), &good).contains("has no value"));
    let amd = requests("    devices: [/dev/kfd]\n    gpus: [{driver: amd, count: 1}]\n");
    assert_eq!(auto(&amd, &good), "AMD GPUs can be rewritten only by their CDI names");
}

#[test]
fn without_a_host_only_the_files_own_names_can_be_written() {
    let write = |form: Form, asked: &str| shown(without_host(&reservation(asked), form));
    assert_eq!(write(Form::Cdi, "device_ids: ['0', '1']"), "cdi: nvidia.com/gpu=0 nvidia.com/gpu=1");
    assert_eq!(write(Form::Cdi, "count: all"), "cdi: nvidia.com/gpu=all");
    assert_eq!(write(Form::Runtime, "count: 2"), "runtime: 0 1");
    assert_eq!(write(Form::Cpu, "count: 2"), "cpu: ");
    let counted = without_host(&reservation("count: 2"), Form::Cdi);
    assert_eq!(counted, Err(Unlowerable::CountNeedsHost("no host was looked at".to_owned())));
    let bus = without_host(&reservation("device_ids: ['0000:01:00.0']"), Form::Cdi);
    assert_eq!(bus, Err(Unlowerable::DeviceNeedsHost(DeviceId::PciBusId("0000:01:00.0".to_owned()))));
}
