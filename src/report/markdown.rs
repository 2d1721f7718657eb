//! Markdown for a job summary or a comment on a pull request: the counts, a table, and what could
//! not be judged.
//!
//! Source: GitHub Flavored Markdown Spec 0.29; a job summary may hold 1 MiB, a comment 65,536
//! characters (GitHub, "Workflow commands" and REST API).

use std::fmt::Write as _;

use super::{
    Counts, Report, location,
    matrix::{Matrix, reasons_of},
    printable::one_line,
};
use crate::diag::{Diagnostic, Severity};

/// Rows that are shown; the others are counted.
const MOST_ROWS: usize = 100;

/// The report as Markdown; also a report without findings says so.
pub fn markdown(report: &Report<'_>) -> String {
    let mut out = String::from("### composegpu\n\n");
    out.push_str(&counts(&Counts::of(report.findings)));
    if !report.findings.is_empty() {
        out.push_str("\n| | Rule | Place | Finding |\n|---|---|---|---|\n");
        for finding in report.findings.iter().take(MOST_ROWS) {
            row(&mut out, report, finding);
        }
        if let Some(more) = report.findings.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
            writeln!(out, "\n{more} more are not shown.").expect("writing to a String cannot fail");
        }
    }
    if let Some(services) = report.matrix {
        matrix(&mut out, services);
    }
    if !report.skipped.is_empty() {
        out.push_str("\nNot judged:\n\n");
        for one in report.skipped {
            writeln!(out, "- {} {}: {}", one.code, report.name_of(one.code), text(&one.reason))
                .expect("writing to a String cannot fail");
        }
    }
    out
}

/// A table of services and hosts for each project, and why something is not as it is written.
fn matrix(out: &mut String, services: &Matrix) {
    let mut shown = 0;
    for rows in services.services.chunk_by(|one, other| one.project == other.project) {
        if shown >= MOST_ROWS {
            break;
        }
        let rows = &rows[..rows.len().min(MOST_ROWS - shown)];
        shown += rows.len();
        let hosts: String = services.hosts.iter().map(|host| format!(" {} |", code(host))).collect();
        let files: Vec<String> = rows[0].project.iter().map(|file| code(file)).collect();
        out.push_str(&format!("\n{}\n\n| Service |{hosts}\n|---|", files.join(" + ")));
        out.push_str(&"---|".repeat(services.hosts.len()));
        out.push('\n');
        for row in rows {
            let cells: String = row.hosts.iter().map(|cell| format!(" {} |", text(&cell.text("→")))).collect();
            out.push_str(&format!("| {} |{cells}\n", code(&row.service)));
        }
        for ((outcome, reason), who) in reasons_of(rows) {
            let who: Vec<String> =
                who.iter().map(|(service, hosts)| text(&format!("{service} on {}", hosts.join(", ")))).collect();
            out.push_str(&format!("\n- **{}**: {} ({})", outcome.heading(), text(reason), who.join("; ")));
        }
        out.push('\n');
    }
    if let Some(more) = services.services.len().checked_sub(shown).filter(|more| *more > 0) {
        out.push_str(&format!("\n{more} more services are not shown.\n"));
    }
}

fn counts(counts: &Counts) -> String {
    let kinds =
        [(counts.errors, "error", "errors"), (counts.warnings, "warning", "warnings"), (counts.infos, "info", "infos")];
    let words: Vec<String> = kinds
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("**{count}** {}", if *count == 1 { one } else { many }))
        .collect();
    if words.is_empty() { "No findings.\n".to_owned() } else { format!("{}\n", words.join(", ")) }
}

fn row(out: &mut String, report: &Report<'_>, finding: &Diagnostic) {
    let mark = match finding.severity {
        Severity::Error => "🔴",
        Severity::Warning => "🟡",
        Severity::Info => "🔵",
    };
    let place = match location(report, &finding.place) {
        Some((path, Some((start, _)))) => code(&format!("{path}:{}", start.line)),
        Some((path, None)) => code(&path),
        None => String::new(),
    };
    let help = finding.help.as_deref().map(|help| format!("<br>{}", text(help))).unwrap_or_default();
    let name = report.name_of(finding.code);
    let severity = finding.severity.as_str();
    writeln!(out, "| {mark} {severity} | {} {name} | {place} | {}{help} |", finding.code, text(&finding.message))
        .expect("writing to a String cannot fail");
}

/// Text between two bars. Only what stands between backquotes may look like anything.
fn text(text: &str) -> String {
    let line = one_line(text);
    let parts: Vec<&str> = line.split('`').collect();
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        let (is_inside, is_closed) = (at % 2 == 1, at + 1 < parts.len());
        match (is_inside, is_closed) {
            (true, true) => out.push_str(&code(part)),
            // The last backquote of an odd number opens nothing.
            (true, false) => out.push_str(&plain(&format!("`{part}"))),
            (false, _) => out.push_str(&plain(part)),
        }
    }
    out
}

/// A span of code: as HTML, since Markdown has no escape for a bar or a backquote in one.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(&one_line(text)))
}

/// No character of a stranger's file is Markdown or HTML.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_special = match c {
            // Mentions and references notify people: a reference of HTML is none of GitHub's.
            '&' | '<' | '>' | '|' | '\\' | '*' | '_' | '[' | ']' | '#' | '~' | '@' | '!' | '`' => true,
            // `https://` becomes a link by itself, `:name:` a picture.
            ':' => chars.peek().is_some_and(|next| *next == '/' || next.is_alphabetic()),
            _ => false,
        };
        if is_special {
            write!(out, "&#{};", u32::from(c)).expect("writing to a String cannot fail");
        } else {
            out.push(c);
        }
    }
    out
}
