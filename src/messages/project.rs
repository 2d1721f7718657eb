//! What Compose says of a file that it does not take.

use super::{About, Message};

/// The rows, closer texts before wider ones.
pub(super) const MESSAGES: &[Message] = &[
    Message {
        name: "devices-under-limits",
        text: "services.{service}.deploy.resources.limits additional properties 'devices' not allowed",
        cause: "service `{service}` has `devices` under `limits`",
        fix: "put them under `reservations`",
        rules: &["CG104"],
        about: About::Service,
        source: "compose-go schema (v2.9.1)",
    },
    Message {
        name: "devices-under-limits",
        text: "services.{service}.deploy.resources.limits Additional property devices is not allowed",
        cause: "service `{service}` has `devices` under `limits`",
        fix: "put them under `reservations`",
        rules: &["CG104"],
        about: About::Service,
        source: "manascb1344/zonos-api#2",
    },
    Message {
        name: "unknown-key",
        text: "services.{service} additional properties '{key}' not allowed",
        cause: "service `{service}` has a key `{key}` that Compose does not know",
        fix: "correct it, or update Compose",
        rules: &["CG004", "CG003"],
        about: About::Service,
        source: "compose-go schema (v2.9.1)",
    },
    Message {
        name: "unknown-key",
        text: "additional properties '{key}' not allowed",
        cause: "a key `{key}` is not known there",
        fix: "correct it, or update Compose",
        rules: &["CG004", "CG003"],
        about: About::Any,
        source: "compose-go schema (v2.9.1)",
    },
    Message {
        name: "duplicate-key",
        text: "mapping key \"{key}\" already defined",
        cause: "the key `{key}` is written twice",
        fix: "take one out",
        rules: &["CG002"],
        about: About::Any,
        source: "compose-go YAML reader (v2.9.1)",
    },
    Message {
        name: "old-compose",
        text: "('devices' was unexpected)",
        cause: "this is Compose 1, which reads the file by its `version:`, and does not know `devices` there",
        fix: "install Compose 2, and take `version:` out",
        rules: &["CG107"],
        about: About::Any,
        source: "docker/compose#8142",
    },
    Message {
        name: "count-no-number",
        text: "invalid string value for 'count'",
        cause: "`count` is no number and not `all`, maybe from a variable without a value",
        fix: "write a number or `all`; give the variable a default: `${GPUS:-1}`",
        rules: &["CG114"],
        about: About::Driver,
        source: "docker/compose#11097",
    },
];
