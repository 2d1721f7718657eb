//! NVML without a driver and without a GPU: a library of our own stands in for the driver's, good,
//! broken, crashing or hanging, and the probe says what it got of it.
//!
//! The loader finds it as it finds any library, by LD_LIBRARY_PATH. Nothing but `rustc` is needed.
#![cfg(all(feature = "probe", target_os = "linux"))]
#![expect(clippy::disallowed_methods, reason = "a test compiles libraries and starts the program")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use composegpu::{
    host::{ComputeMode, Evidence, HostFacts, Nvml},
    observed::Observed,
    probe::{Settings, probe},
};
use tempfile::TempDir;

/// Tests that run at once compile into files of their own.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A folder with a library in it that the loader takes for NVIDIA's.
fn stand_in(manner: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nvml").join(manner);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let library = folder.join("libnvidia-ml.so.1");
    // Written aside and renamed: another run of the tests may be loading it.
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let fresh = folder.join(format!("fresh-{}-{number}.so", std::process::id()));
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--crate-type", "cdylib", "--crate-name", "nvml_stand_in"]);
    rustc.args(["-C", "panic=abort", "-C", "debuginfo=0", "--cap-lints", "allow", "--cfg", manner, "-o"]);
    rustc.arg(&fresh).arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nvml/stand_in.rs"));
    let output = rustc.output().expect("rustc is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::rename(fresh, library).expect("the target folder can be written");
    folder
}

/// What the probe says of NVML where the loader looks into `folder` first, and how long it took.
fn ask(folder: &Path, timeout: Duration) -> (HostFacts, Duration) {
    let root = TempDir::new().expect("a folder");
    let variables =
        [("DOCKER_HOST", "unix:///nowhere/docker.sock".to_owned()), ("LD_LIBRARY_PATH", folder.display().to_string())];
    let settings = Settings {
        timeout,
        environment: BTreeMap::from(variables.map(|(name, value)| (name.to_owned(), value))),
        root: root.path().to_owned(),
        nvml_command: Some(vec![env!("CARGO_BIN_EXE_composegpu").to_owned(), "__nvml".to_owned()]),
    };
    let start = Instant::now();
    (probe(&settings), start.elapsed())
}

/// Long enough for a loaded machine; a test that waits for it would be seen.
const PATIENT: Duration = Duration::from_secs(30);

fn seen(manner: &str) -> Nvml {
    let (facts, _) = ask(&stand_in(manner), PATIENT);
    match facts.nvml {
        Observed::Known(Some(nvml)) => nvml,
        other => panic!("{manner}: {other:?}"),
    }
}

fn reason(folder: &Path) -> String {
    let (facts, _) = ask(folder, PATIENT);
    let reason = facts.nvml.reason().unwrap_or_else(|| panic!("{:?}", facts.nvml));
    reason.replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn four_gpus_of_two_kinds_are_told_apart() {
    let nvml = seen("mixed");
    assert_eq!((nvml.driver_version.as_str(), nvml.cuda_version.as_deref()), ("550.163.01", Some("12.4")));
    let lines: Vec<String> = nvml
        .devices
        .iter()
        .map(|gpu| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let numbers = (gpu.index, gpu.minor.expect("it is told"), gpu.memory_mib.expect("it is told"));
            format!(
                "{numbers:?} {} {} {} {} {} {:?} {:?}",
                text(&gpu.name),
                text(&gpu.uuid),
                text(&gpu.pci_bus_id),
                text(&gpu.compute_capability),
                text(&gpu.architecture),
                gpu.is_persistent,
                gpu.compute_mode
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "(0, 3, 8192) NVIDIA GeForce GTX 1080 GPU-1080a000-0000-4000-8000-000000000001 00000000:01:00.0 6.1 Pascal \
             Some(true) Some(Default)",
            "(1, 2, 8192) NVIDIA GeForce GTX 1080 GPU-1080b000-0000-4000-8000-000000000002 00000000:02:00.0 6.1 Pascal \
             Some(true) Some(ExclusiveProcess)",
            "(2, 1, 4096) NVIDIA GeForce GTX 970 GPU-0970a000-0000-4000-8000-000000000003 00000000:04:00.0 5.2 Maxwell \
             Some(false) Some(Default)",
            "(3, 0, 4096) NVIDIA GeForce GTX 970 GPU-0970b000-0000-4000-8000-000000000004 00000000:81:00.0 5.2 Maxwell \
             Some(false) Some(Default)",
        ]
    );
    assert!(nvml.devices.iter().all(|gpu| gpu.is_mig_enabled.is_none() && gpu.mig_devices.is_empty()));
}

#[test]
fn instances_of_a_gpu_keep_their_index() {
    let nvml = seen("mig");
    let [gpu] = nvml.devices.as_slice() else { panic!("{nvml:?}") };
    assert_eq!((gpu.is_mig_enabled, gpu.architecture.as_deref()), (Some(true), Some("Hopper")));
    let instances: Vec<_> = gpu
        .mig_devices
        .iter()
        .map(|mig| (mig.index, mig.uuid.as_deref().unwrap_or_default(), mig.memory_mib, mig.name.as_deref()))
        .collect();
    assert_eq!(
        instances,
        [
            (0, "MIG-0100a001-0000-5000-8000-000000000006", Some(9856), Some("NVIDIA H100 80GB HBM3 MIG 1g.10gb")),
            (2, "MIG-0100a002-0000-5000-8000-000000000007", Some(40_448), Some("NVIDIA H100 80GB HBM3 MIG 3g.40gb")),
        ]
    );
}

#[test]
fn a_driver_that_lacks_functions_gives_what_it_has() {
    let nvml = seen("old");
    assert_eq!((nvml.driver_version.as_str(), nvml.cuda_version), ("550.163.01", None));
    let [gpu] = nvml.devices.as_slice() else { panic!("{:?}", nvml.devices) };
    assert_eq!(gpu.uuid.as_deref(), Some("GPU-0100a000-0000-4000-8000-000000000005"));
    assert_eq!((gpu.pci_bus_id.as_deref(), gpu.memory_mib, gpu.compute_mode), (None, None, None::<ComputeMode>));
}

#[test]
fn a_library_that_talks_or_does_not_shut_down_is_heard_all_the_same() {
    assert_eq!(seen("talking").devices.len(), 4);
}

#[test]
fn no_library_is_no_driver_and_nothing_unknown() {
    let folder = TempDir::new().expect("a folder");
    let (facts, _) = ask(folder.path(), PATIENT);
    // A machine with a driver of its own has its own answer.
    if !Path::new("/proc/driver/nvidia/version").exists() && !Path::new("/dev/dxg").exists() {
        assert_eq!(facts.nvml, Observed::Known(None));
    }
}

#[test]
fn a_broken_library_says_what_is_broken() {
    let folder = TempDir::new().expect("a folder");
    let library = folder.path().join("libnvidia-ml.so.1");
    fs::write(&library, "no library at all").expect("a file");
    let said = reason(folder.path());
    assert!(said.starts_with("FOLDER/libnvidia-ml.so.1: "), "{said}");
    assert!(said.contains("file too short") || said.contains("invalid ELF header") || said.contains("ELF"), "{said}");

    // A real library with none of the functions.
    let source = folder.path().join("empty.rs");
    fs::write(&source, "").expect("a file");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--crate-type", "cdylib", "--crate-name", "empty", "-o"]).arg(&library);
    assert!(rustc.arg(&source).status().expect("rustc is there").success());
    assert_eq!(reason(folder.path()), "FOLDER/libnvidia-ml.so.1: undefined symbol: nvmlInit_v2");
}

#[test]
fn a_library_that_does_not_fit_the_kernel_says_so() {
    assert_eq!(reason(&stand_in("mismatch")), "RM detects a driver/library version mismatch");
    assert_eq!(reason(&stand_in("unloaded")), "NVIDIA driver is not loaded");
}

#[test]
fn a_library_that_crashes_takes_nothing_else_with_it() {
    let folder = stand_in("crashing");
    let (facts, _) = ask(&folder, PATIENT);
    let said = facts.nvml.reason().expect("it crashed");
    assert!(said.starts_with("the driver's library crashed (signal: 6"), "{said}");
    assert!(facts.system.known().is_some() && facts.toolkit.known().is_some() && facts.cdi.known().is_some());
}

#[test]
fn a_library_that_hangs_is_left_at_the_deadline() {
    let folder = stand_in("hanging");
    let (facts, took) = ask(&folder, Duration::from_millis(400));
    assert_eq!(facts.nvml.reason(), Some("the driver's library gave no answer in 0.4 s"));
    assert!(facts.system.known().is_some(), "the rest is seen");
    assert!(took < Duration::from_secs(4), "it took {took:?}");
}

#[test]
fn the_whole_command_shows_the_gpus() {
    let output = Command::new(env!("CARGO_BIN_EXE_composegpu"))
        .args(["probe", "--timeout", "30"])
        .env("LD_LIBRARY_PATH", stand_in("mixed"))
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .output()
        .expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}");
    assert!(text.contains("NVIDIA GeForce GTX 970"), "{text}");
    let nvml = Evidence::Nvml.as_str();
    assert!(text.contains(nvml), "{text}");
}

/// `probe` with the stand-in of a manner.
fn command(manner: &str, arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_composegpu"))
        .args(["probe", "--timeout", "30"])
        .args(arguments)
        .env("LD_LIBRARY_PATH", stand_in(manner))
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .current_dir(folder)
        .output()
        .expect("it starts");
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn what_changed_since_a_recording_is_told() {
    let folder = TempDir::new().expect("a folder");
    let (code, text) = command("mixed", &["-o", "host.json", "--redact"], folder.path());
    assert_eq!((code, text.as_str()), (Some(0), ""));
    let recorded = fs::read_to_string(folder.path().join("host.json")).expect("it was written");
    assert!(!recorded.contains("GPU-1080a000") && recorded.contains("GPU-00000000-0000-0000-0000-000000000004"));

    let same = command("mixed", &["--against", "host.json"], folder.path());
    assert_eq!(same, (Some(0), "nothing differs from host.json\n".to_owned()));
    let (code, text) = command("mig", &["--against", "host.json"], folder.path());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("nvml.devices[00000000:81:00.0]: gone, was NVIDIA GeForce GTX 970\n"), "{text}");
    assert!(text.contains("nvml.devices[00000000:1B:00.0]: new, NVIDIA H100 80GB HBM3\n"), "{text}");
    let (code, text) = command("crashing", &["--against", "host.json", "--format", "json"], folder.path());
    assert_eq!(code, Some(1), "{text}");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let schema = include_str!("../schemas/host-difference-v1.schema.json");
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).expect("JSON")).expect("a schema");
    assert!(validator.is_valid(&value), "{text}");
    assert_eq!(value["differences"][0]["path"], "nvml");
    let (code, _) = command("mixed", &["--against", "absent.json"], folder.path());
    assert_eq!(code, Some(3));
}

#[test]
fn a_small_terminal_wraps_the_table() {
    let output = Command::new(env!("CARGO_BIN_EXE_composegpu"))
        .args(["probe", "--timeout", "30"])
        .envs([("COLUMNS", "50"), ("DOCKER_HOST", "unix:///nowhere/docker.sock")])
        .env("LD_LIBRARY_PATH", stand_in("mixed"))
        .output()
        .expect("it starts");
    let text = String::from_utf8(output.stdout).expect("text");
    let room = |line: &&str| line.chars().count() <= 50 || !line.trim_start().contains(' ');
    let long: Vec<&str> = text.lines().filter(|line| !room(line)).filter(|line| !line.contains("GPU-")).collect();
    assert!(text.lines().count() > 20 && long.is_empty(), "{long:#?}");
}
