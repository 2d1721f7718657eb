//! `explain` for texts of errors: each recorded or read text has its row, near misses have none, a
//! project gives the place and a host's facts the fault.
#![allow(clippy::disallowed_methods, reason = "it reads the project's own fixtures")]

use std::{collections::BTreeSet, fs, path::Path};

use assert_cmd::Command;
use composegpu::{messages, rules};
use serde_json::Value;

/// Lines of fixtures/messages.txt: versions, rows, text.
fn recorded() -> Vec<(String, String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/messages.txt");
    let text = fs::read_to_string(path).expect("the fixture is there").replace("\r\n", "\n");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let split = |line: &str| {
        let mut parts = line.splitn(3, " | ").map(str::to_owned);
        let mut next = || parts.next().expect("a line has three parts");
        (next(), next(), next().replace("\\n", "\n"))
    };
    lines.map(split).collect()
}

fn rows(text: &str) -> String {
    messages::find(text).iter().map(|found| found.message.name).collect::<Vec<_>>().join("+")
}

#[test]
fn every_text_has_its_row() {
    let recorded = recorded();
    assert!(recorded.len() > 100, "{}", recorded.len());
    for (versions, expected, text) in recorded {
        assert_eq!(rows(&text), expected, "{versions}: {text}");
    }
}

