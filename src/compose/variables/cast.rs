//! The paths on which Compose turns text into a number or a boolean after interpolation.
//!
//! Source: compose-go loader/interpolate.go, `interpolateTypeCastMapping` (v2.9.1).

use crate::{
    compose::{
        durations,
        path::{Path, Pattern},
    },
    yaml::Data,
};

#[derive(Clone, Copy)]
enum Kind {
    Bool,
    Int,
    /// Of 32 bits.
    Float,
    Double,
}

const CASTS: &[(Pattern, Kind)] = &[
    ("services.*.cpu_count", Kind::Int),
    ("services.*.cpu_percent", Kind::Float),
    ("services.*.cpu_period", Kind::Int),
    ("services.*.cpu_quota", Kind::Int),
    ("services.*.cpu_rt_period", Kind::Int),
    ("services.*.cpu_rt_runtime", Kind::Int),
    ("services.*.cpus", Kind::Float),
    ("services.*.cpu_shares", Kind::Int),
    ("services.*.init", Kind::Bool),
    ("services.*.deploy.replicas", Kind::Int),
    ("services.*.deploy.update_config.parallelism", Kind::Int),
    ("services.*.deploy.update_config.max_failure_ratio", Kind::Double),
    ("services.*.deploy.rollback_config.parallelism", Kind::Int),
    ("services.*.deploy.rollback_config.max_failure_ratio", Kind::Double),
    ("services.*.deploy.restart_policy.max_attempts", Kind::Int),
    ("services.*.deploy.placement.max_replicas_per_node", Kind::Int),
    ("services.*.healthcheck.retries", Kind::Int),
    ("services.*.healthcheck.disable", Kind::Bool),
    ("services.*.oom_kill_disable", Kind::Bool),
    ("services.*.oom_score_adj", Kind::Int),
    ("services.*.pids_limit", Kind::Int),
    ("services.*.ports.[].target", Kind::Int),
    ("services.*.privileged", Kind::Bool),
    ("services.*.read_only", Kind::Bool),
    ("services.*.scale", Kind::Int),
    ("services.*.stdin_open", Kind::Bool),
    ("services.*.tty", Kind::Bool),
    ("services.*.ulimits.*", Kind::Int),
    ("services.*.ulimits.*.hard", Kind::Int),
    ("services.*.ulimits.*.soft", Kind::Int),
    ("services.*.volumes.[].read_only", Kind::Bool),
    ("services.*.volumes.[].volume.nocopy", Kind::Bool),
    ("networks.*.external", Kind::Bool),
    ("networks.*.internal", Kind::Bool),
    ("networks.*.attachable", Kind::Bool),
    ("networks.*.enable_ipv4", Kind::Bool),
    ("networks.*.enable_ipv6", Kind::Bool),
    ("volumes.*.external", Kind::Bool),
    ("secrets.*.external", Kind::Bool),
    ("configs.*.external", Kind::Bool),
];

/// The data that the path asks for; `None` where it asks for none; what it takes where the
/// text is not that.
pub(in crate::compose) fn cast(path: &Path, text: &str) -> Option<Result<Data, &'static str>> {
    let steps = path.steps().len();
    if !(3..=5).contains(&steps) {
        return None;
    }
    let (_, kind) = CASTS.iter().find(|(pattern, _)| path.matches(pattern))?;
    Some(match kind {
        Kind::Bool => boolean(text).map(Data::Bool).ok_or("true or false"),
        Kind::Int => text.parse().map(Data::Int).map_err(|_| "a whole number"),
        Kind::Float => durations::parse_float(text).filter(fits_32_bits).map(Data::Float).ok_or("a number"),
        Kind::Double => durations::parse_float(text).map(Data::Float).ok_or("a number"),
    })
}

/// Not where only rounding to 32 bits makes an infinity of it.
fn fits_32_bits(number: &f64) -> bool {
    !number.is_finite() || (*number as f32).is_finite()
}

/// The words of YAML 1.1 count here, and only here.
pub(in crate::compose) fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "y" | "yes" | "on" => Some(true),
        "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}
