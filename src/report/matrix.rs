//! What becomes of each service on each of several hosts: a table for people, and the part of the JSON
//! report that says the same (`schemas/report-v1.schema.json`).

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Look,
    printable::one_line,
    wrapped::{WIDTH, line, wrapped},
};

/// Services by hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// Names of the hosts, in the order in which they were given.
    pub hosts: Vec<String>,
    /// A service each.
    pub services: Vec<MatrixRow>,
}

/// A service on every host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// The files of its project, in the order in which they are merged.
    pub project: Vec<String>,
    /// Its name.
    pub service: String,
    /// What becomes of it, in the order of the hosts.
    pub hosts: Vec<MatrixCell>,
}

/// A service on one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixCell {
    /// The host's name.
    pub host: String,
    /// What becomes of it.
    pub outcome: MatrixOutcome,
    /// The form that gives the GPU: the written one, or the one that `render` writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The devices that `render` writes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
    /// Why; where `render` has to write another form, why the written one does not do.
    pub reason: String,
}

/// What becomes of a service on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatrixOutcome {
    /// It gets its GPU as it is written.
    AsWritten,
    /// It gets its GPU in the form that `render` writes, and not as it is written.
    Rendered,
    /// It can do without, and `render` writes it so.
    Cpu,
    /// It starts without its GPU, and no form gives it one.
    NoGpu,
    /// It does not start, and no form makes it.
    Fails,
    /// The facts do not tell.
    Unknown,
}

impl MatrixOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AsWritten | Self::Rendered => "",
            Self::Cpu => "cpu",
            Self::NoGpu => "no GPU",
            Self::Fails => "fails",
            Self::Unknown => "unknown",
        }
    }
}

impl MatrixOutcome {
    /// What stands before the reason.
    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::Rendered => "not as written",
            other => other.as_str(),
        }
    }
}

impl MatrixCell {
    /// What stands in a table: the form, with an arrow where `render` has to write it, or the outcome.
    pub(super) fn text(&self, arrow: &str) -> String {
        let form = self.form.as_deref().unwrap_or_default();
        match self.outcome {
            MatrixOutcome::AsWritten => one_line(form).to_string(),
            MatrixOutcome::Rendered => format!("{arrow} {}", one_line(form)),
            other => other.as_str().to_owned(),
        }
    }
}

/// The table, and below it why something is not as it is written. Where the hosts have no room beside
/// each other they stand below each service.
pub fn matrix(matrix: &Matrix, look: Look) -> String {
    let arrow = if look.is_unicode { "\u{2192}" } else { "->" };
    let width = look.width.unwrap_or(WIDTH);
    let mut out = String::new();
    let has_projects = matrix.services.iter().any(|row| row.project != matrix.services[0].project);
    let mut heading: &[String] = &[];
    for rows in matrix.services.chunk_by(|one, other| one.project == other.project) {
        if has_projects && heading != rows[0].project {
            heading = &rows[0].project;
            line(&mut out, &heading.join(" + "));
        }
        table(&mut out, &matrix.hosts, rows, arrow, width);
        reasons(&mut out, rows, width);
        out.push('\n');
    }
    if matrix.services.is_empty() {
        line(&mut out, "no service asks for a GPU");
        out.push('\n');
    }
    out
}

fn table(out: &mut String, hosts: &[String], rows: &[MatrixRow], arrow: &str, width: usize) {
    let columns = |text: &str| text.chars().count();
    let first = rows.iter().map(|row| columns(&row.service)).chain([columns("service")]).max().unwrap_or_default();
    let cell = |row: &MatrixRow, at: usize| row.hosts.get(at).map(|cell| cell.text(arrow)).unwrap_or_default();
    let widths: Vec<usize> = (0..hosts.len())
        .map(|at| rows.iter().map(|row| columns(&cell(row, at))).chain([columns(&hosts[at])]).max().unwrap_or_default())
        .collect();
    if first + widths.iter().map(|width| width + 2).sum::<usize>() > width {
        let second = hosts.iter().map(|host| columns(host)).max().unwrap_or_default();
        for row in rows {
            line(out, &row.service);
            for (at, host) in hosts.iter().enumerate() {
                line(out, &format!("  {host:<second$}  {}", cell(row, at)));
            }
        }
        return;
    }
    let padded = |name: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells = cells.zip(&widths).map(|(text, width)| format!("  {text:<width$}"));
        format!("{name:<first$}{}", cells.collect::<String>())
    };
    line(out, &padded("service", &mut hosts.iter().cloned()));
    for row in rows {
        line(out, &padded(&row.service, &mut (0..hosts.len()).map(|at| cell(row, at))));
    }
}

/// Reasons with what they are for, and the hosts of each service that have them.
pub(super) type Reasons<'a> = BTreeMap<(MatrixOutcome, &'a str), BTreeMap<&'a str, Vec<&'a str>>>;

/// Each reason once; none for what works as it is written.
pub(super) fn reasons_of(rows: &[MatrixRow]) -> Reasons<'_> {
    let mut told = Reasons::new();
    for (row, cell) in rows.iter().flat_map(|row| row.hosts.iter().map(move |cell| (row, cell))) {
        if cell.outcome != MatrixOutcome::AsWritten {
            let who = told.entry((cell.outcome, &cell.reason)).or_default();
            who.entry(&row.service).or_default().push(&cell.host);
        }
    }
    told
}

fn reasons(out: &mut String, rows: &[MatrixRow], width: usize) {
    for ((outcome, reason), who) in reasons_of(rows) {
        wrapped(out, "", &format!("{}: {reason}", outcome.heading()), width);
        for (service, hosts) in who {
            wrapped(out, "  ", &format!("{service} on {}", hosts.join(", ")), width);
        }
    }
}
