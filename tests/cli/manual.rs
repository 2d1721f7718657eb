//! What shells and the manual are told.

use super::folder::Folder;

const VERBS: [&str; 7] = ["lint", "render", "config", "probe", "doctor", "explain", "rules"];

#[test]
fn every_shell_learns_verbs_flags_and_values() {
    let folder = Folder::new(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = folder.run(&["completions", shell]).exits(0).out;
        // Elvish and PowerShell are told no values.
        let values: &[&str] =
            if ["bash", "fish", "zsh"].contains(&shell) { &["markdown", "cdi-reservation"] } else { &[] };
        let words = VERBS.iter().chain(&["unsafe-fixes"]).chain(values);
        let missing: Vec<&&str> = words.filter(|word| !script.contains(**word)).collect();
        assert!(missing.is_empty(), "{shell} does not learn {missing:?}");
        assert!(!script.contains("nvml"), "{shell} learns a verb that is nobody's business");
    }
    folder.run(&["completions", "tcsh"]).exits(2);
    folder.run(&["completions"]).exits(2);
}

#[test]
fn the_manual_has_every_verb_with_its_flags() {
    let folder = Folder::new(&[]);
    let page = folder.run(&["man"]).exits(0).out.replace("\\-", "-");
    assert!(page.lines().any(|line| line.starts_with(".TH composegpu 1")), "{page}");
    for verb in VERBS {
        assert!(page.contains(&format!("composegpu {verb}")), "no {verb} in {page}");
    }
    assert!(page.contains("--unsafe-fixes") && page.contains("--stdin-filename"), "{page}");
    assert!(!page.contains("nvml-"), "{page}");
}
