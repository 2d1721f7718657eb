//! What lies below the kernel: the container around us, the PCI bus and the firmware.

use super::disk::Disk;
use crate::host::PciGpu;

/// Whether the kernel takes signed modules alone: the last of the five bytes of the firmware's variable
/// (UEFI specification 2.10, section 3.3). No such file is a machine without UEFI.
pub(super) fn is_secure_boot(disk: &Disk) -> Option<bool> {
    const VARIABLE: &str = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    let bytes = disk.bytes(VARIABLE, 16)?;
    bytes.get(4).map(|set| *set == 1)
}

/// The container around us: systemd's own word where it manages one (systemd.io, Container interface), else
/// the marks that engines leave. None of them says that there is none.
pub(super) fn container(disk: &Disk) -> Option<String> {
    let line = |path: &str| disk.text(path).ok().flatten().map(|text| text.trim().to_owned());
    if let Some(kind) = line("/run/systemd/container").filter(|kind| !kind.is_empty()) {
        return Some(kind);
    }
    let is_there = |path: &str| disk.exists(path) == Ok(true);
    let groups = line("/proc/1/cgroup").unwrap_or_default();
    let found = match () {
        () if is_there("/.dockerenv") => "docker",
        () if is_there("/run/.containerenv") => "podman",
        () if groups.contains("/lxc") => "lxc",
        () => return (!groups.is_empty()).then(|| "none".to_owned()),
    };
    Some(found.to_owned())
}

/// Class 03 of the PCI bus with its drivers; `None` where there is no bus to look at.
pub(super) fn pci_gpus(disk: &Disk) -> Option<Vec<PciGpu>> {
    const DEVICES: &str = "/sys/bus/pci/devices";
    let names = disk.names(DEVICES).ok().flatten()?;
    let gpus = names.into_iter().filter_map(|bus_id| {
        let number = |file: &str| {
            let text = disk.text(&format!("{DEVICES}/{bus_id}/{file}")).ok().flatten()?;
            Some(text.trim().trim_start_matches("0x").to_owned())
        };
        if !number("class")?.starts_with("03") {
            return None;
        }
        let driver = disk.link(&format!("{DEVICES}/{bus_id}/driver"));
        Some(PciGpu { vendor: number("vendor")?, device: number("device")?, driver, bus_id })
    });
    Some(gpus.collect())
}
