//! A network's pool of addresses while two lists of them are joined.

use crate::{
    diag::{Diagnostic, Place, Severity},
    yaml::{self, Value},
};

/// Comparisons that the pools of a project may take, over all its networks and files. Joining grows with the
/// cube of their number; two hundred pools of one network on as many take as much, and an engine takes two.
pub(super) const MAX_COMPARISONS: usize = 10_000_000;

/// The most that [`join`] has to compare: each pool with each, and each pair with what was kept.
pub(super) fn comparisons(base: &[Value], overlay: &[Value]) -> usize {
    let pairs = base.len().saturating_mul(overlay.len());
    pairs.saturating_mul(base.len().saturating_add(overlay.len()))
}

/// What is said where that is beyond the limit.
pub(super) fn too_many(overlay: &Value) -> Diagnostic {
    let place = overlay.place().map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
    let message =
        format!("the project's address pools take more than {MAX_COMPARISONS} comparisons to lay on earlier ones");
    Diagnostic::new(yaml::LIMIT, Severity::Error, message, place)
        .with_help("a network takes one pool for each kind of address; write few, or put `!override` before the list")
}

/// Address pools as Compose joins them (compose-go override/merge.go, `mergeIPAMConfig`). It
/// compares each pool of the base with each of the overlay and lays the second on the first
/// where the subnets are the same, and also where another pool has that subnet already. So a
/// base pool that the overlay does not name is gone, and one may stand twice in the answer.
pub(super) fn join(mut base: Vec<Value>, overlay: &[Value], mut merge: impl FnMut(&mut Value, Value)) -> Vec<Value> {
    let subnet = |pool: &Value| pool.get("subnet").and_then(Value::scalar_text);
    let mut kept: Vec<Pool> = Vec::new();
    for at in 0..base.len() {
        for (over, other) in overlay.iter().enumerate() {
            let named = subnet(other);
            let is_known = |base: &[Value], name: &Option<String>| {
                kept.iter().position(|pool| subnet(pool.of(base, overlay)) == *name)
            };
            if subnet(&base[at]) != named && is_known(&base, &named).is_none() {
                kept.push(Pool::Overlay(over));
                continue;
            }
            merge(&mut base[at], other.clone());
            match is_known(&base, &subnet(&base[at])) {
                Some(known) => kept[known] = Pool::Base(at),
                None => kept.push(Pool::Base(at)),
            }
        }
    }
    kept.iter().map(|pool| pool.of(&base, overlay).clone()).collect()
}

/// A pool of the answer, by its place: Compose goes on changing those of the base.
#[derive(Clone, Copy)]
enum Pool {
    Base(usize),
    Overlay(usize),
}

impl Pool {
    fn of<'a>(self, base: &'a [Value], overlay: &'a [Value]) -> &'a Value {
        match self {
            Self::Base(at) => &base[at],
            Self::Overlay(at) => &overlay[at],
        }
    }
}
