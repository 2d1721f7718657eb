//! Casts a value to a shape, and structures field by field.

use super::{
    Field, Form, Shape, Shown, Unreadable,
    order::sort,
    scalars::{self, Cast},
    table,
};
use crate::{
    compose::{durations, path::Path, unicity},
    yaml::{Data, Map, Value},
};

/// The key under which Compose gathers `x-` keys.
pub(in crate::compose) const EXTENSIONS: &str = "#extensions";

/// One pass over a model.
pub(super) struct Converter {
    form: Form,
    path: Vec<String>,
    pub(super) unreadable: Vec<Unreadable>,
}

impl Converter {
    pub(super) fn new(form: Form) -> Self {
        Self { form, path: Vec::new(), unreadable: Vec::new() }
    }

    /// The whole project: in JSON sorted by key, in YAML in the order of the structure.
    pub(super) fn project(&mut self, model: &Value) -> Value {
        let mut map = self.fields(model, table::PROJECT);
        let extensions = self.extensions(model);
        map.extend(extensions);
        if self.form == Form::Json {
            let extensions = map.iter_mut().filter(|(key, _)| key.starts_with("x-"));
            extensions.for_each(|(_, value)| empty_lists_to_null(value, &mut Path::default()));
            map = sort(map.into_iter().collect(), Form::Json).into_iter().collect();
        }
        Data::Map(map).into()
    }

    /// A value of no known shape: keys sorted, dates written out.
    pub(super) fn any(&self, value: &Value) -> Value {
        value.with_data(match &value.data {
            Data::Map(map) => {
                let entries = map.iter().map(|(key, value)| (key.clone(), self.any(value))).collect();
                Data::Map(sort(entries, self.form).into_iter().collect())
            }
            Data::Seq(items) => Data::Seq(items.iter().map(|item| self.any(item)).collect()),
            Data::Timestamp(text) => Data::Timestamp(durations::print_timestamp(text)),
            data => data.clone(),
        })
    }

    fn fields(&mut self, value: &Value, fields: &[Field]) -> Map {
        let mut out = Map::new();
        for field in fields {
            if let Some(entry) = self.field(value.get(field.name), field) {
                let key = match field.shown {
                    Shown::Capital if self.form == Form::Json => capital(field.name),
                    _ => field.name.to_owned(),
                };
                out.insert(key, entry);
            }
        }
        out
    }

    fn field(&mut self, value: Option<&Value>, field: &Field) -> Option<Value> {
        let value = value.filter(|value| !value.is_null());
        self.path.push(field.name.to_owned());
        let cast = value.and_then(|value| self.cast(value, field.shape));
        self.path.pop();
        let is_json = self.form == Form::Json;
        match field.shown {
            Shown::Filled => cast.filter(|value| !is_zero(value, field.shape)),
            Shown::YamlOnly => cast.filter(|value| !is_json && !is_zero(value, field.shape)),
            Shown::Set => cast,
            Shown::Nullable => cast.or_else(|| is_json.then(Value::default)),
            Shown::Hollow => match cast {
                Some(value) if is_json || !is_zero(&value, field.shape) => Some(value),
                None if is_json => Some(self.zero(field.shape)),
                _ => None,
            },
            Shown::Always | Shown::Capital => Some(cast.unwrap_or_else(|| self.zero(field.shape))),
        }
    }

    fn cast(&mut self, value: &Value, shape: &Shape) -> Option<Value> {
        let gathered = if self.takes_extensions(shape) { gather_extensions(value) } else { None };
        let value = gathered.as_ref().unwrap_or(value);
        let scalar: Cast = match shape {
            Shape::Struct(fields) | Shape::Closed(fields) => return Some(self.structure(value, fields, shape)),
            Shape::List(item) => return self.list(value, item),
            Shape::Map(item) => return self.map(value, item),
            Shape::Labels | Shape::Variables => scalars::pairs(value, matches!(shape, Shape::Variables), self.form),
            Shape::MultiOptions => scalars::multi_options(value, self.form),
            Shape::Ulimit => scalars::ulimit(value, self.form),
            Shape::Ssh => scalars::ssh(value),
            Shape::Hosts => scalars::hosts(value),
            Shape::Texts => scalars::texts(value),
            Shape::Words => scalars::words(value),
            Shape::HealthTest => scalars::health_test(value),
            Shape::Text => scalars::text(value),
            Shape::Flag => scalars::flag(value),
            Shape::Strict => scalars::strict(value),
            Shape::Small(mask) => scalars::small(value, *mask),
            Shape::Natural => scalars::natural(value),
            Shape::Whole => scalars::whole(value),
            Shape::Decimal => scalars::decimal(value),
            Shape::Bytes => scalars::bytes(value),
            Shape::Duration => scalars::duration(value),
            Shape::Mode => scalars::mode(value),
            Shape::Count => scalars::count(value),
        };
        match scalar {
            Ok(data) => Some(value.with_data(data)),
            Err(reason) => {
                self.push(value, reason);
                None
            }
        }
    }

