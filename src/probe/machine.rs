//! What the machine is: NVIDIA GPUs on its bus, Secure Boot, and a container around all of it.

use super::disk::Disk;
use crate::host::PciGpu;

const BUS: &str = "/sys/bus/pci/devices";

/// NVIDIA's display controllers (PCI base class 03) with the driver that holds each; `None` where the bus
/// cannot be seen.
pub(super) fn nvidia_gpus(disk: &Disk) -> Option<Vec<PciGpu>> {
    let addresses = disk.names(BUS).ok().flatten()?;
    let line = |address: &str, file: &str| disk.text(&format!("{BUS}/{address}/{file}")).ok().flatten();
    let is_gpu = |address: &String| {
        line(address, "vendor").is_some_and(|vendor| vendor.trim() == "0x10de")
            && line(address, "class").is_some_and(|class| class.starts_with("0x03"))
    };
    let gpu = |address: String| {
        let driver = disk.real_path(&format!("{BUS}/{address}/driver"));
        PciGpu { driver: driver.and_then(|path| path.rsplit('/').next().map(str::to_owned)), address }
    };
    Some(addresses.into_iter().filter(is_gpu).map(gpu).collect())
}

/// The last byte of the variable that the firmware sets (UEFI specification, 3.3); `None` without UEFI.
pub(super) fn secure_boot(disk: &Disk) -> Option<bool> {
    let variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    let text = disk.text(variable).ok().flatten()?;
    text.as_bytes().last().map(|byte| *byte == 1)
}

/// As systemd writes it for its guests to read (container interface of systemd), such as `lxc`.
pub(super) fn container(disk: &Disk) -> Option<String> {
    let text = disk.text("/run/systemd/container").ok().flatten()?;
    Some(text.trim().to_owned()).filter(|name| !name.is_empty())
}
