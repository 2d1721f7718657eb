//! The published shape of host facts: types, schema and recordings agree.
#![expect(clippy::disallowed_methods, reason = "a test reads fixtures")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use composegpu::{
    host::{
        Binary, Cdi, Compose, ComposeKind, ComputeMode, DaemonJson, DeviceNode, DeviceProblem, DiscoveredDevice,
        Distribution, Docker, HostFacts, KernelDriver, KernelGpu, Ldconfig, MigDevice, Nvml, NvmlDevice, PciGpu,
        Recorded, Runtime, RuntimeConfig, SeLinux, SpecDevice, SpecDir, SpecFile, SpecOutcome, SpecText, Swarm, System,
        Toolkit, Trial, TrialOutcome, Version,
    },
    observed::Observed,
};

fn recordings() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts");
    let entries =
        fs::read_dir(folder).expect("recordings are there").map(|entry| entry.expect("it can be listed").path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("a recording is text"))).collect()
}

fn assert_valid(name: &str, text: &str) {
    let schema = include_str!("../schemas/host-facts-v1.schema.json");
    let schema = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let value = serde_json::from_str(text).expect("facts are JSON");
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name} does not have the published shape:\n{}", errors.join("\n"));
}

#[test]
fn recordings_have_the_published_shape_and_round_trip() {
    let recordings = recordings();
    assert!(recordings.len() >= 49, "only {} recordings", recordings.len());
    for (path, text) in recordings {
        let name = path.display().to_string();
        assert_valid(&name, &text);
        let facts = HostFacts::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(facts.to_json(), text, "{name} is not what it says");
    }
}

#[test]
fn every_field_and_variant_has_the_published_shape() {
    let facts = everything();
    let text = facts.to_json();
    assert_valid("everything", &text);
    assert_eq!(HostFacts::from_json(&text).expect("it was just written"), facts);
    let unseen = HostFacts::unseen(facts.recorded, "docker", "nobody looked");
    assert_valid("nothing", &unseen.to_json());
}

