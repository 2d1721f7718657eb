//! Which attribute has which shape, in the order that Compose prints them
//! (compose-go types/types.go and its neighbours, v2.9.1; held to by fixtures/merge).

use super::{
    Field,
    Shape::*,
    Shown::*,
    field,
    table_deploy::{BLKIO, DEPLOY, DEVICE_REQUESTS},
};

/// The top level, in the order of the YAML form.
pub(super) static PROJECT: &[Field] = &[
    field("name", &Text, Filled),
    field("services", &Map(&Struct(SERVICE)), Always),
    field("networks", &Map(&Struct(NETWORK)), Filled),
    field("volumes", &Map(&Struct(VOLUME)), Filled),
    field("secrets", &Map(&Struct(FILE_OBJECT)), Filled),
    field("configs", &Map(&Struct(FILE_OBJECT)), Filled),
    field("models", &Map(&Struct(MODEL)), YamlOnly),
];

static SERVICE: &[Field] = &[
    field("profiles", &Texts, Filled),
    field("annotations", &Labels, Filled),
    field("attach", &Flag, Set),
    field("build", &Struct(BUILD), Set),
    field("develop", &Struct(&[field("watch", &List(&Struct(WATCH)), Filled)]), Set),
    field("blkio_config", &Struct(BLKIO), Set),
    field("cap_add", &Texts, Filled),
    field("cap_drop", &Texts, Filled),
    field("cgroup_parent", &Text, Filled),
    field("cgroup", &Text, Filled),
    field("cpu_count", &Whole, Filled),
    field("cpu_percent", &Decimal, Filled),
    field("cpu_period", &Whole, Filled),
    field("cpu_quota", &Whole, Filled),
    field("cpu_rt_period", &Whole, Filled),
    field("cpu_rt_runtime", &Whole, Filled),
    field("cpus", &Decimal, Filled),
    field("cpuset", &Text, Filled),
    field("cpu_shares", &Whole, Filled),
    field("command", &Words, Nullable),
    field("configs", &List(&Struct(FILE_MOUNT)), Filled),
    field("container_name", &Text, Filled),
    field("credential_spec", &Struct(CREDENTIAL_SPEC), Set),
    field("depends_on", &Map(&Struct(DEPENDENCY)), Filled),
    field("deploy", &Struct(DEPLOY), Set),
    field("device_cgroup_rules", &Texts, Filled),
    field("devices", &List(&Struct(DEVICE)), Filled),
    field("dns", &Texts, Filled),
    field("dns_opt", &Texts, Filled),
    field("dns_search", &Texts, Filled),
    field("domainname", &Text, Filled),
    field("entrypoint", &Words, Nullable),
    field("provider", &Struct(&[field("type", &Text, Filled), field("options", &MultiOptions, Filled)]), Set),
    field("environment", &Variables, Filled),
    field("env_file", &List(&Closed(ENV_FILE)), Filled),
    field("label_file", &Texts, Filled),
    field("expose", &Texts, Filled),
    field("external_links", &Texts, Filled),
    field("extra_hosts", &Hosts, Filled),
    field("group_add", &List(&Strict), Filled),
    field("gpus", &DEVICE_REQUESTS, Filled),
    field("hostname", &Text, Filled),
    field("healthcheck", &Struct(HEALTHCHECK), Set),
    field("image", &Text, Filled),
    field("init", &Flag, Set),
    field("ipc", &Text, Filled),
    field("isolation", &Text, Filled),
    field("labels", &Labels, Filled),
    field("links", &Texts, Filled),
    field("logging", &Struct(&[field("driver", &Text, Filled), field("options", &Labels, Filled)]), Set),
    field("mem_limit", &Bytes, Filled),
    field("mem_reservation", &Bytes, Filled),
    field("memswap_limit", &Bytes, Filled),
    field("mem_swappiness", &Bytes, Filled),
    field("mac_address", &Text, Filled),
    field("models", &Map(&Struct(MODEL_USE)), Filled),
    field("network_mode", &Text, Filled),
    field("networks", &Map(&Struct(SERVICE_NETWORK)), Filled),
    field("oom_kill_disable", &Flag, Filled),
    field("oom_score_adj", &Whole, Filled),
    field("pid", &Text, Filled),
    field("pids_limit", &Whole, Filled),
    field("platform", &Text, Filled),
    field("ports", &List(&Struct(PORT)), Filled),
    field("privileged", &Flag, Filled),
    field("pull_policy", &Text, Filled),
    field("read_only", &Flag, Filled),
    field("restart", &Text, Filled),
    field("runtime", &Text, Filled),
    field("scale", &Whole, Set),
    field("secrets", &List(&Struct(FILE_MOUNT)), Filled),
    field("security_opt", &Texts, Filled),
    field("shm_size", &Bytes, Filled),
    field("stdin_open", &Flag, Filled),
    field("stop_grace_period", &Duration, Set),
    field("stop_signal", &Text, Filled),
    field("storage_opt", &Map(&Strict), Filled),
    field("sysctls", &Labels, Filled),
    field("tmpfs", &Texts, Filled),
    field("tty", &Flag, Filled),
    field("ulimits", &Map(&Ulimit), Filled),
    field("use_api_socket", &Flag, Filled),
    field("user", &Text, Filled),
    field("userns_mode", &Text, Filled),
    field("uts", &Text, Filled),
    field("volumes", &List(&Struct(MOUNT)), Filled),
    field("volumes_from", &Texts, Filled),
    field("working_dir", &Text, Filled),
    field("post_start", &List(&Struct(HOOK)), Filled),
    field("pre_stop", &List(&Struct(HOOK)), Filled),
];

