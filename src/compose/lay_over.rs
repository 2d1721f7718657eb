//! A part laid over one service after all files are read, as one more file would be.

use super::{Environment, canonical, clear, merge, schema, unicity, variables::interpolate};
use crate::{
    diag::Diagnostic,
    yaml::{Data, Map, Value},
};

/// Lays `part` over a service of the model, after the service has lost the paths that are `cleared`; the part's
/// variables are replaced already. What comes back is why Compose would refuse such a file; then the model is
/// of no use.
pub fn lay_over(model: &mut Value, service: &str, part: Value, cleared: &[Vec<String>]) -> Vec<Diagnostic> {
    if let Some(service) = model.at_mut(&["services", service]) {
        cleared.iter().for_each(|path| clear::remove(service, path));
    }
    let mut layer = only(service, part);
    let mut problems = Vec::new();
    // Nothing is left to replace; what remains of the phase are its casts.
    double_dollars(&mut layer);
    interpolate::interpolate(&mut layer, &Environment::default(), &mut problems);
    merge::merge(model, layer, &mut problems, &mut 0);
    unicity::enforce(model, &mut problems);
    problems.extend(schema::validate(model));
    problems.extend(canonical::canonical(model, true));
    unicity::enforce(model, &mut problems);
    problems
}

/// A model of one service.
fn only(service: &str, part: Value) -> Value {
    let services = Value::from(Data::Map(Map::from([(service.to_owned(), part)])));
    Value::from(Data::Map(Map::from([("services".to_owned(), services)])))
}

fn double_dollars(value: &mut Value) {
    match &mut value.data {
        Data::String(text) => *text = text.replace('$', "$$"),
        Data::Seq(items) => items.iter_mut().for_each(double_dollars),
        Data::Map(map) => map.values_mut().for_each(double_dollars),
        _ => {}
    }
}
