//! Build contexts on a real disk that lead astray: links out of them, links in circles, pipes. What cannot be
//! told is no finding, and what lies outside is not read.

use std::os::unix::fs::symlink;

use super::folder::Folder;

const COMPOSE: &str = "services:\n  api:\n    build: ./api\n    command: uvicorn service.main:app\n  web:\n    build: ./api\n    command: npm start\n";
const DOCKERFILE: &str = "FROM python:3.12-slim\nWORKDIR /srv\nCOPY app/ ./app/\nCOPY package.json requirements.txt ./\nRUN pip install -r requirements.txt\n";

fn project(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(&[("project/compose.yaml", COMPOSE), ("project/api/Dockerfile", DOCKERFILE)]);
    for (path, text) in files {
        folder.write(path, text.as_bytes());
    }
    folder
}

#[track_caller]
fn is_silent(folder: &Folder) {
    let outcome = folder.run(&["lint", "--format", "concise", "project/compose.yaml"]).exits(0);
    assert_eq!((outcome.out.as_str(), outcome.err.as_str()), ("", ""), "{outcome:#?}");
}

#[test]
fn links_that_lead_out_of_the_context() {
    let folder = project(&[
        ("outside/service/main.py", "app = 1"),
        ("outside/package.json", "{\"scripts\": {\"start\": \"node worker.js\"}}"),
        ("outside/requirements.txt", "torch"),
        ("outside/app/main.py", "app = 1"),
        ("project/api/worker.js", "1"),
    ]);
    for name in ["service", "package.json", "requirements.txt", "app"] {
        let target = folder.path().join("outside").join(name);
        symlink(target, folder.path().join("project/api").join(name)).expect("links can be made");
    }
    is_silent(&folder);
}

#[test]
fn links_that_go_in_circles() {
    let folder = project(&[("project/api/notes.txt", "1")]);
    for (name, target) in
        [("service", "service"), ("app", "lib"), ("lib", "app"), ("package.json", "./package.json"), ("all", "..")]
    {
        symlink(target, folder.path().join("project/api").join(name)).expect("links can be made");
    }
    symlink("/dev/zero", folder.path().join("project/api/requirements.txt")).expect("links can be made");
    let outcome = folder.run(&["lint", "--format", "concise", "project/compose.yaml"]);
    assert!(!outcome.out.contains("CG601") && !outcome.out.contains("CG609"), "{outcome:#?}");
}

#[test]
fn a_dockerfile_that_has_no_end() {
    for target in ["/dev/zero", "Dockerfile", ".."] {
        let folder = Folder::new(&[("compose.yaml", "services:\n  api:\n    build: .\n"), ("main.py", "1")]);
        symlink(target, folder.path().join("Dockerfile")).expect("links can be made");
        let outcome = folder.run(&["lint", "--format", "concise", "compose.yaml"]);
        assert!(outcome.out.lines().all(|line| line.contains("CG607")), "{target}: {outcome:#?}");
    }
}

#[test]
fn pipes_that_nobody_writes_to() {
    for name in ["api/Dockerfile", "api/.dockerignore", "api/requirements.txt", "api/package.json", "api/.git/config"] {
        let folder = Folder::new(&[
            ("compose.yaml", COMPOSE),
            ("api/app/main.py", "app = 1"),
            ("api/service/main.py", "app = 1"),
            ("api/.git/HEAD", "ref: refs/heads/main"),
        ]);
        let entrypoint = if name.ends_with("config") { "ENTRYPOINT [\"./app/main.py\"]\n" } else { "" };
        if name != "api/Dockerfile" {
            folder.write("api/Dockerfile", format!("{DOCKERFILE}{entrypoint}").as_bytes());
        }
        let made =
            std::process::Command::new("mkfifo").arg(folder.path().join(name)).status().expect("mkfifo is there");
        assert!(made.success());
        let outcome = folder.run(&["lint", "--format", "concise", "compose.yaml"]);
        assert!(outcome.out.lines().all(|line| line.contains("CG607")), "{name}: {outcome:#?}");
    }
}
