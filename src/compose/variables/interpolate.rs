//! Variables in, over a whole model: text by text, keys left alone, then the casts that
//! Compose makes on the paths that hold numbers and booleans.
//!
//! Source: compose-go interpolation/interpolation.go and loader/interpolate.go (v2.9.1).

use std::collections::BTreeSet;

use super::{
    cast,
    environment::Environment,
    template::{self, TemplateError},
};
use crate::{
    compose::{codes::SCHEMA_VIOLATION, path::Path},
    diag::{Code, Diagnostic, Place, Severity},
    source::Span,
    yaml::{Data, Hole, Value},
};

/// A variable without a value.
pub const UNSET_VARIABLE: Code = Code::new("CG005");
/// Replaces the variables of `model`. What is wrong goes to `problems`; the answer says
/// whether Compose goes on.
pub(in crate::compose) fn interpolate(
    model: &mut Value,
    environment: &Environment,
    problems: &mut Vec<Diagnostic>,
) -> bool {
    let mut pass = Pass { environment, problems, path: Path::default(), seen: BTreeSet::new(), is_accepted: true };
    pass.value(model);
    pass.is_accepted
}

/// Whether a text decides which devices a service gets, or which of them a program sees.
fn is_device_setting(path: &Path, text: &str) -> bool {
    const KEYS: [&str; 4] = ["runtime", "gpus", "devices", "privileged"];
    const VARIABLES: [&str; 3] = ["NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "CUDA_VISIBLE_DEVICES"];
    let steps: Vec<&str> = path.steps().iter().map(String::as_str).collect();
    match steps.as_slice() {
        ["services", _, key, ..] if KEYS.contains(key) => true,
        ["services", _, "deploy", "resources", "reservations", "devices", ..] => true,
        ["services", _, "environment", "[]"] => text.split_once('=').is_some_and(|(name, _)| VARIABLES.contains(&name)),
        ["services", _, "environment", name] => VARIABLES.contains(name),
        _ => false,
    }
}

struct Pass<'a> {
    environment: &'a Environment,
    problems: &'a mut Vec<Diagnostic>,
    path: Path,
    /// Variables already spoken of: Compose warns of each once, we once more where a device
    /// hangs on it.
    seen: BTreeSet<(String, Severity)>,
    is_accepted: bool,
}

impl Pass<'_> {
    fn value(&mut self, value: &mut Value) {
        match &mut value.data {
            Data::Map(map) => {
                for (key, value) in map {
                    self.path.push(key);
                    self.value(value);
                    self.path.pop();
                }
            }
            Data::Seq(items) => {
                for item in items {
                    self.path.push("[]");
                    self.value(item);
                    self.path.pop();
                }
            }
            Data::String(text) => {
                let text = std::mem::take(text);
                self.text(value, text);
            }
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::UInt(_) | Data::Float(_) | Data::Timestamp(_) => {}
        }
    }

    fn text(&mut self, value: &mut Value, text: String) {
        let lookup = |name: &str| self.environment.get(name).map(str::to_owned);
        let substituted = match template::substitute(&text, &lookup) {
            Ok(substituted) => substituted,
            Err(error) => {
                self.refuse(&error, &text, value.span());
                value.hole = Some(Box::new(Hole { variables: hole_variables(&error) }));
                value.data = Data::String(text);
                return;
            }
        };
        if !substituted.unset.is_empty() {
            self.warn(&substituted.unset, &text, value.span());
            value.hole = Some(Box::new(Hole { variables: substituted.unset }));
        }
        let text = if substituted.has_variables { substituted.text } else { text };
        value.data = match cast::cast(&self.path, &text) {
            None => Data::String(text),
            Some(Ok(data)) => data,
            // A hole stays a text: what it will hold is not known. Compose wants to know.
            Some(Err(_)) if value.hole.is_some() => {
                self.is_accepted = false;
                Data::String(text)
            }
            Some(Err(wanted)) => {
                self.is_accepted = false;
                let message = format!("`{}` takes {wanted}, not `{text}`", self.path);
                self.report(SCHEMA_VIOLATION, Severity::Error, message, value.span());
                Data::String(text)
            }
        };
    }

    fn warn(&mut self, variables: &[String], text: &str, span: Option<Span>) {
        let severity = if is_device_setting(&self.path, text) { Severity::Warning } else { Severity::Info };
        for variable in variables {
            if self.seen.insert((variable.clone(), severity)) {
                let message = format!("the variable `{variable}` has no value: Compose puts nothing in its place");
                let help = match self.is_command() {
                    true => format!(
                        "write `$${variable}` where the container's shell is to read it, or set `{variable}` in `.env`"
                    ),
                    // Configuration of another program, such as nginx.
                    false if text.contains('\n') => {
                        format!("write `$${variable}` where the dollar sign is meant, or set `{variable}` in `.env`")
                    }
                    false => {
                        format!("set `{variable}` in the environment or in `.env`, or write `${{{variable}:-default}}`")
                    }
                };
                self.report(UNSET_VARIABLE, severity, message, span).help = Some(help);
            }
        }
    }

    /// Whether the text is run in the container, where a shell has variables of its own.
    fn is_command(&self) -> bool {
        let steps: Vec<&str> = self.path.steps().iter().skip(2).map(String::as_str).collect();
        matches!(steps.as_slice(), ["command" | "entrypoint", ..] | ["healthcheck", "test", ..])
    }

    fn refuse(&mut self, error: &TemplateError, text: &str, span: Option<Span>) {
        self.is_accepted = false;
        match error {
            TemplateError::Required { variable, reason } => {
                let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
                let message = format!("the variable `{variable}` must be set{why}");
                if self.seen.insert((variable.clone(), Severity::Info)) {
                    self.report(UNSET_VARIABLE, Severity::Info, message, span).help = Some(format!(
                        "Compose refuses the project without it; set `{variable}` in the environment or in `.env`"
                    ));
                }
            }
            TemplateError::Invalid(at) => {
                let shown: String = text[*at..].chars().take(20).collect();
                let message = format!("`{shown}` begins no variable that Compose can read");
                self.report(SCHEMA_VIOLATION, Severity::Error, message, span).help =
                    Some("write `$$` for a dollar sign, or `${NAME}` for a variable".into());
            }
        }
    }

    fn report(&mut self, code: Code, severity: Severity, message: String, span: Option<Span>) -> &mut Diagnostic {
        let place = span.map_or_else(|| Place::File(String::new()), |span| Place::Source(span.into()));
        let mut problem = Diagnostic::new(code, severity, message, place);
        if let [first, service, ..] = self.path.steps()
            && first == "services"
        {
            problem.service = Some(service.clone());
        }
        self.problems.push(problem);
        self.problems.last_mut().expect("a problem was just pushed")
    }
}

fn hole_variables(error: &TemplateError) -> Vec<String> {
    match error {
        TemplateError::Required { variable, .. } => vec![variable.clone()],
        TemplateError::Invalid(_) => Vec::new(),
    }
}
