//! The kernel, its driver, device nodes and platform.

use super::{Settings, disk::Disk, firmware};
use crate::{
    host::{DeviceNode, Distribution, KernelDriver, KernelGpu, SeLinux, System, Version},
    observed::Observed,
};

/// Looks at /proc, /dev, /sys and /etc.
pub(super) fn look(settings: &Settings) -> Observed<System> {
    let disk = Disk::new(&settings.root);
    let line = |path: &str| disk.text(path).ok().flatten().map(|text| text.trim().to_owned());
    let kernel_release = line("/proc/sys/kernel/osrelease");
    let is_there = |path: &str| disk.exists(path) == Ok(true);
    let is_microsoft = kernel_release.as_deref().is_some_and(|text| text.to_lowercase().contains("microsoft"));
    let family = line("/sys/devices/soc0/family").unwrap_or_default().to_lowercase();
    Observed::Known(System {
        kernel_driver: kernel_driver(&disk),
        device_nodes: device_nodes(&disk),
        modules: modules(&disk),
        is_wsl: is_microsoft || is_there("/dev/dxg"),
        is_tegra: is_there("/etc/nv_tegra_release") || family.starts_with("tegra"),
        selinux: selinux(&disk),
        cgroup_version: match () {
            () if is_there("/sys/fs/cgroup/cgroup.controllers") => Some(2),
            () if is_there("/proc/cgroups") => Some(1),
            () => None,
        },
        distribution: distribution(&disk),
        virtual_machine: virtual_machine(&disk),
        container: firmware::container(&disk),
        pci_gpus: firmware::pci_gpus(&disk),
        is_secure_boot: firmware::is_secure_boot(&disk),
        kernel_release,
        architecture: std::env::consts::ARCH.to_owned(),
    })
}

fn kernel_driver(disk: &Disk) -> Observed<Option<KernelDriver>> {
    let path = "/proc/driver/nvidia/version";
    let text = match disk.text(path) {
        Ok(Some(text)) => text,
        Ok(None) => return Observed::Known(None),
        Err(reason) => return Observed::unknown(path, reason),
    };
    let folder = "/proc/driver/nvidia/gpus";
    let names = match disk.names(folder) {
        Ok(names) => names.unwrap_or_default(),
        Err(reason) => return Observed::unknown(folder, reason),
    };
    // The names are bus ids of one width, so that their order is the bus's.
    let gpus = names.into_iter().map(|bus_id| {
        let text = disk.text(&format!("{folder}/{bus_id}/information")).ok().flatten().unwrap_or_default();
        gpu(bus_id, &text)
    });
    Observed::Known(Some(KernelDriver { version: driver_version(&text), gpus: gpus.collect() }))
}

/// `NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.10  Wed Jan 15 …`; open modules have other words
/// before the number.
fn driver_version(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("NVRM version"))?;
    let is_number = |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    line.split_whitespace().find(is_number).filter(|word| Version::parse(word).is_some()).map(str::to_owned)
}

fn gpu(pci_bus_id: String, text: &str) -> KernelGpu {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'))?;
        Some(line.trim().to_owned()).filter(|value| !value.is_empty())
    };
    KernelGpu {
        pci_bus_id,
        uuid: field("GPU UUID").filter(|uuid| !uuid.contains('?')),
        minor: field("Device Minor").and_then(|minor| minor.parse().ok()),
        name: field("Model"),
    }
}

fn device_nodes(disk: &Disk) -> Vec<DeviceNode> {
    let below = |folder: &str| {
        let names = disk.names(folder).ok().flatten().unwrap_or_default();
        names.into_iter().map(|name| format!("{folder}/{name}")).collect::<Vec<_>>()
    };
    let is_gpu = |path: &String| {
        let name = path.trim_start_matches("/dev/");
        name.starts_with("nvidia") || name == "kfd" || name == "dxg"
    };
    let top = below("/dev").into_iter().filter(is_gpu);
    let folders = ["/dev/dri", "/dev/nvidia-caps", "/dev/nvidia-caps-imex-channels"];
    let mut nodes: Vec<DeviceNode> = top
        .chain(folders.iter().flat_map(|folder| below(folder)))
        .filter_map(|path| {
            let (major, minor) = disk.device(&path).ok().flatten()?;
            Some(DeviceNode { path, major, minor })
        })
        .collect();
    nodes.sort_by(|one, other| one.path.cmp(&other.path));
    nodes
}

fn modules(disk: &Disk) -> Observed<Vec<String>> {
    let path = "/proc/modules";
    match disk.text(path) {
        Ok(Some(text)) => {
            let names = text.lines().filter_map(|line| line.split_whitespace().next());
            let is_gpu = |name: &&str| {
                ["nvidia", "vfio", "nouveau"].iter().any(|start| name.starts_with(start))
                    || ["amdgpu", "i915", "xe", "nvgpu"].contains(name)
            };
            let mut names: Vec<String> = names.filter(is_gpu).map(str::to_owned).collect();
            names.sort();
            Observed::Known(names)
        }
        // A kernel without loadable modules has no such file.
        Ok(None) => Observed::unknown(path, "there is no such file"),
        Err(reason) => Observed::unknown(path, reason),
    }
}

fn selinux(disk: &Disk) -> Observed<SeLinux> {
    let path = "/sys/fs/selinux/enforce";
    match disk.text(path) {
        Ok(None) => Observed::Known(SeLinux::Absent),
        Ok(Some(text)) if text.trim() == "1" => Observed::Known(SeLinux::Enforcing),
        Ok(Some(_)) => Observed::Known(SeLinux::Permissive),
        Err(reason) => Observed::unknown(path, reason),
    }
}

fn distribution(disk: &Disk) -> Option<Distribution> {
    let text = |path: &str| disk.text(path).ok().flatten();
    let text = text("/etc/os-release").or_else(|| text("/usr/lib/os-release"))?;
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    };
    Some(Distribution { id: field("ID")?, version_id: field("VERSION_ID"), name: field("PRETTY_NAME") })
}

/// Firmware tables name the hypervisor; where there are none, the processor says that there is one.
fn virtual_machine(disk: &Disk) -> Observed<Option<String>> {
    let line = |path: &str| disk.text(path).ok().flatten().map(|text| text.trim().to_owned());
    let product = line("/sys/class/dmi/id/product_name");
    let vendor = line("/sys/class/dmi/id/sys_vendor");
    let firmware = format!("{} {}", vendor.as_deref().unwrap_or_default(), product.as_deref().unwrap_or_default());
    let known = [
        "QEMU",
        "KVM",
        "VMware",
        "VirtualBox",
        "Xen",
        "Virtual Machine",
        "Amazon EC2",
        "Google",
        "OpenStack",
        "Parallels",
    ];
    if known.iter().any(|name| firmware.contains(name)) {
        return Observed::Known(Some(firmware.trim().to_owned()));
    }
    match line("/proc/cpuinfo") {
        Some(text) if has_hypervisor_flag(&text) => Observed::Known(Some("a hypervisor without a name".to_owned())),
        Some(_) => Observed::Known(None),
        None => Observed::unknown("/proc/cpuinfo", "there is no such file"),
    }
}

fn has_hypervisor_flag(text: &str) -> bool {
    let flags = text.lines().find(|line| line.starts_with("flags"));
    flags.is_some_and(|line| line.split_whitespace().any(|flag| flag == "hypervisor"))
}
