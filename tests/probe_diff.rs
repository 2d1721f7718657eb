//! `probe --redact` and `probe --against`: facts that others may see, and what changed since they were
//! recorded.

use std::{collections::BTreeSet, fs, path::Path};

use composegpu::host::{HostFacts, NvmlDevice};
use serde_json::Value;

#[expect(clippy::disallowed_methods, reason = "a test reads fixtures")]
fn recorded(name: &str) -> HostFacts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(format!("{name}.json"));
    HostFacts::from_json(&fs::read_to_string(path).expect("it is there")).expect("it is a recording")
}

/// A text without the names of a machine, which stands in every place that has one.
fn named() -> HostFacts {
    let text = recorded("cluster-projector").to_json();
    let text = text
        .replace("unix://$LAB/docker.sock", "tcp://projector.lan:2375")
        .replace("unix:///var/run/docker.sock", "tcp://projector.lan:2375")
        .replace("\"warnings\": []", "\"warnings\": [\"projector.lan and projector have no swap, projectors do\"]")
        .replace("/var/lib/docker", "/home/zoe/docker");
    HostFacts::from_json(&text).expect("it keeps its shape")
}

fn uuids(text: &str) -> BTreeSet<&str> {
    text.split(['"', '=', ' ']).filter(|part| part.starts_with("GPU-") || part.starts_with("MIG-")).collect()
}

#[test]
fn redacted_facts_name_nobody_and_still_fit_together() {
    let facts = named();
    let redacted = facts.redacted(&["projector".to_owned()]);
    let (before, after) = (facts.to_json(), redacted.to_json());
    assert!(uuids(&before).len() == 4 && uuids(&after).len() == 4, "{:?}", uuids(&after));
    assert!(uuids(&before).is_disjoint(&uuids(&after)));
    for name in ["projector.lan", "zoe", "c1a5-4e00"] {
        assert!(before.contains(name) && !after.contains(name), "{name}");
    }
    assert!(after.contains("host and host have no swap, projectors do"), "{after}");
    let docker = redacted.docker.known().expect("it was seen");
    assert_eq!((docker.endpoint.as_str(), docker.root_dir.as_deref()), ("tcp://host:2375", Some("/home/user/docker")));
    // The names of CDI, the driver and the engine are still those of the same GPUs.
    let nvml = redacted.nvml.known().and_then(Option::as_ref).expect("it was seen");
    let by_driver: Vec<&str> = nvml.devices.iter().filter_map(|device| device.uuid.as_deref()).collect();
    assert_eq!(by_driver[1], "GPU-00000000-0000-0000-0000-000000000002");
    let names = redacted.spec_names("nvidia.com/gpu");
    assert!(by_driver.iter().all(|uuid| names.contains(*uuid)), "{names:?}");
    let listed = docker.discovered_devices.as_ref().expect("it lists them");
    assert!(listed.iter().any(|device| device.id == format!("nvidia.com/gpu={}", by_driver[3])));
    assert!(redacted.is_redacted());
    assert_eq!(redacted.redacted(&[]), redacted, "twice is once");
}

#[test]
fn instances_keep_their_names_apart() {
    let redacted = recorded("mig").redacted(&[]);
    let nvml = redacted.nvml.known().and_then(Option::as_ref).expect("it was seen");
    let instances: Vec<&str> = nvml.devices[0].mig_devices.iter().filter_map(|mig| mig.uuid.as_deref()).collect();
    assert_eq!(instances, ["MIG-00000000-0000-0000-0000-000000000002", "MIG-00000000-0000-0000-0000-000000000003"]);
    assert!(instances.iter().all(|uuid| redacted.spec_names("nvidia.com/gpu").contains(*uuid)));
}

fn changed(change: impl FnOnce(&mut Value)) -> HostFacts {
    let mut value = serde_json::to_value(recorded("cluster-projector")).expect("plain data");
    change(&mut value);
    HostFacts::from_json(&value.to_string()).expect("it keeps its shape")
}

fn paths(later: &HostFacts) -> Vec<(String, bool)> {
    let differences = recorded("cluster-projector").differences(later);
    differences.into_iter().map(|one| (one.path, one.matters)).collect()
}

#[test]
fn what_decides_something_is_told_from_what_does_not() {
    assert_eq!(paths(&recorded("cluster-projector")), []);
    let later = changed(|facts| {
        facts["recorded"]["at"] = "2027-01-01T00:00:00Z".into();
        facts["docker"]["known"]["kernel_version"] = "6.99".into();
        facts["docker"]["known"]["warnings"] = serde_json::json!(["no swap"]);
    });
    let aside = ["docker.warnings", "docker.kernel_version"].map(|path| (path.to_owned(), false));
    assert_eq!(paths(&later), aside);

    let later = changed(|facts| {
        facts["docker"]["known"]["runtimes"]["nvidia"] = Value::Null;
        let runtimes = facts["docker"]["known"]["runtimes"].as_object_mut().expect("a map");
        runtimes.remove("nvidia");
        runtimes.insert("kata".to_owned(), serde_json::json!({"path": "/usr/bin/kata", "status": null}));
        let devices = facts["nvml"]["known"]["devices"].as_array_mut().expect("a list");
        devices.remove(3);
        devices[2]["memory_mib"] = 3072.into();
        facts["toolkit"] = serde_json::json!({"unknown": {"source": "toolkit", "reason": "no answer in 2 s"}});
    });
    let wanted = [
        "docker.runtimes.nvidia",
        "docker.runtimes.kata",
        "toolkit",
        "nvml.devices[00000000:03:00.0].memory_mib",
        "nvml.devices[00000000:04:00.0]",
    ];
    let found = paths(&later);
    assert!(found.iter().all(|(_, matters)| *matters), "{found:?}");
    let found: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_field_that_an_older_recording_lacks_is_no_difference() {
    let without = |device: &NvmlDevice| NvmlDevice { architecture: None, is_persistent: None, ..device.clone() };
    let mut older = recorded("cluster-projector");
    let nvml = older.nvml.known().and_then(Option::as_ref).expect("it was seen").clone();
    let devices = nvml.devices.iter().map(without).collect();
    older.nvml = composegpu::observed::Observed::Known(Some(composegpu::host::Nvml { devices, ..nvml }));
    assert_eq!(older.differences(&recorded("cluster-projector")), []);
}
