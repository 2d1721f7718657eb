//! Hosts of every kind, by the names that `--host` takes: which form a service gets there, and what
//! comes of it as it is written.

#[path = "decide/service.rs"]
mod service;

use composegpu::{
    gpu::GpuRequest,
    host::{Compose, Docker, HostFacts, SeLinux, SpecOutcome, System},
    lower::{
        Form, Wanted, decide,
        judge::{self, Verdict},
    },
    observed::Observed,
};
use service::{AUTO, auto, host, only, requests, reservation, written};

fn named(name: &str) -> HostFacts {
    HostFacts::named(name).unwrap_or_else(|| panic!("no host @{name}"))
}

fn engine(mut host: HostFacts, with: impl FnOnce(&mut Docker)) -> HostFacts {
    host.docker = host.docker.map(|mut docker| {
        with(&mut docker);
        docker
    });
    host
}

fn reasons(requests: &[GpuRequest], host: &HostFacts) -> String {
    decide(requests, host, AUTO).expect("a form works").reasons.join("; ")
}

#[test]
fn every_named_host_reads_and_says_how_it_came_to_be() {
    let one = reservation("count: 1");
    let mut said = Vec::new();
    for name in HostFacts::names() {
        let host = named(name);
        assert_eq!(HostFacts::from_json(&host.to_json()).expect("it is what we write"), host, "@{name}");
        let how = &host.recorded.how;
        assert!(how.starts_with("recorded: ") || how.starts_with("composed: "), "@{name}: {how}");
        if let Ok(decision) = decide(&one, &host, AUTO) {
            let is_said = decision.reasons.iter().any(|reason| reason.starts_with("composed facts: "));
            assert_eq!(is_said, host.is_composed(), "@{name}: {:?}", decision.reasons);
            said.push(format!("{name} {}", decision.form));
        }
    }
    assert_eq!(
        said,
        [
            "engine28-cdi cdi",
            "engine29-cdi cdi",
            "legacy-hook reservation",
            "runtime-only runtime",
            "wsl2 reservation",
            "docker-desktop reservation",
            "jetson runtime",
            "rootless cdi",
            "podman5 cdi",
            "podman5-selinux cdi",
            "swarm runtime",
            "mig runtime",
        ]
    );
}

#[test]
fn on_windows_linux_the_engines_own_driver_takes_every_id() {
    let wsl = named("wsl2");
    assert_eq!(auto(&reservation("count: 1"), &wsl), "reservation: 0");
    assert_eq!(auto(&reservation("count: all"), &wsl), "reservation: all");
    assert_eq!(only(Form::Cdi, &reservation("count: all"), &wsl), "cdi: nvidia.com/gpu=all");
    assert_eq!(
        only(Form::Cdi, &reservation("count: 1"), &wsl),
        "not cdi: `nvidia.com/gpu=0` is in no CDI spec; there are `nvidia.com/gpu=all`"
    );
}

#[test]
fn docker_desktop_names_cdi_folders_that_hold_nothing() {
    let desktop = named("docker-desktop");
    assert_eq!(auto(&reservation("count: all"), &desktop), "reservation: all");
    assert_eq!(auto(&reservation("count: 1"), &desktop), "reservation: 0");
    assert_eq!(
        only(Form::Cdi, &reservation("count: all"), &desktop),
        "not cdi: the engine does not list `nvidia.com/gpu=all`"
    );
}

#[test]
fn a_tegra_board_takes_the_runtime() {
    let jetson = named("jetson");
    assert_eq!(auto(&reservation("count: 1"), &jetson), "runtime: 0");
    assert_eq!(auto(&reservation("count: all"), &jetson), "runtime: all");
    assert_eq!(
        only(Form::Reservation, &reservation("count: all"), &jetson),
        "not reservation: on Tegra the hook refuses to be called without the runtime `nvidia`"
    );
}

