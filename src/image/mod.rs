//! Images: what the project builds, what their commands need, what they hold.

/// What is known of the images that a project builds, by service.
#[derive(Debug, Default)]
pub struct BuiltImages {}
