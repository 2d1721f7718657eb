//! `doctor --write`: what becomes of daemon.json and config.toml, and what the verb does with a folder.
#![allow(clippy::disallowed_methods, reason = "it reads the project's own fixtures and writes into folders of its own")]

use std::{fs, path::Path};

use assert_cmd::Command;
use composegpu::{
    heal::{self, Original, Originals, Proposal},
    host::{HostFacts, Toolkit},
    observed::Observed,
};

fn lab(name: &str) -> HostFacts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/hosts/lab-{name}.json"));
    HostFacts::from_json(&fs::read_to_string(path).expect("it is there")).expect("it is a host")
}

fn toolkit(mut host: HostFacts, with: impl FnOnce(&mut Toolkit)) -> HostFacts {
    host.toolkit = host.toolkit.map(|mut toolkit| {
        with(&mut toolkit);
        toolkit
    });
    host
}

fn text(text: &str) -> Original {
    Original::Text { text: text.to_owned(), mode: 0o640 }
}

fn propose(host: &HostFacts, daemon_json: &str, config_toml: &str) -> Proposal {
    heal::propose(host, &Originals { daemon_json: text(daemon_json), config_toml: text(config_toml) })
}

fn file<'a>(proposal: &'a Proposal, path: &str) -> &'a str {
    proposal.files.iter().find(|file| file.path == path).map_or("", |file| &file.text)
}

const DAEMON_JSON: &str = "/etc/docker/daemon.json";
const CONFIG_TOML: &str = "/etc/nvidia-container-runtime/config.toml";

#[test]
fn daemon_json_keeps_its_keys_order_and_indentation() {
    let before = "{\n  \"log-driver\": \"json-file\",\n  \"features\": {\n    \"buildkit\": true,\n    \"cdi\": false\n  },\n  \"debug\": false\n}\n";
    let proposal = propose(&lab("cdi-off"), before, "");
    assert_eq!(file(&proposal, DAEMON_JSON), before.replace("\"cdi\": false", "\"cdi\": true"));
    assert_eq!(proposal.files[0].mode, 0o640);
    assert_eq!(proposal.commands, ["sudo systemctl restart docker"]);
    let tabs = propose(&lab("cdi-off"), "{\n\t\"debug\": true\n}", "");
    assert_eq!(file(&tabs, DAEMON_JSON), "{\n\t\"debug\": true,\n\t\"features\": {\n\t\t\"cdi\": true\n\t}\n}\n");
    for empty in ["", "  \n"] {
        let text = "{\n    \"features\": {\n        \"cdi\": true\n    }\n}\n";
        assert_eq!(file(&propose(&lab("cdi-off"), empty, ""), DAEMON_JSON), text);
    }
}

#[test]
fn config_toml_keeps_its_comments() {
    let before = "\
# our own\n#accept-nvidia-visible-devices-as-volume-mounts = false\n\n[nvidia-container-cli]\n\
environment = []\nldconfig = \"@/sbin/ldconfig.real\" # from the image\n\n[nvidia-container-runtime]\nmode = \"auto\"\n";
    let proposal = propose(&lab("full-legacy-ldconfig"), "{}", before);
    assert_eq!(file(&proposal, CONFIG_TOML), before.replace("ldconfig.real", "ldconfig"));
    assert!(proposal.commands.is_empty(), "{:?}", proposal.commands);
    let none = propose(&lab("full-legacy-ldconfig"), "{}", "disable-require = false\n");
    let added = "disable-require = false\n\n[nvidia-container-cli]\nldconfig = \"@/sbin/ldconfig\"\n";
    assert_eq!(file(&none, CONFIG_TOML), added);
    let mode = propose(&lab("full-cdi"), "{}", "[nvidia-container-runtime]\nmode = 'cdi'  # why not\n");
    assert_eq!(file(&mode, CONFIG_TOML), "[nvidia-container-runtime]\nmode = \"auto\"  # why not\n");
}

#[test]
fn a_file_that_no_edit_can_keep_is_left_to_a_person() {
    for (daemon_json, reason) in [
        ("{ // ours\n}", "it is no JSON: "),
        ("[]", "it is no JSON object"),
        ("{\"features\": true}", "`features` is true, not an object"),
    ] {
        let proposal = propose(&lab("cdi-off"), daemon_json, "");
        assert!(proposal.files.is_empty(), "{daemon_json}");
        assert!(proposal.by_hand[0].reason.starts_with(reason), "{:?}", proposal.by_hand);
        assert_eq!(
            proposal.by_hand[0].changes,
            ["`features.cdi` becomes `true` (CH010): the CDI form becomes available"]
        );
    }
    let proposal = propose(&lab("full-cdi"), "{}", "mode = ");
    assert!(proposal.by_hand[0].reason.starts_with("it is no TOML: "), "{:?}", proposal.by_hand);
}

