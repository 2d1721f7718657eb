//! Hosts of pages, and host rules: a block names a recorded host of `fixtures/hosts`, and its JSON is laid over that
//! host's facts. `bad` hosts have the page's finding, `good` ones do not.

use std::{fs, path::Path};

use composegpu::{host::HostFacts, rules};
use serde_json::Value;

use crate::page::{Block, Case};

/// Whether a page's cases are hosts.
pub(crate) fn is_host(code: &str) -> bool {
    code.starts_with("CH")
}

/// Every block by itself.
pub(crate) fn check(code: &str, case: &Case) -> Result<(), String> {
    if !case.fixed.is_empty() {
        return Err("a host has no `fixed` block".into());
    }
    case.bad.iter().try_for_each(|block| expect(code, block, true))?;
    case.good.iter().try_for_each(|block| expect(code, block, false))
}

fn expect(code: &str, block: &Block, is_bad: bool) -> Result<(), String> {
    let findings = rules::examine(&facts(block)?).diagnostics;
    let has_code = findings.iter().any(|finding| finding.code.as_str() == code);
    if has_code == is_bad { Ok(()) } else { Err(format!("{}: found {findings:#?}", block.path)) }
}

/// The recorded facts with the block's laid over them.
pub(crate) fn facts(block: &Block) -> Result<HostFacts, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts").join(format!("{}.json", block.path));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut facts: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let over = serde_json::from_str(&block.text).map_err(|error| format!("{}: {error}", block.path))?;
    lay_over(&mut facts, over);
    HostFacts::from_json(&facts.to_string()).map_err(|error| format!("{}: {error:?}", block.path))
}

/// Objects are merged key by key, everything else is replaced; `known` and `unknown` exclude each other.
fn lay_over(facts: &mut Value, over: Value) {
    match (facts, over) {
        (Value::Object(facts), Value::Object(over)) => {
            for (key, value) in over {
                match key.as_str() {
                    "known" => drop(facts.remove("unknown")),
                    "unknown" => drop(facts.remove("known")),
                    _ => {}
                }
                lay_over(facts.entry(key).or_insert(Value::Null), value);
            }
        }
        (facts, over) => *facts = over,
    }
}
