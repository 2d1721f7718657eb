//! One project rewritten where it stands, service after service.

use std::ops::Range;

use composegpu::{
    compose::{self, Form as Printed},
    gpu::GpuRequest,
    host::HostFacts,
    lower::{Form, Rewriting, Unwritable, Wanted, rewrite},
    yaml::{Value, edit},
};

use super::{
    load,
    project::{Generated, Through},
};

/// What came of all services.
#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) rewritten: usize,
    /// Left, since the request is not the service's alone.
    pub(crate) shared: usize,
    /// Left, since they have the form.
    pub(crate) same: usize,
}

pub(crate) fn check(seed: u64, project: &Generated, form: Form, host: &HostFacts, count: &mut Count) {
    let mut text = project.text.clone();
    for (name, through) in &project.services {
        match rewritten(&text, name, form, host) {
            Ok(None) => count.same += 1,
            Err(Unwritable::Alias | Unwritable::MergeKey) if *through == Through::Alias => count.shared += 1,
            Err(reason) => panic!("seed {seed} {form}: `{name}` is refused: {reason}\n{text}"),
            Ok(Some((after, service))) => {
                assert_eq!(*through, Through::Text, "seed {seed} {form}: `{name}` is not alone\n{text}");
                count.rewritten += 1;
                outside(seed, &text, &after, service);
                text = after;
                let again = rewritten(&text, name, form, host);
                assert_eq!(again, Ok(None), "seed {seed} {form}: `{name}` has it still\n{text}");
            }
        }
    }
    untouched(seed, project, form, &text);
}

/// The text with one service in another form, which means what was decided, and where the service stood.
fn rewritten(
    text: &str,
    name: &str,
    form: Form,
    host: &HostFacts,
) -> Result<Option<(String, Range<usize>)>, Unwritable> {
    let (mut project, sources, requests) = load(&[("compose.yaml", text)]).expect("it was accepted before");
    let wanted = Wanted { form: Some(form), is_cpu_allowed: false };
    // What asks for nothing has nothing to rewrite.
    if !requests.iter().any(|request: &GpuRequest| request.service == name) {
        return Ok(None);
    }
    let Some(rewriting) = rewrite(&project, &sources, &requests, name, Some(host), wanted)? else { return Ok(None) };
    let Rewriting { edits, service, .. } = &rewriting;
    let after = edit::apply(text, edits);
    let range = project.service(name).and_then(Value::span).expect("it stands in the text").range();
    project.model.at_mut(&["services", name]).expect("it is there").clone_from(service);
    let promised = compose::portable(&project, Printed::Yaml);
    let Some((again, _, requests)) = load(&[("compose.yaml", &after)]) else {
        panic!("{form}: Compose refuses what came of `{name}`\n{text}\n----\n{after}")
    };
    let means: Value = compose::portable(&again, Printed::Yaml);
    assert_eq!(means, promised, "{form}: `{name}` means something else\n{text}\n----\n{after}");
    assert!(rewriting.is_kept(&requests, name, Some(host)), "{form}: other devices\n{text}\n----\n{after}");
    Ok(Some((after, range)))
}

/// Nothing before the service and nothing behind it has changed.
fn outside(seed: u64, before: &str, after: &str, service: Range<usize>) {
    // The first line may go with its indentation.
    let start = before[..service.start].trim_end_matches(' ').len();
    let front = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
    let back = before.bytes().rev().zip(after.bytes().rev()).take_while(|(one, other)| one == other).count();
    let is_inside = front >= start && back >= before.len() - service.end - trailing(&before[service.end..]);
    assert!(is_inside, "seed {seed}: more than the service has changed\n{before}\n----\n{after}");
}

/// The rest of the service's last line, with the line end: a new entry may come behind it.
fn trailing(rest: &str) -> usize {
    rest.find('\n').map_or(rest.len(), |at| at + 1)
}

/// Lines that are no request's stay, in their order; comments stay; line ends are of one kind.
fn untouched(seed: u64, project: &Generated, form: Form, after: &str) {
    let mut lines = after.trim_start_matches('\u{feff}').lines();
    for kept in &project.kept {
        let is_there = lines.any(|line| line == kept);
        assert!(is_there, "seed {seed} {form}: `{kept}` went\n{}\n----\n{after}", project.text);
    }
    let comments = |text: &str| {
        let mut notes: Vec<String> = text
            .split("# note ")
            .skip(1)
            .map(|note| note.split_whitespace().next().unwrap_or_default().to_owned())
            .collect();
        notes.sort();
        notes
    };
    assert_eq!(comments(&project.text), comments(after), "seed {seed} {form}:\n{}\n----\n{after}", project.text);
    let (ends, windows) = (after.matches('\n').count(), after.matches("\r\n").count());
    let expected = if project.text.contains("\r\n") { ends } else { 0 };
    assert_eq!(windows, expected, "seed {seed} {form}: line ends are mixed\n{after:?}");
    assert_eq!(project.text.starts_with('\u{feff}'), after.starts_with('\u{feff}'), "seed {seed} {form}");
    // Where the last line goes, the one before it keeps its line end.
    let has_last = project.text.lines().last() == after.lines().last();
    let is_same = project.text.ends_with('\n') == after.ends_with('\n');
    assert!(is_same || (!has_last && after.ends_with('\n')), "seed {seed} {form}: {after:?}");
}
