//! Services that wait for each other in a circle.

use std::collections::BTreeSet;

use super::{View, at};
use crate::{
    diag::Diagnostic,
    yaml::{Map, Value},
};

/// One finding for the first circle that a walk in the order of names meets.
pub(super) fn check(view: &View<'_>, found: &mut Vec<Diagnostic>) {
    let mut walk = Walk { view, trail: Vec::new(), done: BTreeSet::new() };
    let mut names: Vec<&str> = view.active.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    let circle = names.into_iter().find_map(|name| walk.visit(name));
    if let Some((circle, place)) = circle {
        let message = format!("services wait for each other: {}", circle.join(" -> "));
        found.push(at(circle[0], place, message, "take one of these out of `depends_on`, `links` or `volumes_from`"));
    }
}

struct Walk<'a> {
    view: &'a View<'a>,
    trail: Vec<&'a str>,
    done: BTreeSet<&'a str>,
}

impl<'a> Walk<'a> {
    /// The circle that can be reached from a service, with the entry that closes it. Depth is
    /// at most the number of services, held on a stack of our own.
    fn visit(&mut self, start: &'a str) -> Option<(Vec<&'a str>, &'a Value)> {
        let mut open = vec![(start, self.needs(start))];
        self.trail = vec![start];
        while let Some((name, needs)) = open.last_mut() {
            let Some((next, place)) = needs.pop() else {
                self.done.insert(name);
                open.pop();
                self.trail.pop();
                continue;
            };
            if let Some(at) = self.trail.iter().position(|name| *name == next) {
                let mut circle = self.trail[at..].to_vec();
                circle.push(next);
                return Some((circle, place));
            }
            if !self.done.contains(next) {
                self.trail.push(next);
                open.push((next, self.needs(next)));
            }
        }
        None
    }

    /// The services that one waits for, last name first.
    fn needs(&self, name: &str) -> Vec<(&'a str, &'a Value)> {
        let service = self.view.active.iter().find(|(active, _)| *active == name).map(|(_, service)| *service);
        let map = service.and_then(|service| service.get("depends_on")).and_then(Value::as_map);
        let mut needs: Vec<_> = map.into_iter().flat_map(Map::iter).map(|(name, at)| (name.as_str(), at)).collect();
        needs.sort_by(|a, b| b.0.cmp(a.0));
        needs
    }
}