static BUILD: &[Field] = &[
    field("context", &Text, Filled),
    field("dockerfile", &Text, Filled),
    field("dockerfile_inline", &Text, Filled),
    field("entitlements", &Texts, Filled),
    field("args", &Variables, Filled),
    field("provenance", &Text, Filled),
    field("sbom", &Text, Filled),
    field("ssh", &Ssh, Filled),
    field("labels", &Labels, Filled),
    field("cache_from", &Texts, Filled),
    field("cache_to", &Texts, Filled),
    field("no_cache", &Flag, Filled),
    field("additional_contexts", &Labels, Filled),
    field("pull", &Flag, Filled),
    field("extra_hosts", &Hosts, Filled),
    field("isolation", &Text, Filled),
    field("network", &Text, Filled),
    field("target", &Text, Filled),
    field("secrets", &List(&Struct(FILE_MOUNT)), Filled),
    field("shm_size", &Bytes, Filled),
    field("tags", &Texts, Filled),
    field("ulimits", &Map(&Ulimit), Filled),
    field("platforms", &Texts, Filled),
    field("privileged", &Flag, Filled),
];

static WATCH: &[Field] = &[
    field("path", &Text, Always),
    field("action", &Text, Always),
    field("target", &Text, Filled),
    field("exec", &Struct(HOOK), Hollow),
    field("include", &Texts, Filled),
    field("ignore", &Texts, Filled),
    field("initial_sync", &Flag, Filled),
];

static HOOK: &[Field] = &[
    field("command", &Words, Nullable),
    field("user", &Text, Filled),
    field("privileged", &Flag, Filled),
    field("working_dir", &Text, Filled),
    field("environment", &Variables, Filled),
];

static CREDENTIAL_SPEC: &[Field] =
    &[field("config", &Text, Filled), field("file", &Text, Filled), field("registry", &Text, Filled)];

static DEPENDENCY: &[Field] =
    &[field("condition", &Text, Filled), field("restart", &Flag, Filled), field("required", &Flag, Always)];

static DEVICE: &[Field] =
    &[field("source", &Text, Filled), field("target", &Text, Filled), field("permissions", &Text, Filled)];

static ENV_FILE: &[Field] =
    &[field("path", &Text, Filled), field("required", &Flag, Always), field("format", &Text, Filled)];

