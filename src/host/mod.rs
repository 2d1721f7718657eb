//! Facts about a host: what a probe saw, or a file recorded.

use serde::{Deserialize, Serialize};

/// All facts of one host.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HostFacts {}
