//! Codes of what several parts of the front end find.

use crate::diag::Code;

/// A value of a type or a form that Compose does not take, or a key that is missing.
pub(super) const SCHEMA_VIOLATION: Code = Code::new("CG003");
/// Parts of a project that do not fit together.
pub const INCONSISTENT: Code = Code::new("CG008");
