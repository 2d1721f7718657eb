//! The phases that each document goes through, in Compose's order, on its way into the model.
//!
//! Source: compose-go loader/loader.go, `loadYamlFile` and `loadYamlModel` (v2.9.1).

use super::{
    clear,
    codes::SCHEMA_VIOLATION,
    extends, include,
    layer::{self, Layer, Surroundings},
    reading::Reading,
    schema, unicity,
};
use crate::yaml::Value;

/// The model of some files, laid on each other in order.
pub(super) fn model(reading: &mut Reading<'_>, texts: &[usize], surroundings: &Surroundings) -> Value {
    let mut model = Value::default();
    let mut laid = 0;
    for tree in texts {
        for layer in layer::layers(reading, *tree, &surroundings.environment) {
            // The whole model is judged again with each document that is laid on it.
            if laid > 0 && !reading.has_room(laid, layer.span) {
                return model;
            }
            laid += layer.nodes;
            lay_on(reading, &mut model, layer, surroundings);
        }
    }
    model
}

fn lay_on(reading: &mut Reading<'_>, model: &mut Value, mut layer: Layer, surroundings: &Surroundings) {
    if let Some(services) = layer.value.get("services").filter(|services| services.is_null()) {
        // The schema is asked after merging, where nothing is left of a null.
        let problem = "`services` is empty".to_owned();
        reading.refuse_at(SCHEMA_VIOLATION, services.place(), problem, Vec::new());
    }
    extends::extend(reading, &mut layer, surroundings);
    clear::clear(model, &layer.cleared);
    include::include(reading, &mut layer, surroundings);
    reading.lay_on(model, layer.value);
    unicity::enforce(model, &mut reading.diagnostics);
    validate(reading, model);
    layer::make_canonical(reading, model);
    unicity::enforce(model, &mut reading.diagnostics);
}

/// The schema, on what is merged so far; then `version`, which Compose ignores, goes.
fn validate(reading: &mut Reading<'_>, model: &mut Value) {
    let judged = schema::judge(model);
    reading.is_accepted &= judged.is_accepted;
    reading.bare.extend(judged.bare);
    for problem in judged.findings {
        reading.refuse(problem);
    }
    if let Some(map) = model.as_map_mut() {
        map.shift_remove("version");
    }
}
