//! What `doctor` says of each staged host, for tests on recorded facts and on the engines themselves.

/// What doctor says of each host beyond [`STAND_IN`], by hand from what was staged there.
pub(crate) const HOSTS: &[(&str, &[&str])] = &[
    ("bare", &[]),
    ("cdi-conflict", &["CH028"]),
    ("cdi-customdir", &[]),
    ("cdi-malformed", &["CH029"]),
    ("cdi-off", &["CH010"]),
    ("cdi-ok", &[]),
    // Stale in /etc/cdi, good in /var/run/cdi, which is empty after a boot.
    ("cdi-shadow", &["CH008", "CH027"]),
    ("cdi-stale-lib", &["CH008"]),
    ("cdi-stale-node", &["CH008"]),
    ("cdi-uuid", &["CH030"]),
    ("default-auto", &["CH031"]),
    ("default-cdi", &["CH031"]),
    ("default-cdi-nohook", &["CH001", "CH031"]),
    ("default-legacy", &["CH031"]),
    ("e20-cdi-on", &["CH001", "CH020"]),
    ("e20-default-cdi", &["CH031"]),
    ("e20-full-auto", &[]),
    ("e20-full-cdi", &["CH011"]),
    ("e20-full-legacy", &[]),
    ("e20-hook-only", &["CH002"]),
    ("e20-stock", &["CH001"]),
    ("e26-cdi-conflict", &["CH028"]),
    ("e26-cdi-malformed", &["CH029"]),
    ("e26-cdi-nospec", &["CH001", "CH026"]),
    ("e26-cdi-ok", &[]),
    ("e26-cdi-stale-lib", &["CH008"]),
    ("e26-full-auto", &["CH010"]),
    ("e26-full-cdi", &["CH011"]),
    ("e26-full-legacy", &["CH010"]),
    ("e26-stock", &["CH010"]),
    // An AMD spec alone, on a machine whose driver is NVIDIA's.
    ("e28-amd", &["CH001"]),
    ("e28-stale-hook", &["CH008"]),
    ("full-auto", &[]),
    ("full-auto-cdioff", &["CH010"]),
    ("full-auto-nospec", &["CH026"]),
    ("full-auto-nvml", &["CH008"]),
    ("full-cdi", &["CH011"]),
    ("full-cdi-nospec", &["CH011", "CH019", "CH026"]),
    ("full-cdi-stale-lib", &["CH008", "CH011"]),
    ("full-legacy", &[]),
    ("full-legacy-ldconfig", &["CH018"]),
    ("full-legacy-nvml", &["CH008"]),
    ("hook-only-cdi", &["CH002", "CH011"]),
    ("hook-only-legacy", &["CH002", "CH026"]),
    ("nodes-only", &["CH001"]),
    ("runtime-broken", &["CH002"]),
    ("runtime-only-cdi", &["CH001", "CH010"]),
    ("runtime-only-legacy", &["CH001"]),
    ("swarm", &["CH026"]),
];

/// The lab shows /proc/driver/nvidia and has no NVML: half a driver. Three hosts were staged with none.
pub(crate) const STAND_IN: &str = "CH015";

pub(crate) const WITHOUT_DRIVER: [&str; 3] = ["bare", "full-auto-nvml", "full-legacy-nvml"];
