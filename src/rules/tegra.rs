//! Which services are for Jetson and other Tegra boards: by the names that people give to files, images and
//! services, and by what only these boards have.

use super::{ServiceCx, together::file_is_for, used_image};
use crate::compose::mounts;

/// Words in names that mean such a board, or NVIDIA's Linux for it.
const WORDS: [&str; 4] = ["jetson", "tegra", "l4t", "jetpack"];

/// Paths of the host that only such a board has: the socket of its cameras, the mark of its system, its
/// libraries, the socket of jetson-stats.
const OWN_PATHS: [&str; 4] =
    ["/tmp/argus_socket", "/etc/nv_tegra_release", "/usr/lib/aarch64-linux-gnu/tegra", "/run/jtop.sock"];

/// Images for these boards alone (dusty-nv/jetson-containers `README.md`, 0050f37).
const PUBLISHER: &str = "dustynv/";

/// Whether a service is made for such a board.
pub(super) fn is_for_tegra(cx: &ServiceCx<'_>) -> bool {
    let is_own_file = || {
        let mut files = cx.requests.iter().map(|request| request.span().file);
        files.any(|file| WORDS.iter().any(|word| file_is_for(cx.project, file, word)))
    };
    let is_own_image = || {
        let images = used_image::all(cx);
        images.iter().any(|image| image.is_run && (has_word(&image.text) || image.text.starts_with(PUBLISHER)))
    };
    let is_own_name =
        || ["image", "container_name"].iter().filter_map(|key| cx.service.get(key)?.as_str()).any(has_word);
    let has_own_path =
        || mounts(cx.service).iter().any(|mount| OWN_PATHS.iter().any(|path| mount.source.starts_with(path)));
    has_word(cx.name) || is_own_name() || is_own_file() || is_own_image() || is_own_recipe(cx) || has_own_path()
}

/// A Dockerfile such as `Dockerfile.jetson`.
fn is_own_recipe(cx: &ServiceCx<'_>) -> bool {
    let dockerfile = cx.service.get("build").and_then(|build| build.get("dockerfile"));
    dockerfile.and_then(|path| path.as_str()).is_some_and(has_word)
}

fn has_word(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| WORDS.contains(&part))
}