#[test]
fn an_engine_without_root_takes_cdi_and_its_hook_needs_a_setting() {
    let mut rootless = named("rootless");
    assert_eq!(auto(&reservation("count: 2"), &rootless), "cdi: nvidia.com/gpu=0 nvidia.com/gpu=1");
    rootless = engine(rootless, |docker| docker.cdi_spec_dirs = Some(Vec::new()));
    let only_hook = |host: &HostFacts| only(Form::Reservation, &reservation("count: 1"), host);
    assert_eq!(
        only_hook(&rootless),
        "not reservation: the hook needs `no-cgroups = true` in config.toml under an engine without root"
    );
    let mut toolkit = rootless.toolkit.known().expect("it was seen").clone();
    toolkit.config = toolkit.config.map(|config| {
        config.map(|mut config| {
            config.no_cgroups = Some(true);
            config
        })
    });
    rootless.toolkit = Observed::Known(toolkit);
    assert_eq!(only_hook(&rootless), "reservation: 0");
}

#[test]
fn podman_takes_cdi_names_and_drops_the_rest() {
    let podman = named("podman5");
    assert_eq!(auto(&reservation("count: all"), &podman), "cdi: nvidia.com/gpu=all");
    let (service, own) = written("    gpus: all\n");
    assert!(matches!(judge::service(&service, &own, &podman), Verdict::Silent(_)));
    let old = engine(podman, |docker| docker.server_version = "5.3.1".to_owned());
    assert!(auto(&reservation("count: all"), &old).contains("Podman 5.3.1 drops device requests"));
}

#[test]
fn selinux_is_told_of_where_it_may_refuse() {
    let enforcing = |mut host: HostFacts| {
        host.system = host.system.map(|system| System { selinux: Observed::Known(SeLinux::Enforcing), ..system });
        host
    };
    let one = reservation("count: 1");
    assert!(reasons(&one, &enforcing(named("podman5"))).contains("`security_opt: [label=disable]`"));
    assert!(reasons(&one, &named("podman5-selinux")).contains("`security_opt: [label=disable]`"));
    let docker = enforcing(named("engine28-cdi"));
    assert!(!reasons(&one, &docker).contains("SELinux"), "an engine that labels nothing is not refused");
    let labelling = engine(docker, |docker| docker.security_options.push("name=selinux".to_owned()));
    assert!(reasons(&one, &labelling).contains("SELinux enforces"));
    let cpu = Wanted { form: Some(Form::Cpu), is_cpu_allowed: false };
    assert!(!decide(&one, &labelling, cpu).expect("it is asked for").is_unlabelled, "there is nothing to reach");
}

#[test]
fn a_swarm_gives_generic_resources_to_a_deployed_stack_alone() {
    let swarm = named("swarm");
    assert_eq!(auto(&reservation("count: 1"), &swarm), "runtime: 0");
    assert_eq!(only(Form::Swarm, &reservation("count: 1"), &swarm), "swarm: NVIDIA-GPU=1");
    let deploy = |host: &HostFacts, kind: &str, count: u32| judge::swarm(host, kind, count);
    assert_eq!(deploy(&swarm, "NVIDIA-GPU", 2).reason(), "the hook of the NVIDIA Container Toolkit injects the GPU");
    assert_eq!(deploy(&swarm, "NVIDIA-GPU", 3).reason(), "the node offers 2 of `NVIDIA-GPU`: the task waits for ever");
    assert!(matches!(deploy(&swarm, "gpu", 1), Verdict::Fails(_)));
    assert_eq!(deploy(&named("engine28-cdi"), "NVIDIA-GPU", 1).reason(), "the engine is in no swarm");
    let plain = engine(swarm, |docker| docker.default_runtime = Some("runc".to_owned()));
    assert!(matches!(deploy(&plain, "NVIDIA-GPU", 1), Verdict::Silent(_)));
}

