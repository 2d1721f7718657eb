//! Rules by their codes and names, and the ones that the verbs know apart.

use super::{
    ALL, Rule, cg006_missing_env_file, cg106_legacy_gpu_reservation, cg119_legacy_runtime_form, cg206_index_pin,
    cg406_capabilities_ignored_by_cdi, cg702_seccomp_unconfined_gpu, cg803_memlock_ulimit, cg805_unbounded_restart_gpu,
};
use crate::diag::Code;

/// The rules whose findings are about the form of a request: another form mends them, and which is
/// known only where a host or a form is given.
pub const REWRITABLE: [Code; 2] = [cg106_legacy_gpu_reservation::RULE.code, cg119_legacy_runtime_form::RULE.code];

/// The rule about files of variables that are not there.
pub const MISSING_ENV_FILE: Code = cg006_missing_env_file::RULE.code;

/// Rules whose findings are advice that not everybody wants: off until they are selected.
pub const PEDANTIC: [Code; 5] = [
    cg206_index_pin::RULE.code,
    cg406_capabilities_ignored_by_cdi::RULE.code,
    cg702_seccomp_unconfined_gpu::RULE.code,
    cg803_memlock_ulimit::RULE.code,
    cg805_unbounded_restart_gpu::RULE.code,
];

/// The rule of a code.
pub fn by_code(code: Code) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code == code)
}

/// The rule that a text names, by code or by name.
pub fn by_text(text: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code.as_str().eq_ignore_ascii_case(text) || rule.name == text)
}
