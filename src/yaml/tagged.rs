//! Writing a file that is laid over others: `!reset` where something goes, `!override` where
//! something stands in the place of what was there.

use indexmap::IndexMap;

use super::{
    emit::{indent, write_behind, write_key},
    value::Value,
};

/// A part of such a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Tagged {
    /// A mapping that is merged with the one below, entry by entry.
    Map(IndexMap<String, Tagged>),
    /// A value without a tag.
    Plain(Value),
    /// `!reset`: what is below goes.
    Reset,
    /// `!override`: what is below goes, and this comes.
    Override(Value),
}

impl Tagged {
    /// The entries as a YAML document, with a line break at its end.
    pub fn to_yaml(entries: &IndexMap<String, Self>) -> String {
        let mut out = String::new();
        write_entries(&mut out, entries, 0);
        if out.is_empty() { "{}\n".to_owned() } else { out }
    }

    /// Whether a part, here or below, is so.
    pub fn any(&self, is_so: fn(&Self) -> bool) -> bool {
        let is_below = match self {
            Self::Map(entries) => entries.values().any(|entry| entry.any(is_so)),
            Self::Plain(_) | Self::Reset | Self::Override(_) => false,
        };
        is_below || is_so(self)
    }
}

fn write_entries(out: &mut String, entries: &IndexMap<String, Tagged>, depth: usize) {
    for (key, entry) in entries {
        indent(out, depth);
        write_key(out, key);
        match entry {
            Tagged::Map(entries) if entries.is_empty() => out.push_str(" {}\n"),
            Tagged::Map(entries) => {
                out.push('\n');
                write_entries(out, entries, depth + 1);
            }
            Tagged::Plain(value) => write_behind(out, value, depth),
            Tagged::Reset => out.push_str(" !reset null\n"),
            Tagged::Override(value) => {
                out.push_str(" !override");
                write_behind(out, value, depth);
            }
        }
    }
}
