//! Paths into a project: from a JSON pointer to the nodes on its way, and to text.

use std::fmt::Write as _;

use crate::yaml::{Data, Value};

/// One step into a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// To the entry of a mapping.
    Key(&'a str),
    /// To an item of a list, counted from zero.
    Index(usize),
}

/// A way from the root of a project to one of its nodes.
pub(super) struct Trail<'a> {
    /// The steps.
    pub(super) steps: Vec<Step<'a>>,
    /// The root and the node behind each step.
    pub(super) nodes: Vec<&'a Value>,
}

impl<'a> Trail<'a> {
    /// Follows a JSON pointer as far as the project goes: a scalar that the validator was
    /// shown as something deeper ends the way.
    pub(super) fn follow(root: &'a Value, pointer: &str) -> Self {
        let mut trail = Self { steps: Vec::new(), nodes: vec![root] };
        for segment in pointer.split('/').skip(1) {
            let Some((step, node)) = enter(trail.node(), segment) else { break };
            trail.steps.push(step);
            trail.nodes.push(node);
        }
        trail
    }

    /// Follows keys as far as the project goes.
    pub(super) fn of_keys(root: &'a Value, keys: &[&str]) -> Self {
        let mut trail = Self { steps: Vec::new(), nodes: vec![root] };
        for key in keys {
            let Some((key, node)) = trail.node().as_map().and_then(|map| map.get_key_value(*key)) else { break };
            trail.steps.push(Step::Key(key));
            trail.nodes.push(node);
        }
        trail
    }

    /// The node that it ends at.
    pub(super) fn node(&self) -> &'a Value {
        self.nodes.last().expect("the root is always on the trail")
    }

    /// Whether a variable without a value stands at the node or above it.
    pub(super) fn has_hole(&self) -> bool {
        self.nodes.iter().any(|node| node.hole.is_some())
    }

    /// The service that the node belongs to.
    pub(super) fn service(&self) -> Option<&'a str> {
        match self.steps.as_slice() {
            [Step::Key("services"), Step::Key(name), ..] => Some(name),
            _ => None,
        }
    }

    /// Where a message begins (``service `llm`: ``) and how many steps that says already.
    pub(super) fn subject(&self) -> (String, usize) {
        let [Step::Key(section), Step::Key(name), ..] = self.steps.as_slice() else { return (String::new(), 0) };
        let one = match *section {
            "services" => "service",
            "networks" => "network",
            "volumes" => "volume",
            "secrets" => "secret",
            "configs" => "config",
            "models" => "model",
            _ => return (String::new(), 0),
        };
        (format!("{one} `{name}`: "), 2)
    }
}

fn enter<'a>(node: &'a Value, segment: &str) -> Option<(Step<'a>, &'a Value)> {
    match &node.data {
        Data::Map(map) => {
            // RFC 6901 section 4: `~1` first, so that `~01` stays `~1`.
            let key = segment.replace("~1", "/").replace("~0", "~");
            map.get_key_value(&key).map(|(key, value)| (Step::Key(key.as_str()), value))
        }
        Data::Seq(items) => {
            let index = segment.parse().ok()?;
            items.get(index).map(|item| (Step::Index(index), item))
        }
        _ => None,
    }
}

/// Steps as people write them: `deploy.resources.reservations.devices[0]`. A key that holds a
/// dot or a blank stands in quotes.
pub(super) fn dotted(steps: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Index(index) => write!(text, "[{index}]").expect("a string takes all"),
            Step::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                let is_plain = !key.is_empty() && !key.contains(|letter: char| letter == '.' || letter.is_whitespace());
                if is_plain { text.push_str(key) } else { write!(text, "\"{key}\"").expect("a string takes all") }
            }
        }
    }
    text
}
