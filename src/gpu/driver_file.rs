//! Files of the host's NVIDIA driver, which a GPU request brings into a container by itself.

use crate::{compose::Mount, image::is_driver_file};

/// The part of the driver that a mount brings, as a name to show; `None` for any other mount.
pub fn driver_part<'a>(mount: &Mount<'a>) -> Option<&'a str> {
    if mount.kind == "volume" {
        return mount.source.starts_with("nvidia_driver_").then_some(mount.source);
    }
    let name = |path: &'a str| path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    if let Some(name) = [name(mount.source), name(mount.target)].into_iter().find(|name| is_driver_file(name)) {
        return Some(name);
    }
    is_driver_folder(mount.source).then_some(mount.source)
}

/// `/usr/local/nvidia`, or a folder of one driver version such as `/usr/lib/nvidia-384`.
fn is_driver_folder(path: &str) -> bool {
    let is_versioned = path
        .strip_prefix("/usr/lib/nvidia-")
        .is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()));
    is_versioned || path == "/usr/local/nvidia" || path.starts_with("/usr/local/nvidia/")
}
