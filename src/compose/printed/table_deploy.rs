//! The rows of `table` for `deploy`, for requests of devices and for the limits of block devices.

use super::{
    Field,
    Shape::{self, *},
    Shown::*,
    field,
};

/// Requests of devices, under `gpus` and under reservations.
pub(super) static DEVICE_REQUESTS: Shape = List(&Closed(&[
    field("capabilities", &Texts, Filled),
    field("driver", &Text, Filled),
    field("count", &Count, Filled),
    field("device_ids", &Texts, Filled),
    field("options", &Labels, Filled),
]));

/// `deploy`.
pub(super) static DEPLOY: &[Field] = &[
    field("mode", &Text, Filled),
    field("replicas", &Whole, Set),
    field("labels", &Labels, Filled),
    field("update_config", &Struct(UPDATE), Set),
    field("rollback_config", &Struct(UPDATE), Set),
    field("resources", &Struct(RESOURCES), Hollow),
    field("restart_policy", &Struct(RESTART_POLICY), Set),
    field("placement", &Struct(PLACEMENT), Hollow),
    field("endpoint_mode", &Text, Filled),
];

static UPDATE: &[Field] = &[
    field("parallelism", &Natural, Set),
    field("delay", &Duration, Filled),
    field("failure_action", &Text, Filled),
    field("monitor", &Duration, Filled),
    field("max_failure_ratio", &Decimal, Filled),
    field("order", &Text, Filled),
];

static RESOURCES: &[Field] = &[field("limits", &Struct(RESOURCE), Set), field("reservations", &Struct(RESOURCE), Set)];

static RESOURCE: &[Field] = &[
    field("cpus", &Decimal, Filled),
    field("memory", &Bytes, Filled),
    field("pids", &Whole, Filled),
    field("devices", &DEVICE_REQUESTS, Filled),
    field("generic_resources", &List(&Struct(&[field("discrete_resource_spec", &Struct(DISCRETE), Set)])), Filled),
];

static DISCRETE: &[Field] = &[field("kind", &Text, Always), field("value", &Whole, Always)];

static RESTART_POLICY: &[Field] = &[
    field("condition", &Text, Filled),
    field("delay", &Duration, Set),
    field("max_attempts", &Natural, Set),
    field("window", &Duration, Set),
];

static PLACEMENT: &[Field] = &[
    field("constraints", &Texts, Filled),
    field("preferences", &List(&Struct(&[field("spread", &Text, Filled)])), Filled),
    field("max_replicas_per_node", &Natural, Filled),
];

/// `blkio_config`.
pub(super) static BLKIO: &[Field] = &[
    field("weight", &Small(0xffff), Filled),
    field(
        "weight_device",
        &List(&Struct(&[field("path", &Text, Capital), field("weight", &Small(0xffff), Capital)])),
        Filled,
    ),
    field("device_read_bps", &THROTTLES, Filled),
    field("device_read_iops", &THROTTLES, Filled),
    field("device_write_bps", &THROTTLES, Filled),
    field("device_write_iops", &THROTTLES, Filled),
];

static THROTTLES: Shape = List(&Struct(&[field("path", &Text, Capital), field("rate", &Bytes, Capital)]));