#[test]
fn mig_instances_keep_their_names_and_outlive_a_spec_that_is_older() {
    let mut mig = named("mig");
    let uuid = "MIG-5a1e0000-1ab0-4b00-8000-000000000101";
    assert_eq!(auto(&reservation("device_ids: ['0:1']"), &mig), "cdi: nvidia.com/gpu=0:1");
    assert_eq!(auto(&reservation(&format!("device_ids: ['{uuid}']")), &mig), format!("cdi: nvidia.com/gpu={uuid}"));
    mig.cdi = mig.cdi.map(|mut cdi| {
        for file in cdi.dirs.iter_mut().flat_map(|dir| &mut dir.files) {
            if let SpecOutcome::Read(spec) = &mut file.outcome {
                spec.devices.retain(|device| !device.name.contains(':') && !device.name.starts_with("MIG-"));
            }
        }
        cdi
    });
    assert_eq!(auto(&reservation("device_ids: ['0:1']"), &mig), "runtime: 0:1");
}

#[test]
fn a_request_that_names_nobody_gets_amds_gpus_where_there_are_no_others() {
    for scenario in ["e28-amd", "e29-amd"] {
        assert_eq!(auto(&requests("    gpus: all\n"), &host(scenario)), "cdi: amd.com/gpu=all");
        assert_eq!(auto(&requests("    gpus: [{count: 2}]\n"), &host(scenario)), "cdi: amd.com/gpu=0 amd.com/gpu=1");
        assert!(auto(&reservation("count: 1"), &host(scenario)).starts_with("not cdi: `nvidia.com/gpu=0`"));
    }
    assert_eq!(auto(&requests("    gpus: all\n"), &host("e29-amd-full")), "runtime: all");
}

/// What comes of a service that has these lines.
fn said(lines: &str, host: &HostFacts) -> String {
    let (service, own) = written(lines);
    match judge::service(&service, &own, host) {
        Verdict::Works(_) => "gpu".to_owned(),
        Verdict::Silent(reason) => format!("no gpu: {reason}"),
        Verdict::Fails(reason) => format!("fails: {reason}"),
        Verdict::Unknown(reason) => format!("unknown: {reason}"),
    }
}

#[test]
fn what_a_mixed_service_comes_to_is_told_apart() {
    let cdi = named("engine28-cdi");
    let foo = "    gpus: [{driver: nvidia, capabilities: [foo]}]\n";
    assert_eq!(said(foo, &cdi), "fails: no driver of the engine has the capability `foo`");
    assert_eq!(said(foo, &named("engine29-cdi")), "gpu");
    let cases = [
        ("gpus: [{count: 0}]", "no gpu: nothing asks for a GPU"),
        ("runtime: kata", "fails: the engine has no runtime `kata` (`unknown or invalid runtime name: kata`)"),
        ("gpus: [{driver: habana}]", "fails: the engine has no driver `habana`"),
        ("devices: ['nvidia.com/gpu=0:1']", "fails: Compose takes `nvidia.com/gpu=0:1` for a path"),
        // One request that fails takes the others with it.
        ("gpus: [{driver: nvidia}]\n    devices: [/dev/nvidia7]", "fails: the host has no `/dev/nvidia7`"),
        ("runtime: nvidia\n    env_file: [./x.env]", "unknown: a file of variables may set NVIDIA_VISIBLE_DEVICES"),
    ];
    for (lines, expected) in cases {
        assert_eq!(said(&format!("    {lines}\n"), &cdi), expected, "{lines}");
    }
}

#[test]
fn an_older_compose_leaves_gpus_out_without_a_word() {
    let mut host = named("engine28-cdi");
    host.compose = host.compose.map(|compose| compose.map(|old| Compose { version: "2.26.1".into(), ..old }));
    assert_eq!(said("    gpus: all\n", &host), "no gpu: this Compose leaves `gpus` out; 2.30 and newer send it");
    assert_eq!(auto(&requests("    gpus: all\n"), &host), "cdi-reservation: nvidia.com/gpu=all");
}
