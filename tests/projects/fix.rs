//! `lint --fix --unsafe-fixes` on a copy of a fixture's wrong form: what had a fix is gone, nothing
//! new is found, and a second run changes nothing.

use std::{collections::BTreeMap, fs, io, path::Path};

use libtest_mimic::Failed;
use serde_json::Value;

use super::{composegpu, fixture_projects::Fixture};

/// Mends a copy of the fixture's `bad` form.
pub(crate) fn check(fixture: &Fixture) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    // The copy has the form's own name, which is the project's.
    let folder = folder.path().join("bad");
    copy(&fixture.path.join("bad"), &folder)?;
    let arguments = fixture.arguments()?;
    let before = findings(&folder, &arguments)?;
    let once = mend(&folder, &arguments)?;
    let after = findings(&folder, &arguments)?;
    for ((code, service), count) in &after {
        let was = before.get(&(code.clone(), service.clone()));
        // A request that the fixes made one has a form to speak of.
        if was.is_none() && ["CG106", "CG119"].contains(&code.as_str()) {
            continue;
        }
        if was.is_none_or(|was| count.0 > was.0) {
            return Err(format!("{code} of {service:?} is new after the fixes").into());
        }
        if was.is_some_and(|was| was.1 > 0 && was.0 == count.0) {
            return Err(format!("{code} of {service:?} had a fix, which did not mend it").into());
        }
    }
    if mend(&folder, &arguments)? != once {
        return Err("a second run of the fixes changes the files again".into());
    }
    Ok(())
}

/// How many findings each code has in each service, and how many of those come with a fix.
type Counts = BTreeMap<(String, Option<String>), (usize, usize)>;

fn findings(folder: &Path, arguments: &[String]) -> Result<Counts, Failed> {
    let output = composegpu(folder, &["lint", "--format", "json"], arguments)?;
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {output:?}"))?;
    let mut counts = Counts::new();
    for finding in report["findings"].as_array().ok_or("`findings` is no list")? {
        let text = |key: &str| finding[key].as_str().map(str::to_owned);
        let count = counts.entry((text("code").ok_or("a finding without a code")?, text("service"))).or_default();
        *count = (count.0 + 1, count.1 + usize::from(!finding["fix"].is_null()));
    }
    Ok(counts)
}

/// The files as they are once all fixes were applied.
fn mend(folder: &Path, arguments: &[String]) -> Result<BTreeMap<String, Vec<u8>>, Failed> {
    let output = composegpu(folder, &["lint", "--fix", "--unsafe-fixes"], arguments)?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("`lint --fix`: {output:?}").into());
    }
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
        }
    }
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
