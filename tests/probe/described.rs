//! CDI folders as text, for files that a test compares with.

use composegpu::host::{Cdi, SpecOutcome};

/// What was read, and what a reader of all the folders resolves.
pub(crate) fn described(cdi: &Cdi) -> String {
    let mut lines = Vec::new();
    for dir in &cdi.dirs {
        lines.push(format!("{} ({} files)", dir.path, dir.files.len()));
        for file in &dir.files {
            lines.push(match &file.outcome {
                SpecOutcome::Read(spec) => {
                    let names: Vec<&str> = spec.devices.iter().map(|device| device.name.as_str()).collect();
                    format!("  {}: {} [{}] needs {}", file.path, spec.kind, names.join(", "), spec.needs_version)
                }
                SpecOutcome::Rejected { reason } => format!("  {}: rejected: {reason}", file.path),
                SpecOutcome::Unreadable { reason } => format!("  {}: unreadable: {reason}", file.path),
            });
        }
        lines.extend(dir.ignored.iter().map(|name| format!("  {name}: ignored")));
    }
    let dirs: Vec<&str> = cdi.dirs.iter().map(|dir| dir.path.as_str()).collect();
    let lookup = cdi.lookup(&dirs);
    for (name, device) in &lookup.devices {
        let shadowed = device.shadowed.iter().map(|file| format!(", over {file}")).collect::<String>();
        lines.push(format!("{name}: {}{shadowed}", device.file));
        lines.extend(device.problems().map(|problem| format!("  {problem}")));
    }
    lines.extend(lookup.conflicts.iter().map(|(name, files)| format!("{name}: conflict of {}", files.join(" and "))));
    lines.join("\n") + "\n"
}
