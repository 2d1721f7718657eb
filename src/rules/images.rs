//! Images by their names, whichever registry they come from.

use crate::yaml::Value;

/// The image of a service without its registry, its tag and its digest: `vllm/vllm-openai`.
pub(super) fn repository(service: &Value) -> Option<&str> {
    let image = service.get("image").filter(|image| image.hole.is_none())?.as_str()?;
    let image = image.split('@').next().unwrap_or(image);
    let front = image.rfind('/').map_or(0, |at| at + 1);
    let image = image[front..].find(':').map_or(image, |colon| &image[..front + colon]);
    Some(match image.split_once('/') {
        Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => rest,
        _ => image,
    })
}

/// The tag of a service's image.
pub(super) fn tag(service: &Value) -> Option<&str> {
    let image = service.get("image").filter(|image| image.hole.is_none())?.as_str()?;
    let name = image.rsplit('/').next()?;
    name.split('@').next()?.split_once(':').map(|(_, tag)| tag)
}

/// Whether the image is one of these repositories.
pub(super) fn is_one_of(service: &Value, repositories: &[&str]) -> bool {
    repository(service).is_some_and(|repository| repositories.contains(&repository))
}

/// Whether the image only reads a GPU's counters, through the management library, and takes none of its memory.
pub(super) fn is_gpu_monitor(service: &Value) -> bool {
    const MONITORS: [&str; 5] =
        ["dcgm-exporter", "nvidia_gpu_exporter", "nvidia-gpu-exporter", "nvidia_gpu_prometheus_exporter", "dcgm"];
    repository(service).and_then(|name| name.rsplit('/').next()).is_some_and(|name| MONITORS.contains(&name))
}

/// Whether the image decodes and encodes video by the GPU, for which it keeps little in its memory.
pub(super) fn is_video_server(service: &Value) -> bool {
    const VIDEO: [&str; 15] = [
        "jellyfin/jellyfin",
        "linuxserver/jellyfin",
        "linuxserver/plex",
        "linuxserver/emby",
        "emby/embyserver",
        "plexinc/pms-docker",
        "haveagitgat/tdarr",
        "haveagitgat/tdarr_node",
        "blakeblackshear/frigate",
        "immich-app/immich-server",
        "josh5/unmanic",
        "revenz/fileflows",
        "jasongdove/ersatztv",
        "jlesage/handbrake",
        "stashapp/stash",
    ];
    is_one_of(service, &VIDEO)
}
