//! `--fix` and `--diff`: what is written, and what never is.

use std::fs;

use super::folder::Folder;

const MOUNTS: &str = "\
services:
  llm:
    image: vllm/vllm-openai:v0.6.0
    volumes:
      - /usr/lib/x86_64-linux-gnu/libcuda.so.1:/usr/lib/x86_64-linux-gnu/libcuda.so.1:ro
      - /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1:/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1:ro # why not
    environment:
      - NVIDIA_VISIBLE_DEVICES=0
      - MODEL=x
    devices:
      - nvidia.com/gpu=0
";

const WITHOUT_VARIABLE: &str = "\
    environment:
      - MODEL=x
    devices:
      - nvidia.com/gpu=0
";

#[test]
fn a_safe_fix_is_written() {
    let folder = Folder::new(&[("compose.yaml", MOUNTS)]);
    let outcome = folder.run(&["lint", "--fix", "--select", "CG201"]).exits(0);
    assert_eq!(outcome.err, "fixed 1 finding in 1 file: 1 visible-devices-overridden (CG201)\n");
    let text = folder.read("compose.yaml");
    assert!(text.ends_with(WITHOUT_VARIABLE) && text.contains("libcuda"), "{text}");
    assert_eq!(folder.names(), ["compose.yaml"]);
    assert_eq!(folder.run(&["lint", "--fix", "--select", "CG201"]).exits(0).err, "");
}

#[test]
fn an_unsafe_fix_waits_to_be_asked_for() {
    let folder = Folder::new(&[("compose.yaml", MOUNTS)]);
    folder.run(&["lint", "--fix", "--select", "CG301"]).exits(1);
    assert_eq!(folder.read("compose.yaml"), MOUNTS);
    folder.run(&["lint", "--fix", "--unsafe-fixes", "--select", "CG301"]).exits(0);
    let text = folder.read("compose.yaml");
    assert!(!text.contains("volumes") && text.contains("NVIDIA_VISIBLE_DEVICES"), "{text}");
}

#[test]
fn a_patch_writes_nothing() {
    let folder = Folder::new(&[("sub/compose.yaml", MOUNTS)]);
    for args in [&["lint", "--diff", "--select", "CG201"][..], &["lint", "--fix", "--diff", "--select", "CG201"]] {
        let outcome = folder.run(args).exits(1);
        assert!(outcome.out.starts_with("--- a/sub/compose.yaml\n+++ b/sub/compose.yaml\n@@ "), "{outcome:#?}");
        assert!(outcome.out.contains("\n-      - NVIDIA_VISIBLE_DEVICES=0\n"), "{outcome:#?}");
    }
    assert_eq!(folder.read("sub/compose.yaml"), MOUNTS);
    assert_eq!(folder.run(&["lint", "--diff", "--select", "CG106"]).exits(0).out, "");
}

#[test]
fn line_ends_and_other_bytes_stay() {
    let text = MOUNTS.replace('\n', "\r\n");
    let folder = Folder::new(&[("compose.yaml", &text)]);
    folder.run(&["lint", "--fix", "--select", "CG201"]).exits(0);
    assert_eq!(folder.read("compose.yaml"), text.replace("      - NVIDIA_VISIBLE_DEVICES=0\r\n", ""));
}

#[test]
fn a_patch_of_standard_input() {
    let folder = Folder::new(&[]);
    let mut command =
        folder.command(&["lint", "-", "--diff", "--select", "CG201", "--stdin-filename", "x/compose.yaml"]);
    let output = command.write_stdin(MOUNTS).output().expect("the command can be started");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("--- a/x/compose.yaml\n"), "{output:?}");
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn the_mode_of_a_file_stays() {
        let folder = Folder::new(&[]);
        let path = folder.write("compose.yaml", MOUNTS.as_bytes());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("the mode can be set");
        folder.run(&["lint", "--fix", "--select", "CG201"]).exits(0);
        let mode = fs::metadata(&path).expect("the file is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_ne!(folder.read("compose.yaml"), MOUNTS);
    }

    #[test]
    fn a_link_is_followed_inside_the_project_and_not_out_of_it() {
        let folder = Folder::new(&[("inside/real.yaml", MOUNTS), ("elsewhere/real.yaml", MOUNTS)]);
        symlink("real.yaml", folder.path().join("inside/compose.yaml")).expect("links can be made");
        symlink("../elsewhere/real.yaml", folder.path().join("inside/other.yaml")).expect("links can be made");
        let fix = |path: &str| {
            let mut command = folder.command(&["lint", "--fix", "--select", "CG201", path]);
            command.current_dir(folder.path().join("inside")).output().expect("the command can be started")
        };
        assert_eq!(fix("compose.yaml").status.code(), Some(0));
        assert_ne!(folder.read("inside/real.yaml"), MOUNTS);
        let refused = fix("other.yaml");
        assert_eq!(refused.status.code(), Some(3), "{refused:?}");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.contains("cannot write other.yaml: it is a link to "), "{said}");
        assert_eq!(folder.read("elsewhere/real.yaml"), MOUNTS);
    }

    #[test]
    fn what_cannot_be_written_stays_whole() {
        let folder = Folder::new(&[]);
        let path = folder.write("compose.yaml", MOUNTS.as_bytes());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("the mode can be set");
        folder
            .run(&["lint", "--fix", "--select", "CG201"])
            .fails_with(3, "cannot write compose.yaml: permission denied");
        assert_eq!(folder.read("compose.yaml"), MOUNTS);
        assert_eq!(folder.names(), ["compose.yaml"]);
    }
}

#[test]
fn the_form_that_was_named_is_no_finding() {
    let request = "deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}";
    let text = format!("services:\n  llm:\n    image: llm:1\n    privileged: true\n    {request}\n");
    let folder = Folder::new(&[("compose.yaml", &text)]);
    let words = ["lint", "--form", "runtime", "--select", "CG106,CG119", "--format", "concise"];
    // `privileged` beside a GPU by number is an error, beside a count a warning: no new finding.
    let outcome = folder.run(&[&words[..], &["--fix", "--unsafe-fixes"]].concat()).exits(0);
    assert_eq!(outcome.out, "", "{}", outcome.err);
    assert!(folder.read("compose.yaml").contains("runtime: nvidia"));
    assert_eq!(folder.run(&words).exits(0).out, "");
    let outcome = folder.run(&["lint", "--select", "CG106,CG119", "--format", "concise"]).exits(1);
    assert!(outcome.out.contains("warning[CG119]"), "{}", outcome.out);
}