static FILE_MOUNT: &[Field] = &[
    field("source", &Text, Filled),
    field("target", &Text, Filled),
    field("uid", &Text, Filled),
    field("gid", &Text, Filled),
    field("mode", &Mode, Set),
];

static HEALTHCHECK: &[Field] = &[
    field("test", &HealthTest, Filled),
    field("timeout", &Duration, Set),
    field("interval", &Duration, Set),
    field("retries", &Natural, Set),
    field("start_period", &Duration, Set),
    field("start_interval", &Duration, Set),
    field("disable", &Flag, Filled),
];

static MODEL_USE: &[Field] = &[field("endpoint_var", &Text, Filled), field("model_var", &Text, Filled)];

static MODEL: &[Field] = &[
    field("name", &Text, Filled),
    field("model", &Text, Filled),
    field("context_size", &Whole, Filled),
    field("runtime_flags", &Texts, Filled),
];

static SERVICE_NETWORK: &[Field] = &[
    field("aliases", &Texts, Filled),
    field("driver_opts", &Labels, Filled),
    field("gw_priority", &Whole, Filled),
    field("interface_name", &Text, Filled),
    field("ipv4_address", &Text, Filled),
    field("ipv6_address", &Text, Filled),
    field("link_local_ips", &Texts, Filled),
    field("mac_address", &Text, Filled),
    field("priority", &Whole, Filled),
];

static PORT: &[Field] = &[
    field("name", &Text, Filled),
    field("mode", &Text, Filled),
    field("host_ip", &Text, Filled),
    field("target", &Small(0xffff_ffff), Filled),
    field("published", &Text, Filled),
    field("protocol", &Text, Filled),
    field("app_protocol", &Text, Filled),
];

static MOUNT: &[Field] = &[
    field("type", &Text, Filled),
    field("source", &Text, Filled),
    field("target", &Text, Filled),
    field("read_only", &Flag, Filled),
    field("consistency", &Text, Filled),
    field("bind", &Struct(BIND), Set),
    field("volume", &Struct(MOUNT_VOLUME), Set),
    field("tmpfs", &Struct(&[field("size", &Bytes, Filled), field("mode", &Small(0xffff_ffff), Filled)]), Set),
    field("image", &Struct(&[field("subpath", &Text, Filled)]), Set),
];

static BIND: &[Field] = &[
    field("selinux", &Text, Filled),
    field("propagation", &Text, Filled),
    field("create_host_path", &Flag, Filled),
    field("recursive", &Text, Filled),
];

static MOUNT_VOLUME: &[Field] =
    &[field("labels", &Labels, Filled), field("nocopy", &Flag, Filled), field("subpath", &Text, Filled)];

static NETWORK: &[Field] = &[
    field("name", &Text, Filled),
    field("driver", &Text, Filled),
    field("driver_opts", &Labels, Filled),
    field("ipam", &Struct(&[field("driver", &Text, Filled), field("config", &List(&Closed(POOL)), Filled)]), Hollow),
    field("external", &Flag, Filled),
    field("internal", &Flag, Filled),
    field("attachable", &Flag, Filled),
    field("labels", &Labels, Filled),
    field("enable_ipv4", &Flag, Set),
    field("enable_ipv6", &Flag, Set),
];

static POOL: &[Field] = &[
    field("subnet", &Text, Filled),
    field("gateway", &Text, Filled),
    field("ip_range", &Text, Filled),
    field("aux_addresses", &Labels, Filled),
];

static VOLUME: &[Field] = &[
    field("name", &Text, Filled),
    field("driver", &Text, Filled),
    field("driver_opts", &Labels, Filled),
    field("external", &Flag, Filled),
    field("labels", &Labels, Filled),
];

static FILE_OBJECT: &[Field] = &[
    field("name", &Text, Filled),
    field("file", &Text, Filled),
    field("environment", &Text, Filled),
    field("content", &Text, Filled),
    field("external", &Flag, Filled),
    field("labels", &Labels, Filled),
    field("driver", &Text, Filled),
    field("driver_opts", &Map(&Strict), Filled),
    field("template_driver", &Text, Filled),
];