#[test]
fn prefixes_suffixes_and_quotes_change_nothing() {
    for (versions, expected, text) in recorded() {
        let bare = text.trim_start_matches("Error response from daemon: ").trim_end_matches(": unknown").to_owned();
        let quoted = format!("msg=\"{}\"", bare.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
        for dressed in [
            format!(
                "docker: Error response from daemon: {bare}: unknown.\n\nRun 'docker run --help' for more information"
            ),
            format!("[+] Running 0/1\n ⠋ Container app-llm-1  Starting\n{bare}\r\n"),
            format!("time=\"2026-01-01T00:00:00Z\" level=error {quoted}"),
        ] {
            assert_eq!(rows(&dressed), expected, "{versions}: {dressed}");
        }
    }
}

#[test]
fn logs_of_every_kind_read_alike() {
    for (versions, expected, text) in recorded() {
        let lines: Vec<&str> = text.lines().collect();
        let each =
            |before: &str, end: &str| lines.iter().map(|line| format!("{before}{line}{end}")).collect::<String>();
        let json = serde_json::to_string(&format!("{text}\n")).expect("text is JSON");
        let go_json = json.replace('>', "\\u003e").replace('<', "\\u003c").replace('&', "\\u0026");
        for dressed in [
            each("llm-1  | ", "\n"),
            each("\u{1b}[33mllm-1  |\u{1b}[0m ", "\r\n"),
            each("Nov 25 17:41:05 gpu1 dockerd[1234]: ", "\n"),
            each("Nov  5 07:41:05 gpu1 dockerd[1234]: ", "\n"),
            each("2026-11-25T17:41:05.123456789Z ", "\n"),
            each("2026-11-25T17:41:05+0000 gpu1 dockerd[1234]: ", "\n"),
            each("\u{1b}[2K\u{1b}[1A\u{1b}]8;;link\u{7}", "\u{1b}[K\n"),
            format!("{{\"log\":{go_json},\"stream\":\"stderr\",\"time\":\"2026-11-25T17:41:05Z\"}}\n"),
            format!("{{\"level\":\"error\",\"msg\":{},\"time\":\"2026\"}}\n", go_json.replace("\\n\"", "\"")),
        ] {
            assert_eq!(rows(&dressed), expected, "{versions}: {dressed}");
        }
    }
}

#[test]
fn what_stands_in_a_hole_ends_with_its_quotation() {
    let devices = |text: &str| messages::find(text)[0].hole("devices").map(str::to_owned);
    for text in [
        "level=warning msg=\"x: unresolvable CDI devices nvidia.com/gpu=7\" error=\"none\"",
        "{\"msg\":\"unresolvable CDI devices nvidia.com/gpu=7\",\"level\":\"error\"}",
        "unresolvable CDI devices nvidia.com/gpu=7: unknown",
    ] {
        assert_eq!(devices(text).as_deref(), Some("nvidia.com/gpu=7"), "{text}");
    }
}

#[test]
fn a_piece_may_end_anywhere() {
    let text = "é load library failed:\nlibnvidia-ml.so.1: cannot open shared object file\nunknown or invalid runtime name: ñ\n";
    let pad = "noise: nothing to see here é\n".repeat(20_000);
    for size in [1, 2, 3, 7, 4096, 262_144] {
        let mut search = messages::Search::default();
        let log = if size < 100 { text.to_owned() } else { format!("{pad}{text}{pad}{text}") };
        log.as_bytes().chunks(size).for_each(|piece| search.feed(piece));
        let found: Vec<_> = search.finish().into_iter().map(|found| (found.message.name, found.text)).collect();
        assert_eq!(found.len(), 2, "{size}: {found:?}");
        assert_eq!((found[0].0, found[1].0), ("nvml-library-missing", "unknown-runtime"), "{size}");
        assert!(found[0].1.starts_with("load library failed:") && found[1].1.ends_with('ñ'), "{size}: {found:?}");
    }
    let mut search = messages::Search::default();
    let wide: Vec<u8> = [0xfeff_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    wide.chunks(5).for_each(|piece| search.feed(piece));
    assert_eq!(search.finish().len(), 2);
}

/// 50 MB in, and less than that of memory: address space is bounded by the shell.
#[cfg(target_os = "linux")]
#[test]
fn a_log_of_fifty_megabytes_takes_little_memory() {
    use std::{io::Write as _, process::Stdio};
    let mut shell = std::process::Command::new("sh");
    let program = env!("CARGO_BIN_EXE_composegpu");
    shell.args(["-c", &format!("ulimit -v 48000; exec '{program}' explain --format json")]);
    let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("there is a shell");
    let mut stdin = child.stdin.take().expect("it was asked for");
    let noise =
        "time=\"2026-01-01T00:00:00Z\" level=info msg=\"could not be calmer: failed to find a fault\"\n".repeat(1000);
    let log = std::thread::spawn(move || {
        (0..600).try_for_each(|_| stdin.write_all(noise.as_bytes()))?;
        stdin.write_all(NO_DRIVER.as_bytes())
    });
    let output = child.wait_with_output().expect("it ends");
    log.join().expect("it does not panic").expect("all was read");
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(report["messages"][0]["name"], "no-nvidia-driver");
}

#[test]
#[expect(clippy::print_stdout, reason = "`--nocapture` shows how many texts there are")]
fn counts() {
    let recorded = recorded();
    let read = recorded.iter().filter(|(versions, ..)| versions == "read").count();
    let mut log = recorded.iter().map(|(.., text)| text.as_str()).collect::<Vec<_>>().join("\n\n");
    log.push('\n');
    let found = messages::find(&log);
    println!(
        "{} recorded texts, {read} read ones, {} rows, {} found in one log of all",
        recorded.len() - read,
        messages::all().count(),
        found.len()
    );
    assert!(recorded.len() - read >= 60 && read >= 90, "{} and {read}", recorded.len());
}

#[test]
fn every_row_has_a_text() {
    let named: BTreeSet<String> =
        recorded().iter().flat_map(|(_, rows, _)| rows.split('+').map(str::to_owned).collect::<Vec<_>>()).collect();
    let rows: BTreeSet<String> = messages::all().map(|message| message.name.to_owned()).collect();
    assert_eq!(named, rows);
    for message in messages::all() {
        for code in message.rules {
            assert!(rules::by_text(code).is_some(), "{}: no rule {code}", message.name);
        }
        assert!(!message.source.is_empty() && !message.fix.ends_with('.') && !message.cause.ends_with('.'));
    }
}

#[test]
fn near_misses_are_not_taken() {
    for text in [
        "",
        "no such file or directory",
        "could not select a database driver",
        "unknown runtime error",
        "Failed to initialize database: Unknown Error",
        "error mounting \"/data\" to rootfs at \"/data\": operation not permitted",
        "mount error: file creation failed: /data: permission denied",
        "open /sbin/ldconfig.real: no such file or directory",
        "device error: 3: timeout",
        "CDI devices: nvidia.com/gpu=0",
        "exec: \"python\": executable file not found in $PATH",
        "count and device_ids",
        "fork/exec /usr/bin/runc: no such file or directory",
        "error gathering device information",
        "unresolvable CDI devices",
        "json: unknown fields",
        "Status: started, no such file or directory",
        "stat /srv/data: no such file or directory",
        "No modules named in the request",
        "services.web additional ports are not allowed",
        "/dev/dri/ is mounted: nothing was denied",
        "exec: format of the error message",
        "CUDA out-of-core memory",
        "manifest for nginx:latest not found",
        "mapping key already in use",
    ] {
        assert_eq!(rows(text), "", "{text}");
    }
}

#[test]
fn a_log_gives_each_message_once_in_order() {
    let line = "could not select device driver \"nvidia\" with capabilities: [[gpu]]";
    let other = "unknown or invalid runtime name: nvidia";
    let log = format!("a\n{other}\n{}b\n{line}\n{line}\n", "noise: nothing to see\n".repeat(20_000));
    assert_eq!(rows(&log), "unknown-runtime+no-nvidia-driver");
}

const PROJECT: &str = "\
services:
  llm:
    image: vllm/vllm-openai
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              count: 1
              capabilities: [gpu]
  embed:
    image: python:3.12
    devices:
      - nvidia.com/gpu=1
";

fn explain(args: &[&str], stdin: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("compose.yaml"), PROJECT).expect("it can be written");
    let mut command = Command::cargo_bin("composegpu").expect("the program is built");
    let output = command.current_dir(folder.path()).env_clear().arg("explain").args(args).write_stdin(stdin.to_owned());
    let output = output.output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes UTF-8");
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

const NO_DRIVER: &str =
    "Error response from daemon: could not select device driver \"nvidia\" with capabilities: [[gpu]]";

#[test]
fn as_argument_and_from_standard_input() {
    for (args, stdin) in [(&[NO_DRIVER][..], ""), (&["-"], NO_DRIVER), (&[], NO_DRIVER)] {
        let (exit, out, err) = explain(args, stdin);
        assert_eq!((exit, err.as_str()), (0, ""), "{out}");
        assert!(out.starts_with("could not select device driver \"nvidia\" with capabilities: [[gpu]]\n"), "{out}");
        for part in ["  cause  ", "  fix    ", "  rule   CH001 no-device-driver: ", "  source recorded: "] {
            assert!(out.contains(part), "{part}\n{out}");
        }
    }
    let (exit, out, err) = explain(&["nothing that is known"], "");
    assert_eq!((exit, out.as_str()), (1, ""));
    assert!(err.starts_with("no known message"), "{err}");
}

#[test]
fn a_project_gives_the_place() {
    let places = |text: &str| {
        let (exit, out, err) = explain(&["-f", "compose.yaml", "--format", "json", text], "");
        assert_eq!((exit, err.as_str()), (0, ""), "{out}");
        let report: Value = serde_json::from_str(&out).expect("it is JSON");
        let places = report["messages"][0]["places"].as_array().expect("places are a list").clone();
        places.iter().map(|place| place["place"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(places(NO_DRIVER), ["compose.yaml:8:15"]);
    assert_eq!(places("unresolvable CDI devices nvidia.com/gpu=0, nvidia.com/gpu=1"), ["compose.yaml:14:9"]);
    assert_eq!(places("unresolvable CDI devices nvidia.com/gpu=7"), [""; 0]);
    assert_eq!(places("unknown or invalid runtime name: nvidia"), [""; 0]);
    assert_eq!(places("could not select device driver \"\" with capabilities: [[gpu]]"), [""; 0]);
}

#[test]
fn a_host_gives_the_fault() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts");
    let host = |name: &str, text: &str| {
        let path = folder.join(format!("lab-{name}.json")).to_string_lossy().into_owned();
        let (exit, out, err) = explain(&["--host", &path, text], "");
        assert_eq!((exit, err.as_str()), (0, ""), "{out}");
        out
    };
    assert!(
        host("nodes-only", NO_DRIVER).contains("  host   error[CH001] the NVIDIA Container Toolkit is not installed")
    );
    assert!(host("full-auto", NO_DRIVER).contains("  host   `composegpu doctor` finds none of this on it"));
    let unresolvable = "CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=0";
    assert!(host("cdi-conflict", unresolvable).contains("error[CH028]"));
    assert!(host("cdi-malformed", unresolvable).contains("error[CH029]"));
}

#[test]
fn wrong_use() {
    for args in [&["-f", "-", "-"][..], &["no-such-rule"]] {
        let (exit, out, err) = explain(args, "");
        assert_eq!((exit, out.as_str()), (2, ""), "{args:?}");
        assert!(err.starts_with("error: "), "{err}");
    }
}
