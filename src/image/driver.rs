//! Names of files and packages that belong to NVIDIA's driver. They have to come from the host, where
//! the driver's kernel half is.

/// Beginnings of file names that belong to the driver, not to CUDA's toolkit.
const LIBRARIES: &[&str] = &[
    "libcuda.so",
    "libcudadebugger.so",
    "libnvcuvid.so",
    "libnvidia-",
    "libnvoptix.so",
    "libGLX_nvidia.so",
    "libEGL_nvidia.so",
];

/// Programs that come with the driver.
const PROGRAMS: &[&str] = &["nvidia-smi", "nvidia-debugdump", "nvidia-persistenced", "nvidia-modprobe"];

/// Whether a file's name is one of the driver's libraries or programs.
pub fn is_driver_file(name: &str) -> bool {
    LIBRARIES.iter().any(|start| name.starts_with(start)) && !name.starts_with("libnvidia-container")
        || PROGRAMS.contains(&name)
}

/// Beginnings of names of packages of the driver.
/// Source: packages.debian.org, `libcuda1` (535) and what it depends on; what apt lists for
/// `cuda-drivers-520` of NVIDIA's repository (forums.developer.nvidia.com, topic 238891); milvus.io,
/// "Install Milvus Standalone with GPU Support" (`nvidia-headless-545`).
const PACKAGES: &[&str] = &[
    "nvidia-driver",
    "nvidia-headless",
    "nvidia-dkms",
    "nvidia-kernel-",
    "nvidia-open-kernel-",
    "nvidia-utils-",
    "nvidia-compute-utils",
    "cuda-drivers",
    "libcuda1",
    "libnvidia-compute",
    "libnvidia-gl",
    "libnvidia-encode",
    "libnvidia-decode",
    "libnvidia-cfg1",
    "libnvidia-fbc1",
    "libnvidia-ptxjitcompiler1",
    "xserver-xorg-video-nvidia",
];

/// Whether a package is a part of the driver.
pub(super) fn is_driver_package(name: &str) -> bool {
    PACKAGES.iter().any(|start| name.starts_with(start))
}

/// Whether a package of NVIDIA's CUDA repositories depends on the driver: `cuda`, `cuda-12-4` and
/// `cuda-runtime-12-4` do, `cuda-toolkit-12-4` does not.
/// Source: forums.developer.nvidia.com, topic 238891: installing `cuda-11-8`, which depends on
/// `cuda-runtime-11-8`, brings `cuda-drivers`. Of `cuda` alone it was not verified
/// (`Practice::is_presumed`).
pub(super) fn depends_on_driver(name: &str) -> bool {
    let is_version = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '-');
    let versioned = ["cuda-runtime-", "cuda-"].iter().find_map(|start| name.strip_prefix(start));
    name == "cuda" || versioned.is_some_and(is_version)
}
