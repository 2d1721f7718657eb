//! A tree of keys and values written as people write YAML: block and flow style, all kinds of quotes,
//! comments and blank lines anywhere, lists under their key or to the right of it.

use super::dice::Dice;

/// Keys of a service below which requests stand.
const HOLDERS: [&str; 6] = ["deploy", "resources", "reservations", "devices", "environment", "gpus"];

/// A value.
#[derive(Clone)]
pub(crate) enum Node {
    /// Text, in whichever quotes.
    Text(String),
    /// Written as it stands: numbers, aliases.
    Raw(String),
    List(Vec<Part>),
    Map(Vec<Part>),
}

/// An entry or an item.
#[derive(Clone)]
pub(crate) struct Part {
    /// Empty for an item.
    pub(crate) key: String,
    pub(crate) node: Node,
    /// Whether it belongs to a GPU request, so that it may go.
    pub(crate) is_gpu: bool,
    /// An anchor to stand before the value.
    pub(crate) anchor: Option<&'static str>,
}

impl Part {
    pub(crate) fn new(key: &str, node: Node, is_gpu: bool) -> Self {
        Self { key: key.to_owned(), node, is_gpu, anchor: None }
    }

    /// Whether nothing is left where requests go.
    fn is_all_gpu(&self) -> bool {
        self.is_gpu
            || match &self.node {
                Node::Map(parts) | Node::List(parts) => !parts.is_empty() && parts.iter().all(Part::is_all_gpu),
                _ => false,
            }
    }

    fn has_gpu(&self) -> bool {
        self.is_gpu
            || match &self.node {
                Node::Map(parts) | Node::List(parts) => parts.iter().any(Part::has_gpu),
                _ => false,
            }
    }
}

/// A line, and whether it has to stay as it is.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) is_kept: bool,
}

/// Writes lines.
pub(crate) struct Writer<'a> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) lines: Vec<Line>,
    /// Columns of a step to the right.
    step: usize,
    notes: usize,
    /// How many parts that may go are around.
    inside: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(dice: &'a mut Dice) -> Self {
        let step = *dice.pick(&[2, 2, 2, 4, 3, 1]);
        Self { dice, lines: Vec::new(), step, notes: 0, inside: 0 }
    }

    fn push(&mut self, text: String, is_kept: bool) {
        let trailing = if self.dice.percent(15) {
            self.notes += 1;
            format!("{}# note {}", " ".repeat(1 + self.dice.below(3)), self.notes)
        } else {
            " ".repeat(if self.dice.percent(3) { 1 + self.dice.below(2) } else { 0 })
        };
        self.lines.push(Line { text: text + &trailing, is_kept });
    }

    /// A comment or a blank line now and then.
    fn between(&mut self, indent: usize) {
        if self.dice.percent(12) {
            self.notes += 1;
            let text = format!("{}# note {}", " ".repeat(indent), self.notes);
            self.lines.push(Line { text, is_kept: self.inside == 0 });
        }
        if self.dice.percent(6) {
            self.lines.push(Line { text: String::new(), is_kept: false });
        }
    }

    /// The entries of a mapping at a column.
    pub(crate) fn entries(&mut self, parts: &[Part], indent: usize, first: &str) {
        for (at, part) in parts.iter().enumerate() {
            let lead = if at == 0 && !first.is_empty() { first.to_owned() } else { " ".repeat(indent) };
            if at > 0 || first.is_empty() {
                self.between(indent);
            }
            let key = if self.dice.percent(5) { format!("\"{}\"", part.key) } else { part.key.clone() };
            let anchor = part.anchor.map(|name| format!(" &{name}")).unwrap_or_default();
            self.value(&format!("{lead}{key}:{anchor}"), part, indent, true);
        }
    }

    fn items(&mut self, parts: &[Part], indent: usize) {
        for part in parts {
            self.between(indent);
            let dash = format!("{}-{}", " ".repeat(indent), " ".repeat(1 + usize::from(self.dice.percent(10))));
            match &part.node {
                Node::Map(entries) if !entries.is_empty() && !self.dice.percent(40) => {
                    self.inside += usize::from(part.is_gpu);
                    self.entries(entries, dash.len(), &dash);
                    self.inside -= usize::from(part.is_gpu);
                }
                _ => self.value(dash.trim_end(), part, indent, false),
            }
        }
    }

    /// A value behind its key or dash.
    fn value(&mut self, lead: &str, part: &Part, indent: usize, is_entry: bool) {
        let is_flow = !is_entry || self.dice.percent(20);
        self.inside += usize::from(part.is_all_gpu());
        match &part.node {
            Node::Map(parts) if !parts.is_empty() && !is_flow => {
                self.push(lead.to_owned(), !part.is_all_gpu());
                self.entries(parts, indent + self.step, "");
            }
            Node::List(parts) if !parts.is_empty() && !is_flow => {
                self.push(lead.to_owned(), !part.is_all_gpu());
                let deeper = if self.dice.percent(50) { self.step } else { 0 };
                self.items(parts, indent + deeper);
            }
            node => {
                let blanks = " ".repeat(1 + usize::from(self.dice.percent(5)));
                let text = self.flow(node);
                // On one line with what a new request may be added to.
                let takes_more = !matches!(node, Node::Text(_) | Node::Raw(_)) && HOLDERS.contains(&part.key.as_str());
                self.push(format!("{lead}{blanks}{text}"), !part.has_gpu() && !takes_more);
            }
        }
        self.inside -= usize::from(part.is_all_gpu());
    }

    fn flow(&mut self, node: &Node) -> String {
        let pad = if self.dice.percent(30) { " " } else { "" };
        let inner = |writer: &mut Self, parts: &[Part]| {
            let texts: Vec<String> = parts
                .iter()
                .map(|part| match (part.key.as_str(), writer.flow(&part.node)) {
                    ("", value) => value,
                    (key, value) => format!("{key}: {value}"),
                })
                .collect();
            let comma = if pad.is_empty() && writer.dice.percent(10) { " , " } else { ", " };
            texts.join(comma)
        };
        match node {
            Node::Text(text) => self.quoted(text),
            Node::Raw(text) => text.clone(),
            Node::List(parts) => format!("[{pad}{}{pad}]", inner(self, parts)),
            Node::Map(parts) => format!("{{{pad}{}{pad}}}", inner(self, parts)),
        }
    }

    fn quoted(&mut self, text: &str) -> String {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=".contains(&byte))
            && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
            && !["true", "false", "null", "yes", "no", "on", "off"].contains(&text);
        match self.dice.below(4) {
            0 => format!("'{text}'"),
            1 => format!("\"{text}\""),
            _ if is_plain => text.to_owned(),
            _ => format!("\"{text}\""),
        }
    }
}
