//! What `probe` sees below a folder that stands for `/`: the bus, the firmware, the container around it,
//! units and hooks that were left behind.
#![cfg(all(feature = "probe", target_os = "linux"))]
#![expect(clippy::disallowed_methods, reason = "a test makes files")]

use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::Path, time::Duration};

use composegpu::{
    host::{HostFacts, SpecOutcome},
    probe::{Settings, probe},
};
use tempfile::TempDir;

fn look(root: &Path) -> HostFacts {
    let environment = BTreeMap::from([("DOCKER_HOST".to_owned(), "unix:///nowhere/docker.sock".to_owned())]);
    let timeout = Duration::from_secs(30);
    probe(&Settings { timeout, environment, root: root.to_owned(), nvml_command: None })
}

fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, content).expect("a file");
}

/// A device of the bus, and its driver.
fn device(root: &Path, bus_id: &str, class: &str, vendor: &str, driver: Option<&str>) {
    let folder = format!("sys/bus/pci/devices/{bus_id}");
    write(root, &format!("{folder}/class"), format!("{class}\n"));
    write(root, &format!("{folder}/vendor"), format!("{vendor}\n"));
    write(root, &format!("{folder}/device"), "0x1b80\n");
    if let Some(driver) = driver {
        symlink(format!("../../../../bus/pci/drivers/{driver}"), root.join(folder).join("driver")).expect("a link");
    }
}

#[test]
fn gpus_on_the_bus_have_their_drivers() {
    let root = TempDir::new().expect("a folder");
    assert_eq!(look(root.path()).system.known().expect("it is seen").pci_gpus, None, "there is no bus");
    device(root.path(), "0000:02:00.0", "0x030200", "0x10de", None);
    device(root.path(), "0000:01:00.0", "0x030000", "0x10de", Some("vfio-pci"));
    device(root.path(), "0000:00:02.0", "0x030000", "0x8086", Some("i915"));
    device(root.path(), "0000:01:00.1", "0x040300", "0x10de", Some("snd_hda_intel"));
    let facts = look(root.path());
    let gpus = facts.system.known().expect("it is seen").pci_gpus.as_deref().expect("there is a bus");
    let told: Vec<_> =
        gpus.iter().map(|gpu| (gpu.bus_id.as_str(), gpu.vendor.as_str(), gpu.driver.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("0000:00:02.0", "8086", Some("i915")),
            ("0000:01:00.0", "10de", Some("vfio-pci")),
            ("0000:02:00.0", "10de", None),
        ]
    );
    assert_eq!(gpus[1].device, "1b80");
}

#[test]
fn secure_boot_is_the_last_byte_of_its_variable() {
    let root = TempDir::new().expect("a folder");
    let variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    let look = || look(root.path()).system.known().expect("it is seen").is_secure_boot;
    assert_eq!(look(), None, "no UEFI");
    write(root.path(), variable, [6, 0, 0, 0, 1]);
    assert_eq!(look(), Some(true));
    write(root.path(), variable, [6, 0, 0, 0, 0]);
    assert_eq!(look(), Some(false));
    write(root.path(), variable, [6, 0]);
    assert_eq!(look(), None, "cut off");
}

#[test]
fn the_container_around_it_is_named() {
    let look = |files: &[(&str, &str)]| {
        let root = TempDir::new().expect("a folder");
        files.iter().for_each(|(path, text)| write(root.path(), path, text));
        look(root.path()).system.known().expect("it is seen").container.clone()
    };
    assert_eq!(look(&[]), None, "nothing tells");
    assert_eq!(look(&[("proc/1/cgroup", "0::/init.scope\n")]).as_deref(), Some("none"));
    assert_eq!(look(&[("proc/1/cgroup", "4:devices:/lxc/media\n")]).as_deref(), Some("lxc"));
    assert_eq!(look(&[("run/systemd/container", "lxc\n"), ("proc/1/cgroup", "0::/\n")]).as_deref(), Some("lxc"));
    assert_eq!(look(&[(".dockerenv", "")]).as_deref(), Some("docker"));
    assert_eq!(look(&[("run/.containerenv", "")]).as_deref(), Some("podman"));
}

#[test]
fn units_and_hooks_are_found_once() {
    let root = TempDir::new().expect("a folder");
    let facts = look(root.path());
    let toolkit = facts.toolkit.known().expect("it is seen");
    assert_eq!((toolkit.refresh_units.as_deref(), toolkit.oci_hooks.as_deref()), (Some(&[][..]), Some(&[][..])));
    write(root.path(), "usr/lib/systemd/system/nvidia-cdi-refresh.service", "[Service]\n");
    symlink("usr/lib", root.path().join("lib")).expect("a link");
    write(root.path(), "usr/share/containers/oci/hooks.d/oci-nvidia-hook.json", "{}");
    let facts = look(root.path());
    let toolkit = facts.toolkit.known().expect("it is seen");
    let unit = "/lib/systemd/system/nvidia-cdi-refresh.service".to_owned();
    assert_eq!(toolkit.refresh_units.as_deref(), Some(&[unit][..]));
    let hook = "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json".to_owned();
    assert_eq!(toolkit.oci_hooks.as_deref(), Some(&[hook][..]));
}

#[test]
fn nodes_of_a_whole_spec_are_kept() {
    let root = TempDir::new().expect("a folder");
    let spec = "\
cdiVersion: 0.5.0
kind: nvidia.com/gpu
devices:
- name: '0'
  containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
containerEdits:
  deviceNodes: [{path: /dev/nvidiactl}, {path: /dev/nvidia-uvm}]
";
    write(root.path(), "etc/cdi/nvidia.yaml", spec);
    let facts = look(root.path());
    let file = &facts.cdi.known().expect("it is seen").dirs[0].files[0];
    let SpecOutcome::Read(spec) = &file.outcome else { panic!("{file:?}") };
    assert_eq!(spec.nodes.as_deref(), Some(&["/dev/nvidiactl".to_owned(), "/dev/nvidia-uvm".to_owned()][..]));
    assert_eq!(spec.devices[0].nodes, ["/dev/nvidia0"]);
}