    fn push(&mut self, value: &Value, reason: String) {
        let service = (self.path.first().is_some_and(|key| key == "services")).then(|| self.path.get(1).cloned());
        self.unreadable.push(Unreadable {
            span: value.span(),
            service: service.flatten(),
            path: self.path.join("."),
            text: value.scalar_text().unwrap_or_default(),
            reason,
        });
    }

    fn structure(&mut self, value: &Value, fields: &[Field], shape: &Shape) -> Value {
        let mut map = self.fields(value, fields);
        if self.form == Form::Yaml && matches!(shape, Shape::Struct(_)) {
            map.extend(self.extensions(value));
        }
        value.with_data(Data::Map(map))
    }

    /// Whether Compose takes `x-` keys at this path for extensions, though the keys are the
    /// user's own (compose-go loader/loader.go, `processExtensions`).
    fn takes_extensions(&self, shape: &Shape) -> bool {
        let has_names = match self.path.as_slice() {
            [kind] => ["services", "networks", "volumes", "secrets", "configs"].contains(&kind.as_str()),
            [_, _, key] => key == "depends_on",
            _ => false,
        };
        !has_names && !matches!(shape, Shape::Struct(_) | Shape::Closed(_) | Shape::List(_))
    }

    fn extensions(&self, value: &Value) -> Vec<(String, Value)> {
        let map = value.as_map().into_iter().flatten();
        let entries = map.filter(|(key, _)| key.starts_with("x-"));
        sort(entries.map(|(key, value)| (key.clone(), self.any(value))).collect(), self.form)
    }

    fn list(&mut self, value: &Value, shape: &Shape) -> Option<Value> {
        let mut out = Vec::new();
        for (index, item) in value.as_seq()?.iter().enumerate() {
            self.path.push(index.to_string());
            out.extend(self.cast(item, shape));
            self.path.pop();
        }
        Some(value.with_data(Data::Seq(out)))
    }

    fn map(&mut self, value: &Value, shape: &Shape) -> Option<Value> {
        let mut entries = Vec::new();
        for (key, item) in value.as_map()? {
            self.path.push(key.clone());
            let cast = match shape {
                Shape::Strict if item.is_null() => Some(item.with_data(Data::String(String::new()))),
                _ if item.is_null() => Some(item.clone()),
                // Its keys are none of the structure's, nor are they extensions again.
                Shape::Struct(_) if key == EXTENSIONS => self.cast(&Data::Map(Map::new()).into(), shape),
                _ => self.cast(item, shape),
            };
            self.path.pop();
            entries.extend(cast.map(|cast| (key.clone(), cast)));
        }
        Some(value.with_data(Data::Map(sort(entries, self.form).into_iter().collect())))
    }

    /// What an attribute is that was not written.
    fn zero(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Struct(fields) | Shape::Closed(fields) => Data::Map(self.fields(&Value::default(), fields)),
            Shape::Map(_) => Data::Map(Map::new()),
            Shape::Flag => Data::Bool(false),
            Shape::Whole | Shape::Natural | Shape::Small(_) => Data::Int(0),
            Shape::Bytes => Data::String("0".to_owned()),
            _ => Data::String(String::new()),
        }
        .into()
    }
}

/// Lists whose entries take the caller's values, of which Compose makes nothing if they are empty.
const FILLED: [&str; 2] = ["services.*.environment", "services.*.build.args"];

/// Go's JSON has `null` for an empty list, save where Compose made the list anew: the keyed ones.
pub(super) fn empty_lists_to_null(value: &mut Value, path: &mut Path) {
    match &mut value.data {
        Data::Seq(items) if items.is_empty() && !is_made_anew(path) => value.data = Data::Null,
        Data::Seq(items) => {
            path.push("[]");
            items.iter_mut().for_each(|item| empty_lists_to_null(item, path));
            path.pop();
        }
        Data::Map(map) => {
            for (key, entry) in map {
                path.push(key);
                empty_lists_to_null(entry, path);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The mapping with its `x-` keys under one; `None` where there are none.
fn gather_extensions(value: &Value) -> Option<Value> {
    let map = value.as_map()?;
    let (extensions, mut rest): (Map, Map) =
        map.iter().map(|(key, value)| (key.clone(), value.clone())).partition(|(key, _)| key.starts_with("x-"));
    if extensions.is_empty() {
        return None;
    }
    rest.insert(EXTENSIONS.to_owned(), value.with_data(Data::Map(extensions)));
    Some(value.with_data(Data::Map(rest)))
}

fn is_made_anew(path: &Path) -> bool {
    unicity::is_keyed(path) && !FILLED.iter().any(|pattern| path.matches(pattern))
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whether Go would call it empty.
fn is_zero(value: &Value, shape: &Shape) -> bool {
    match &value.data {
        Data::Null => true,
        Data::Bool(value) => !value,
        Data::Int(value) => *value == 0,
        Data::UInt(value) => *value == 0,
        Data::Float(value) => *value == 0.0,
        Data::String(text) => match shape {
            Shape::Bytes => text == "0",
            Shape::Duration => text == "0s",
            _ => text.is_empty(),
        },
        Data::Timestamp(_) => false,
        Data::Seq(items) => items.is_empty(),
        Data::Map(map) => map.is_empty(),
    }
}
