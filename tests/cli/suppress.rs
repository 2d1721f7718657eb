//! Comments that ignore findings: where they hold, what is kept of them, and when they are needless.

use serde_json::Value;

use super::folder::{Folder, LEGACY};

const ITEM: &str = "            - driver: nvidia\n";

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("findings are a list");
    findings.iter().filter_map(|finding| finding["code"].as_str()).collect()
}

#[test]
fn on_the_line_or_above_the_block() {
    let texts = [
        LEGACY.replace(ITEM, "            - driver: nvidia # composegpu: ignore[CG106]\n"),
        LEGACY.replace(ITEM, &format!("            # composegpu: ignore[CG106]\n\n            # more\n{ITEM}")),
        LEGACY.replace("    deploy:\n", "    # composegpu: ignore[legacy-gpu-reservation] known\n    deploy:\n"),
        LEGACY.replace("      resources:\n", "      #composegpu:ignore[CG205, CG106]\n      resources:\n"),
        LEGACY.replace("  llm:\n", "  # composegpu: ignore[CG106]\n  llm:\n"),
        format!("# composegpu: ignore[CG106]\n{LEGACY}"),
        format!("# composegpu: ignore[CG106]\n{LEGACY}").replace('\n', "\r\n"),
    ];
    for text in texts {
        let folder = Folder::new(&[("compose.yaml", &text)]);
        let report = folder.run(&["lint", "--format", "json", "--select", "CG106", "--exit-zero"]).exits(0).json();
        assert_eq!(codes(&report), Vec::<&str>::new(), "{text}");
        assert_eq!(report["suppressed"].as_array().map(Vec::len), Some(1), "{text}");
    }
}

#[test]
fn nothing_else_is_ignored() {
    let texts = [
        LEGACY.replace("    image:", "    # composegpu: ignore[CG106]\n    image:"),
        LEGACY.replace("    deploy:\n", "    deploy: # composegpu: ignore[CG106]\n"),
        LEGACY.replace(ITEM, "            - driver: nvidia # composegpu: ignore[CG205]\n"),
        LEGACY.replace(ITEM, "            - driver: nvidia # composegpu: ignore CG106\n"),
        format!("{LEGACY}# composegpu: ignore[CG106]\n"),
    ];
    for text in texts {
        let folder = Folder::new(&[("compose.yaml", &text)]);
        let report = folder.run(&["lint", "--format", "json", "--select", "CG106", "--exit-zero"]).exits(0).json();
        assert_eq!(codes(&report), ["CG106"], "{text}");
    }
}

#[test]
fn the_reason_is_kept() {
    let text = LEGACY.replace(ITEM, "            - driver: nvidia # composegpu: ignore[CG106] the hosts are ours\n");
    let folder = Folder::new(&[("compose.yaml", &text)]);
    let report = folder.run(&["lint", "--format", "json", "--exit-zero"]).exits(0).json();
    let suppressed = &report["suppressed"][0];
    assert_eq!(suppressed["reason"], "the hosts are ours");
    assert_eq!((&suppressed["finding"]["code"], &suppressed["finding"]["service"]), (&"CG106".into(), &"llm".into()));
}

#[test]
fn a_needless_comment_is_taken_away() {
    for text in [
        "services:\n  web:\n    # composegpu: ignore[CG106] old\n    image: nginx\n",
        "services:\n  web:\n    image: nginx # composegpu: ignore[CG106, nope]\n",
        "services:\n  web:\n    image: nginx  # composegpu: ignore[]\n",
    ] {
        let folder = Folder::new(&[("compose.yaml", text)]);
        folder.run(&["lint"]).exits(1);
        folder.run(&["lint", "--fix"]).exits(0);
        assert_eq!(folder.read("compose.yaml"), "services:\n  web:\n    image: nginx\n");
    }
}

#[test]
fn a_comment_that_one_set_needs_is_needed() {
    let base = "services:\n  llm:\n    image: example/llm\n    runtime: nvidia # composegpu: ignore[CG119]\n";
    let overlay = "services:\n  llm:\n    environment: {NVIDIA_VISIBLE_DEVICES: \"0\"}\n";
    let folder = Folder::new(&[("compose.yaml", base), ("compose.gpu.yaml", overlay)]);
    let report = folder.run(&["lint", "--format", "json", "--exit-zero"]).exits(0).json();
    assert!(!codes(&report).contains(&"CG011") && !codes(&report).contains(&"CG119"), "{report}");
}
