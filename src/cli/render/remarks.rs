//! What standard error says to people: warnings, the reasons behind each form, and refusals.

use std::fmt::Write;

use crate::{
    cli::args::{FormArg, RenderArgs},
    lower::{Form, Lowered, Unlowerable},
    source::SourceMap,
};

/// Why nothing is printed: a line for each service, and below it what is against each form.
pub(super) fn refusal(services: &[Lowered], sources: &SourceMap) -> String {
    let mut out = String::new();
    let (mut is_unseen, mut is_formless) = (false, false);
    for service in services.iter().filter(|service| service.is_refused) {
        let Err(reason) = &service.outcome else { continue };
        let line = sources.start(service.span).line;
        let path = sources.file(service.span.file).path().display();
        let lead = if out.is_empty() { "" } else { "\n" };
        let _ = write!(out, "{lead}service `{}` ({path}:{line}): {reason}", service.service);
        match reason {
            Unlowerable::NoWorkingForm(rejected) => {
                is_formless = true;
                rejected.iter().for_each(|(form, reason)| out.push_str(&format!("\n  {form}: {reason}")));
            }
            Unlowerable::HostUnseen(_) => is_unseen = true,
            _ => {}
        }
    }
    if is_unseen {
        out.push_str("\n  `--host FILE` renders for a host that `composegpu probe -o FILE` recorded");
    }
    if is_formless {
        out.push_str("\n  `--fallback cpu` renders such services without a GPU");
    }
    out
}

/// What is said of one service: warnings always, the reasons when asked.
pub(super) fn remarks(service: &Lowered, args: &RenderArgs) -> String {
    let mut out = String::new();
    let is_explained = args.explain.is_some();
    let name = &service.service;
    match &service.outcome {
        Ok(decision) => {
            if decision.form == Form::Cpu && args.form != FormArg::Cpu {
                let effect = match &service.stand_in {
                    Some(profile) => format!("stays off, and profile `{profile}` runs in its place"),
                    None => "gets no GPU".to_owned(),
                };
                let _ = writeln!(out, "warning: service `{name}` {effect}: {}", decision.reasons.join("; "));
                for (form, reason) in decision.rejected.iter().filter(|_| !is_explained) {
                    let _ = writeln!(out, "  {form}: {reason}");
                }
            }
            if decision.is_unlabelled && !is_explained {
                let _ = writeln!(out, "warning: service `{name}` goes without its SELinux label, to reach the devices");
            }
            if is_explained {
                let devices = decision.devices.join(", ");
                let devices = if devices.is_empty() { devices } else { format!(" ({devices})") };
                let _ = writeln!(out, "{name}: {}{devices}", decision.form);
                let because = decision.reasons.iter().map(|reason| format!("  because {reason}\n"));
                let against = decision.rejected.iter().map(|(form, reason)| format!("  not {form}: {reason}\n"));
                out.extend(because.chain(against));
            }
        }
        Err(reason) if is_explained || !matches!(reason, Unlowerable::NothingAsked) => {
            let _ = writeln!(out, "warning: service `{name}` is left as it is: {reason}");
        }
        Err(_) => {}
    }
    for note in service.notes.iter().filter(|_| is_explained) {
        let _ = writeln!(out, "  note: {note}");
    }
    out
}
