//! Every GPU request of a project.

use super::GpuRequest;
use crate::compose::Project;

/// Requests of all services, in the order of the text.
pub fn collect(project: &Project) -> Vec<GpuRequest> {
    let _ = project;
    Vec::new()
}