#[test]
fn a_spec_is_written_anew_by_the_toolkits_own_service_or_by_ours() {
    let with = |version: &str| {
        let host = toolkit(lab("full-auto-nospec"), |toolkit| {
            toolkit.version = Observed::Known(Some(version.to_owned()));
        });
        propose(&host, "{}", "")
    };
    let new = with("1.18.2");
    assert!(new.files.is_empty());
    assert_eq!(new.commands, ["sudo systemctl enable --now nvidia-cdi-refresh.path nvidia-cdi-refresh.service"]);
    let old = with("1.17.8");
    let service = file(&old, "/etc/systemd/system/nvidia-cdi-generate.service");
    assert!(
        service.contains("\nExecStart=/usr/bin/nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml\n"),
        "{service}"
    );
    assert!(service.contains("\nBefore=docker.service\n"), "{service}");
    assert!(file(&old, "/etc/systemd/system/nvidia-cdi-generate.path").contains("\nPathChanged=/lib/modules/%v/"));
    let none = propose(&lab("full-auto-nospec"), "{}", "");
    assert_eq!(none.packages, ["`nvidia-container-toolkit-base`, 1.18 or newer"]);
}

#[test]
fn a_healthy_host_needs_no_file() {
    for host in ["engine28-cdi", "engine29-cdi", "wsl2", "docker-desktop", "podman5", "cpu-only", "mig"] {
        let host = HostFacts::named(host).expect("it is known");
        let proposal = propose(&host, "{}", "");
        assert!(proposal.is_empty(), "{proposal:#?}");
    }
}

#[test]
fn an_engine_without_cdi_loses_the_keys_that_stop_it() {
    let host = toolkit(lab("e20-cdi-on"), |toolkit| {
        toolkit.daemon_json = toolkit.daemon_json.clone().map(|file| {
            file.map(|mut file| {
                file.cdi_spec_dirs = Some(vec!["/etc/cdi".to_owned()]);
                file
            })
        });
    });
    let before = "{\n  \"features\": {\n    \"cdi\": true\n  },\n  \"cdi-spec-dirs\": [\n    \"/etc/cdi\"\n  ],\n  \"debug\": true\n}\n";
    assert_eq!(file(&propose(&host, before, ""), DAEMON_JSON), "{\n  \"debug\": true\n}\n");
}

fn doctor(host: &str, folder: &Path) -> (i32, String) {
    let mut command = Command::cargo_bin("composegpu").expect("the program is built");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_clear().args(["doctor", "--format", "json", "--host", host]);
    let output = command.arg("--write").arg(folder).output().expect("it runs");
    (output.status.code().expect("it ends by itself"), String::from_utf8(output.stderr).expect("it writes UTF-8"))
}

const CDI_OFF: &str = "fixtures/hosts/lab-cdi-off.json";

#[test]
fn a_recorded_host_has_no_texts_and_that_is_said() {
    let folder = tempfile::tempdir().expect("there is room");
    let (exit, err) = doctor(CDI_OFF, &folder.path().join("new/deep"));
    assert_eq!(exit, 1, "{err}");
    assert!(err.contains("no file for /etc/docker/daemon.json: recorded facts do not hold its text"), "{err}");
    let readme = fs::read_to_string(folder.path().join("new/deep/README.md")).expect("it was written");
    assert!(readme.contains("## By hand: /etc/docker/daemon.json"), "{readme}");
    assert!(!folder.path().join("new/deep/etc").exists());
    // Once more: the same files, which are ours.
    assert_eq!(doctor(CDI_OFF, &folder.path().join("new/deep")).0, 1);
}

#[test]
fn foreign_files_links_and_the_systems_folders_are_left_alone() {
    let folder = tempfile::tempdir().expect("there is room");
    let readme = folder.path().join("README.md");
    fs::write(&readme, "mine").expect("it can be written");
    let (exit, err) = doctor(CDI_OFF, folder.path());
    assert_eq!(exit, 3, "{err}");
    assert!(err.contains("it is there with another content; name an empty folder"), "{err}");
    assert_eq!(fs::read_to_string(&readme).expect("it is there"), "mine");
    let occupied = folder.path().join("file");
    fs::write(&occupied, "").expect("it can be written");
    assert_eq!(doctor(CDI_OFF, &occupied).0, 3);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc", folder.path().join("away")).expect("it can be made");
        let other = tempfile::tempdir().expect("there is room");
        std::os::unix::fs::symlink("elsewhere", other.path().join("README.md")).expect("it can be made");
        let (exit, err) = doctor(CDI_OFF, other.path());
        assert!(exit == 3 && err.contains("it is a link"), "{err}");
        for system in ["/", "/etc", "/etc/docker", "/usr/local/x/..", "/tmp/../etc/x"].map(Path::new) {
            let (exit, err) = doctor(CDI_OFF, system);
            assert!(exit == 2 && err.contains("belongs to the system"), "{}: {err}", system.display());
        }
        assert_eq!(doctor(CDI_OFF, &folder.path().join("away/x")).0, 2);
    }
}

#[test]
fn nothing_to_mend_writes_nothing() {
    let folder = tempfile::tempdir().expect("there is room");
    let (exit, err) = doctor("@mig", &folder.path().join("new"));
    assert_eq!((exit, err.as_str()), (0, "nothing to write: no file would mend what was found on this host\n"));
    assert!(!folder.path().join("new").exists());
}
