//! What `config` prints and Compose then reads as something else, as a project that is read again
//! has to say it (compose-go v2.9.1; found by tests/compare_render).

use crate::yaml::{Data, Value};

/// Puts back what the printed project lost of the model.
pub(super) fn keep(model: &Value, printed: &mut Value) {
    let services = printed.as_map_mut().and_then(|root| root.get_mut("services")).and_then(Value::as_map_mut);
    for (name, service) in services.into_iter().flatten() {
        let Some(own) = model.at(&["services", name]) else { continue };
        counts(own, service, &["gpus"]);
        counts(own, service, &["deploy", "resources", "reservations", "devices"]);
        // Without a limit: a number that is not printed as one.
        if let Some(limit) = service.at_mut(&["memswap_limit"]).filter(|limit| limit.as_str() == Some("-1")) {
            *limit = Value::from(Data::Int(-1));
        }
    }
}

/// A count of zero is left out where it is printed, and no count asks for all.
fn counts(model: &Value, printed: &mut Value, path: &[&str]) {
    let own = model.at(path).and_then(Value::as_seq).unwrap_or_default();
    let shown = printed.at_mut(path).and_then(Value::as_seq_mut);
    for (own, shown) in own.iter().zip(shown.into_iter().flatten()) {
        if let (Some(0), Some(request)) = (own.get("count").and_then(Value::as_int), shown.as_map_mut()) {
            request.insert("count".to_owned(), Value::from(Data::Int(0)));
        }
    }
}

/// Doubles every dollar sign of a value; variables are not looked for in keys.
pub(super) fn escape(value: &mut Value) {
    match &mut value.data {
        Data::String(text) if text.contains('$') => *text = text.replace('$', "$$"),
        Data::Seq(items) => items.iter_mut().for_each(escape),
        Data::Map(map) => map.values_mut().for_each(escape),
        _ => {}
    }
}
