//! The schema as JSON, for words: which keys a place has, what is expected there.
//!
//! The validator is made at compile time and knows no words. This copy is parsed only once a
//! project has broken the schema. A place of a project leads to one part of the schema, since
//! the schema has no alternatives but lists of types.

use std::{collections::VecDeque, sync::OnceLock};

use serde_json::{Map, Value as Json};

use super::path::Step;

/// How deep below a place a misplaced key is looked for.
const SEARCH_DEPTH: usize = 4;

/// The part of the schema that speaks of one place.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    node: &'static Map<String, Json>,
}

impl Shape {
    /// The schema of a whole file.
    pub(super) fn root() -> Self {
        static SCHEMA: OnceLock<Json> = OnceLock::new();
        let text = include_str!("../../../schemas/compose.schema.json");
        let schema = SCHEMA.get_or_init(|| serde_json::from_str(text).expect("the validator was made from this text"));
        Self { node: schema.as_object().expect("the schema is a mapping") }
    }

    /// The part for a place; `None` where the schema does not look.
    pub(super) fn at(path: &[Step<'_>]) -> Option<Self> {
        path.iter().try_fold(Self::root(), |shape, step| shape.child(step))
    }

    fn child(self, step: &Step<'_>) -> Option<Self> {
        match step {
            Step::Index(_) => resolve(self.node.get("items")?),
            Step::Key(key) => self.entry(key).or_else(|| self.any_entry()),
        }
    }

    fn entry(self, key: &str) -> Option<Self> {
        resolve(self.node.get("properties")?.get(key)?)
    }

    /// The part for entries whose names the project chooses.
    fn any_entry(self) -> Option<Self> {
        let patterns = self.node.get("patternProperties")?.as_object()?;
        patterns.iter().find(|(pattern, _)| *pattern != "^x-").and_then(|(_, node)| resolve(node))
    }

    /// Keys that the schema names here.
    pub(super) fn keys(self) -> impl Iterator<Item = &'static str> {
        let properties = self.node.get("properties").and_then(Json::as_object);
        properties.into_iter().flat_map(Map::keys).map(String::as_str)
    }

    /// Whether the project chooses the keys here, within a pattern.
    pub(super) fn has_free_keys(self) -> bool {
        self.any_entry().is_some()
    }

    /// Whether `x-` keys are passed over here.
    pub(super) fn takes_extensions(self) -> bool {
        self.node.get("patternProperties").is_some_and(|patterns| patterns.get("^x-").is_some())
    }

    /// Whether text of any kind is what belongs here, and no number: quotes around one would do. A time wants a
    /// unit too.
    pub(super) fn wants_text(self) -> bool {
        let is_time = self.title().is_some_and(|title| title.starts_with("a time"));
        self.types().contains(&"string") && !self.wants_whole() && !self.node.contains_key("pattern") && !is_time
    }

    fn title(self) -> Option<&'static str> {
        self.node.get("title").and_then(Json::as_str)
    }

    /// Whether whole numbers may stand here, and no others.
    pub(super) fn wants_whole(self) -> bool {
        self.types().contains(&"integer")
    }

    fn types(self) -> Vec<&'static str> {
        match self.node.get("type") {
            Some(Json::String(one)) => vec![one],
            Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Values that are allowed, where the schema counts them up.
    pub(super) fn options(self) -> Vec<&'static str> {
        self.node.get("enum").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect()
    }

    /// What is expected, as a message says it: `a list or a mapping`.
    pub(super) fn expected(self) -> String {
        if let Some(title) = self.title() {
            return title.to_owned();
        }
        let options = self.options();
        if !options.is_empty() {
            return alternatives(options.iter().map(|option| format!("`{option}`")).collect());
        }
        alternatives(self.types().into_iter().filter_map(type_word).map(str::to_owned).collect())
    }

    /// The nearest place below this one that has a key of that name: the path that leads to
    /// what holds it, empty for this place itself.
    pub(super) fn find(self, key: &str) -> Option<String> {
        let mut queue = VecDeque::from([(self, String::new(), 0)]);
        while let Some((shape, path, depth)) = queue.pop_front() {
            if shape.entry(key).is_some() {
                return Some(path);
            }
            if depth < SEARCH_DEPTH {
                let below = shape.parts().into_iter().map(|(step, part)| (part, format!("{path}{step}"), depth + 1));
                queue.extend(below);
            }
        }
        None
    }

    fn parts(self) -> Vec<(String, Self)> {
        let named = self.keys().filter_map(|key| Some((format!(".{key}"), self.entry(key)?)));
        let items = self.node.get("items").and_then(resolve).map(|part| ("[]".to_owned(), part));
        named.chain(items).collect()
    }
}

fn resolve(node: &'static Json) -> Option<Shape> {
    let node = node.as_object()?;
    match node.get("$ref").and_then(Json::as_str) {
        Some(reference) => {
            let name = reference.strip_prefix("#/definitions/")?;
            resolve(Shape::root().node.get("definitions")?.get(name)?)
        }
        None => Some(Shape { node }),
    }
}

fn type_word(name: &str) -> Option<&'static str> {
    match name {
        "string" => Some("a string"),
        "boolean" => Some("a boolean"),
        "integer" => Some("a whole number"),
        "number" => Some("a number"),
        "array" => Some("a list"),
        "object" => Some("a mapping"),
        // That nothing may stand there too helps nobody who wrote something.
        _ => None,
    }
}

fn alternatives(mut words: Vec<String>) -> String {
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} or {last}", words.join(", ")),
        None => "nothing".to_owned(),
    }
}
