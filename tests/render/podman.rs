//! Podman behind Docker's API: CDI names, and no SELinux label where SELinux would stand in the way.

use composegpu::{
    gpu,
    host::{HostFacts, SeLinux, System},
    lower::{Form, Rendered, Wanted, overlay, render},
    observed::Observed,
};

use super::projects::{Given, printed};

const AUTO: Wanted = Wanted { form: None, is_cpu_allowed: false };

fn podman(selinux: SeLinux) -> HostFacts {
    let host = HostFacts::named("podman5").expect("it is built in");
    HostFacts { system: host.system.map(|system| System { selinux: Observed::Known(selinux), ..system }), ..host }
}

fn of(lines: &str) -> Given {
    Given::of(&[("compose.yaml", &format!("services:\n  a:\n    image: x\n    gpus: all\n{lines}"))])
}

fn on(given: &Given, host: &HostFacts) -> Rendered {
    let (project, requests) = given.accepted();
    render(project, &requests, Some(host), AUTO).expect("Podman takes CDI names")
}

#[test]
fn where_selinux_enforces_the_label_goes() {
    let given = of("    security_opt: [no-new-privileges]\n");
    let rendered = on(&given, &podman(SeLinux::Enforcing));
    let text = printed(&rendered.project);
    assert!(text.contains("source: nvidia.com/gpu=all"), "{text}");
    assert!(text.contains("security_opt:\n      - no-new-privileges\n      - label=disable\n"), "{text}");
    let over = overlay(&given.accepted().0.model, &rendered.project.model);
    assert!(over.contains("security_opt: !override\n      - no-new-privileges\n      - label=disable\n"), "{over}");
    for other in [SeLinux::Permissive, SeLinux::Absent] {
        assert!(!printed(&on(&given, &podman(other)).project).contains("label"));
    }
}

#[test]
fn a_label_of_its_own_stays() {
    for (own, says) in [("label=disable", 0), ("label:disable", 0), ("label=type:gpu_t", 1)] {
        let given = of(&format!("    security_opt: ['{own}']\n"));
        let Rendered { project, services, .. } = on(&given, &podman(SeLinux::Enforcing));
        let text = printed(&project);
        assert!(
            text.contains(&format!("security_opt:\n      - {own}\n")) && text.matches("label").count() == 1,
            "{text}"
        );
        assert_eq!(services[0].notes.len(), says, "{:?}", services[0].notes);
    }
}

#[test]
fn twice_changes_nothing() {
    let host = podman(SeLinux::Enforcing);
    let given = of("");
    let once = printed(&on(&given, &host).project);
    assert_eq!(printed(&on(&given.read_again(&once), &host).project), once);
    let (project, requests) = given.accepted();
    let cpu = Wanted { form: Some(Form::Cpu), ..AUTO };
    let without = render(project, &requests, Some(&host), cpu).expect("it is asked for").project;
    assert!(gpu::collect(&without).is_empty() && !printed(&without).contains("label"));
}
