//! `package.json`: which of its scripts a package manager runs, and whether installing runs any.
//!
//! Apart from `command` because package managers have a grammar of their own, and read a file.

use std::collections::BTreeMap;

use super::{node, starts::Word};

/// `npm run SCRIPT` and its like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// The script's name.
    pub(super) script: String,
    /// The folder of the package, where the call names one.
    pub(super) folder: Option<String>,
    /// Words that are put behind the script's text.
    arguments: Vec<String>,
    /// A script of that name need not be: a program of that name is run then.
    may_be_program: bool,
}

/// Verbs of package managers that run no script of their name.
const VERBS: &[&str] = &[
    "add",
    "audit",
    "cache",
    "ci",
    "config",
    "create",
    "dedupe",
    "dlx",
    "exec",
    "i",
    "import",
    "info",
    "init",
    "install",
    "link",
    "list",
    "ls",
    "node",
    "pack",
    "plugin",
    "publish",
    "rebuild",
    "remove",
    "rm",
    "set",
    "store",
    "up",
    "update",
    "upgrade",
    "version",
    "why",
    "workspace",
    "workspaces",
    "x",
];

/// Verbs of `npm` that run the script of their name.
const LIFECYCLE: &[&str] = &["start", "test", "stop", "restart"];

impl Call {
    /// The call among the words behind `npm`, `yarn`, `pnpm` or `bun`; `None` where they run no script.
    ///
    /// # Errors
    /// What of the words is not followed, as one clause.
    /// Source: `npm help run-script` (npm 10), `yarn help run` (1.22), `pnpm help run` (9).
    pub(super) fn parse(manager: &str, words: &[Word]) -> Result<Option<Self>, String> {
        let mut folder = None;
        let mut rest = words;
        let mut is_run = false;
        while let Some((word, behind)) = rest.split_first() {
            let text = word.text.as_str();
            if !word.is_known {
                return Err(format!("`{text}` holds a variable"));
            }
            rest = behind;
            match text {
                "run" | "run-script" if !is_run => is_run = true,
                "-s" | "--silent" | "--quiet" | "-q" | "--if-present" => {}
                "--prefix" | "--cwd" | "--dir" | "-C" => {
                    folder = rest.first().map(|word| word.text.clone());
                    rest = rest.get(1..).unwrap_or_default();
                }
                text if text.starts_with("--prefix=") || text.starts_with("--cwd=") || text.starts_with("--dir=") => {
                    folder = text.split_once('=').map(|(_, folder)| folder.to_owned());
                }
                text if text.starts_with('-') => return Err(format!("`{manager} {text}` is not followed")),
                text if manager == "bun" && node::is_script(text) => return Ok(None),
                _ if is_elsewhere(rest) => return Err(format!("the workspace of `{manager}` is not looked for")),
                text => return Ok(Self::of(manager, text, is_run, folder, rest)),
            }
        }
        Ok(None)
    }

    fn of(manager: &str, script: &str, is_run: bool, folder: Option<String>, rest: &[Word]) -> Option<Self> {
        let is_own = manager == "bun" && ["build", "test"].contains(&script);
        let is_named = LIFECYCLE.contains(&script) || (manager != "npm" && !VERBS.contains(&script));
        let is_script = is_run || is_named && !is_own;
        let arguments = rest.iter().skip_while(|word| word.text == "--").map(|word| word.text.clone()).collect();
        is_script.then(|| Self { script: script.to_owned(), folder, arguments, may_be_program: manager != "npm" })
    }
}

/// Whether an option before `--` sends the call to other packages.
fn is_elsewhere(words: &[Word]) -> bool {
    const OPTIONS: &[&str] = &["-w", "-ws", "--workspace", "--workspaces", "--prefix", "--cwd", "--filter", "-F", "-r"];
    let own = words.iter().take_while(|word| word.text != "--");
    own.map(|word| word.text.split('=').next().unwrap_or("")).any(|word| OPTIONS.contains(&word))
}

/// What of a `package.json` counts here.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    scripts: BTreeMap<String, String>,
}

impl Package {
    /// Reads the file; `None` where it is no package.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let json: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let scripts = json.as_object()?.get("scripts").and_then(serde_json::Value::as_object);
        let text = |(name, value): (&String, &serde_json::Value)| Some((name.clone(), value.as_str()?.to_owned()));
        Some(Self { scripts: scripts.into_iter().flatten().filter_map(text).collect() })
    }

    /// What runs before the script, and the script's text with the call's words behind it.
    ///
    /// # Errors
    /// Why there is none, as one clause.
    /// Source: npm/run-script `lib/run-script-pkg.js` (155c434); npm documentation, "Scripts": `pre` and
    /// `post`; pnpm and later Yarn run them where they are told to.
    pub(super) fn commands(&self, call: &Call) -> Result<(Option<String>, String), String> {
        let name = &call.script;
        let text = self.scripts.get(name).ok_or_else(|| match call.may_be_program {
            true => format!("`{name}` is no script of `package.json`, and may be a program"),
            false => format!("`package.json` has no script `{name}`"),
        })?;
        let quoted = call.arguments.iter().map(|word| format!(" '{}'", word.replace('\'', "'\\''")));
        Ok((self.scripts.get(&format!("pre{name}")).cloned(), text.clone() + &quoted.collect::<String>()))
    }

    /// The script that installing the package's dependencies runs, which may build anything.
    /// Source: npm documentation, "Scripts", "npm ci" and "npm install".
    pub(super) fn run_by_install(&self) -> Option<&str> {
        const RUN: &[&str] =
            &["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
        RUN.iter().copied().find(|name| self.scripts.contains_key(*name))
    }
}