#[test]
fn a_text_that_is_no_facts_file_says_why() {
    let said = |text: &str| HostFacts::from_json(text).expect_err("it is none").to_string();
    assert_eq!(said("services: {}"), "host facts are no JSON: expected value at line 1 column 1");
    assert_eq!(said("{}"), "host facts have no `schema` number");
    assert_eq!(said("[]"), "host facts have no `schema` number");
    assert_eq!(said(r#"{"schema": 2}"#), "host facts have schema 2, and this composegpu reads schema 1");
    assert_eq!(
        said("{\"schema\": 1,\n\"recorded\": 5}"),
        "host facts of schema 1 do not have its shape: invalid type: integer `5`, expected struct Recorded at line 2 column 13"
    );
}

#[test]
fn versions_are_read_as_they_are_printed() {
    let read = |text: &str| Version::parse(text).map(|version| version.to_string());
    assert_eq!(read("28.5.2+dfsg4").as_deref(), Some("28.5.2"));
    assert_eq!(read("v2.40.3-desktop.1").as_deref(), Some("2.40.3"));
    assert_eq!(read("1.51").as_deref(), Some("1.51.0"));
    assert_eq!(read("570.86.10").as_deref(), Some("570.86.10"));
    assert_eq!(read("dev"), None);
    assert_eq!(read("99999999999"), None);
    assert!(Version::parse("2.9.0") < Version::parse("2.30.0"));
}

/// Facts in which every field holds something and every variant occurs.
fn everything() -> HostFacts {
    HostFacts {
        schema: HostFacts::SCHEMA,
        recorded: Recorded { how: "by hand".into(), at: "2026-11-22T14:30:00Z".into(), composegpu: "0.1.0".into() },
        docker: Observed::Known(docker()),
        compose: Observed::Known(Some(Compose {
            version: "2.40.3".into(),
            kind: ComposeKind::Standalone,
            path: "/usr/bin/docker-compose".into(),
        })),
        cdi: Observed::Known(cdi()),
        toolkit: Observed::Known(toolkit()),
        nvml: Observed::Known(Some(nvml())),
        system: Observed::Known(system()),
        trials: vec![
            trial(Observed::Known(TrialOutcome::Met)),
            trial(Observed::Known(TrialOutcome::Silent)),
            trial(Observed::Known(TrialOutcome::Refused("no".into()))),
            trial(Observed::unknown("docker", "no answer within 30 s")),
        ],
    }
}

fn trial(outcome: Observed<TrialOutcome>) -> Trial {
    Trial { form: "cdi".into(), devices: vec!["nvidia.com/gpu=all".into()], outcome }
}

fn system() -> System {
    let some = |text: &str| Some(text.to_owned());
    System {
        kernel_driver: Observed::Known(Some(KernelDriver {
            version: some("570.86.10"),
            gpus: vec![KernelGpu {
                pci_bus_id: "0000:01:00.0".into(),
                uuid: some("GPU-0"),
                minor: Some(0),
                name: some("NVIDIA H100"),
            }],
        })),
        device_nodes: vec![DeviceNode { path: "/dev/nvidia0".into(), major: 195, minor: 0 }],
        modules: Observed::Known(vec!["nvidia".into()]),
        is_wsl: true,
        is_tegra: true,
        selinux: Observed::Known(SeLinux::Enforcing),
        cgroup_version: Some(2),
        distribution: Some(Distribution { id: "debian".into(), version_id: some("12"), name: some("Debian") }),
        virtual_machine: Observed::Known(some("QEMU")),
        container: some("lxc"),
        pci_gpus: Some(vec![PciGpu {
            bus_id: "0000:01:00.0".into(),
            vendor: "10de".into(),
            device: "2330".into(),
            driver: some("vfio-pci"),
        }]),
        is_secure_boot: Some(true),
        kernel_release: some("6.8.0"),
        architecture: "x86_64".into(),
    }
}

fn docker() -> Docker {
    let some = |text: &str| Some(text.to_owned());
    Docker {
        endpoint: "unix:///var/run/docker.sock".into(),
        is_remote: false,
        product: some("Engine"),
        server_version: "28.5.2".into(),
        api_version: "1.51".into(),
        runtimes: BTreeMap::from([("nvidia".into(), Runtime { path: some("x"), status: Some(vec!["y".into()]) })]),
        default_runtime: some("runc"),
        cdi_spec_dirs: Some(vec!["/etc/cdi".into()]),
        discovered_devices: Some(vec![DiscoveredDevice { source: "cdi".into(), id: "nvidia.com/gpu=0".into() }]),
        warnings: vec!["no swap".into()],
        security_options: vec!["name=rootless".into()],
        cgroup_driver: some("systemd"),
        cgroup_version: some("2"),
        swarm: Swarm { state: some("active"), is_manager: true },
        generic_resources: vec!["NVIDIA-GPU=GPU-0".into()],
        operating_system: some("Debian"),
        os_type: some("linux"),
        architecture: some("x86_64"),
        kernel_version: some("6.8.0"),
        root_dir: some("/var/lib/docker"),
    }
}

fn cdi() -> Cdi {
    let path = || "/dev/nvidia0".to_owned();
    let problems = vec![
        DeviceProblem::MissingMount { path: path() },
        DeviceProblem::MissingNode { path: path() },
        DeviceProblem::OtherNode { path: path(), declared: "195:0".into(), found: "195:1".into() },
        DeviceProblem::MissingHook { path: path() },
        DeviceProblem::HookNotExecutable { path: path() },
        DeviceProblem::Unchecked { path: path(), reason: "permission denied".into() },
    ];
    let spec = SpecText {
        kind: "nvidia.com/gpu".into(),
        cdi_version: "0.5.0".into(),
        needs_version: "0.5.0".into(),
        env: vec!["NVIDIA_VISIBLE_DEVICES=void".into()],
        nodes: Some(vec!["/dev/nvidia-uvm".into()]),
        driver_version: Some("570.86.10".into()),
        problems: problems.clone(),
        devices: vec![SpecDevice { name: "0".into(), env: vec!["A=1".into()], nodes: vec![path()], problems }],
    };
    let outcomes = [
        SpecOutcome::Read(spec),
        SpecOutcome::Rejected { reason: "it is empty".into() },
        SpecOutcome::Unreadable { reason: "permission denied".into() },
    ];
    let file = |outcome| SpecFile { path: "/etc/cdi/nvidia.yaml".into(), outcome };
    Cdi {
        dirs: vec![SpecDir {
            path: "/var/run/cdi".into(),
            real_path: Some("/run/cdi".into()),
            unreadable: Some("permission denied".into()),
            files: outcomes.into_iter().map(file).collect(),
            ignored: vec!["nvidia.yml".into()],
        }],
    }
}

fn toolkit() -> Toolkit {
    let some = |text: &str| Some(text.to_owned());
    let list = || Some(vec!["one".to_owned()]);
    let binary = Binary { path: "/usr/bin/nvidia-ctk".into(), exists: true, is_executable: true };
    Toolkit {
        config: Observed::Known(Some(config())),
        ldconfig: Ldconfig {
            setting: "@/sbin/ldconfig".into(),
            is_configured: true,
            is_host_path: true,
            path: "/sbin/ldconfig".into(),
            exists: true,
        },
        binaries: BTreeMap::from([("nvidia-ctk".into(), Some(binary.clone())), ("nvidia-cdi-hook".into(), None)]),
        named_binaries: BTreeMap::from([("runc".into(), binary)]),
        refresh_units: Some(vec!["/lib/systemd/system/nvidia-cdi-refresh.path".into()]),
        oci_hooks: Some(vec!["/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json".into()]),
        version: Observed::Known(some("1.18.0")),
        daemon_json: Observed::Known(Some(DaemonJson {
            path: "/etc/docker/daemon.json".into(),
            cdi: Some(true),
            cdi_spec_dirs: list(),
            default_runtime: some("nvidia"),
            runtimes: BTreeMap::from([("nvidia".into(), some("x")), ("kata".into(), None)]),
            node_generic_resources: list(),
            exec_opts: list(),
            odd: vec!["features.cdi: 1".into()],
            ignored: vec!["runtimes.nvidia.args".into()],
            lines: BTreeMap::from([("features.cdi".into(), 2)]),
        })),
    }
}

fn config() -> RuntimeConfig {
    let some = |text: &str| Some(text.to_owned());
    let list = || Some(vec!["one".to_owned()]);
    RuntimeConfig {
        path: "/etc/nvidia-container-runtime/config.toml".into(),
        disable_require: Some(true),
        swarm_resource: some("DOCKER_RESOURCE_GPU"),
        accept_envvar_when_unprivileged: Some(true),
        accept_volume_mounts: Some(true),
        supported_driver_capabilities: some("compute,utility"),
        ldconfig: some("@/sbin/ldconfig"),
        load_kmods: Some(true),
        no_cgroups: Some(true),
        user: some("root:video"),
        mode: some("auto"),
        runtimes: list(),
        cdi_default_kind: some("nvidia.com/gpu"),
        cdi_spec_dirs: list(),
        cdi_annotation_prefixes: list(),
        cuda_compat_mode: some("ldconfig"),
        csv_mount_spec_path: some("/etc"),
        hook_path: some("nvidia-container-runtime-hook"),
        skip_mode_detection: Some(true),
        allow_ldconfig_from_container: Some(true),
        odd: vec!["mode: a value of type integer".into()],
        lines: BTreeMap::from([("nvidia-container-runtime.mode".into(), 7)]),
    }
}

fn nvml() -> Nvml {
    let some = |text: &str| Some(text.to_owned());
    Nvml {
        driver_version: "570.86.10".into(),
        cuda_version: some("12.8"),
        devices: vec![NvmlDevice {
            index: 0,
            uuid: some("GPU-0"),
            pci_bus_id: some("00000000:01:00.0"),
            minor: Some(0),
            name: some("NVIDIA H100"),
            memory_mib: Some(81_559),
            compute_capability: some("9.0"),
            architecture: some("Hopper"),
            is_persistent: Some(true),
            compute_mode: Some(ComputeMode::ExclusiveProcess),
            is_mig_enabled: Some(true),
            mig_devices: vec![MigDevice {
                index: 0,
                uuid: some("MIG-0"),
                name: some("1g.10gb"),
                memory_mib: Some(9_856),
            }],
        }],
    }
}
