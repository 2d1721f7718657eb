//! Values that a variable without a value left unfinished: nobody knows what they will be.

use std::collections::BTreeSet;

use crate::{
    source::Span,
    yaml::{Data, Value},
};

/// Bytes of every such value of a model.
pub(in crate::compose) fn spans(model: &Value) -> BTreeSet<Span> {
    let mut out = BTreeSet::new();
    collect(model, &mut out);
    out
}

fn collect(value: &Value, out: &mut BTreeSet<Span>) {
    if value.hole.is_some() {
        out.extend(value.sources.iter().flat_map(|origin| [Some(origin.span), origin.key]).flatten());
    }
    match &value.data {
        Data::Map(map) => map.values().for_each(|value| collect(value, out)),
        Data::Seq(items) => items.iter().for_each(|value| collect(value, out)),
        _ => {}
    }
}
