//! What a person reads before installing anything.

use std::fmt::Write as _;

use super::{Proposal, quoted};
use crate::host::HostFacts;

/// The whole README.md.
pub(super) fn text(proposal: &Proposal, host: &HostFacts) -> String {
    let recorded = &host.recorded;
    let mut out = format!(
        "# What would mend this host\n\nProposed by composegpu {} from facts of {} ({}). \
         Nothing is installed: look at each file first.\n",
        env!("CARGO_PKG_VERSION"),
        recorded.at,
        recorded.how
    );
    let line = |out: &mut String, text: &str| writeln!(out, "{text}").expect("writing to a String cannot fail");
    if !proposal.packages.is_empty() {
        line(&mut out, &format!("\nInstall the package {}.", proposal.packages.join(" and ")));
    }
    if !proposal.by_hand.is_empty() {
        line(&mut out, "\nChange by hand what the last sections name.");
    }
    let steps = steps(proposal);
    if !steps.is_empty() {
        line(&mut out, "\nRun, in this folder:\n\n```sh");
        steps.iter().for_each(|step| line(&mut out, step));
        line(&mut out, "```");
    }
    if !proposal.files.is_empty() {
        line(&mut out, "\n`install -b` keeps the file that was there, with `~` behind its name.");
    }
    sections(proposal, &mut out);
    line(&mut out, "\nThen `composegpu doctor` says whether that was all.");
    out
}

/// What is new in each file.
fn sections(proposal: &Proposal, out: &mut String) {
    let files = proposal.files.iter().map(|file| (format!("{}\n", file.path), &file.changes));
    let by_hand = proposal.by_hand.iter().map(|file| {
        let head = format!("By hand: {}\n\nNo file is proposed: {}.\n", file.path, file.reason);
        (head, &file.changes)
    });
    for (head, changes) in files.chain(by_hand) {
        writeln!(out, "\n## {head}").expect("writing to a String cannot fail");
        for change in changes {
            writeln!(out, "- {change}").expect("writing to a String cannot fail");
        }
    }
}

/// The commands, those that install first.
fn steps(proposal: &Proposal) -> Vec<String> {
    let install = proposal.files.iter().map(|file| {
        let is_own = file.path.starts_with("/home/");
        let sudo = if is_own { "" } else { "sudo " };
        let from = quoted(file.path.trim_start_matches('/'));
        format!("{sudo}install -D -b -m {:04o} {from} {}", file.mode, quoted(&file.path))
    });
    install.chain(proposal.commands.iter().cloned()).collect()
}
