//! What `render` makes of every fixture project, on every recorded host, in every form: the same
//! devices, once and for all, in a project that is read again as it was meant.

#[path = "render/by_image.rs"]
mod by_image;
#[path = "render/optional.rs"]
mod optional;
#[path = "render/podman.rs"]
mod podman;
#[path = "render/projects.rs"]
mod projects;
#[path = "render/swarm.rs"]
mod swarm;

use std::collections::BTreeSet;

use composegpu::{
    compose::Project,
    gpu::{GpuRequest, Vendor},
    host::HostFacts,
    lower::{Decision, Form, Lowered, Rendered, Unlowerable, Wanted, decide, overlay, render},
};
use projects::{Given, fixtures, host, hosts, printed};

const FORMS: [Option<Form>; 7] = [
    None,
    Some(Form::Cdi),
    Some(Form::CdiReservation),
    Some(Form::Runtime),
    Some(Form::Reservation),
    Some(Form::Gpus),
    Some(Form::Cpu),
];

/// A project rendered for a host.
struct Case<'a> {
    given: &'a Given,
    facts: &'a HostFacts,
    wanted: Wanted,
    rendered: Rendered,
    printed: String,
}

/// Renders every fixture for every host in every form, and holds something of each project that
/// comes out and has not come out before; how many there were.
fn hold(holds: impl Fn(&Case<'_>)) -> usize {
    let hosts = hosts();
    let mut count = 0;
    for given in &fixtures() {
        let (_, requests) = given.accepted();
        let mut seen = BTreeSet::new();
        for (facts, form) in hosts.values().flat_map(|facts| FORMS.map(|form| (facts, form))) {
            let wanted = Wanted { form, is_cpu_allowed: form.is_none() };
            if !seen.insert(decisions(&requests, facts, wanted)) {
                continue;
            }
            let Ok(rendered) = render(given.accepted().0, &requests, Some(facts), wanted) else { continue };
            let printed = printed(&rendered.project);
            holds(&Case { given, facts, wanted, rendered, printed });
            count += 1;
        }
    }
    count
}

/// What the text of a rendered project hangs on: each service's form and devices.
fn decisions(requests: &[GpuRequest], facts: &HostFacts, wanted: Wanted) -> Vec<Option<(Form, Vec<String>)>> {
    let of_service = |own: &[GpuRequest]| decide(own, facts, wanted).ok().map(|it| (it.form, it.devices));
    requests.chunk_by(|one, next| one.service == next.service).map(of_service).collect()
}

fn devices(service: &Lowered) -> Option<(Form, BTreeSet<&str>)> {
    let decision = service.outcome.as_ref().ok()?;
    Some((decision.form, decision.devices.iter().map(String::as_str).collect()))
}

#[test]
fn the_devices_stay_the_same() {
    let count = hold(|case| {
        let (_, requests) = case.given.read_again(&case.printed).accepted();
        for service in &case.rendered.services {
            let own: Vec<&GpuRequest> = requests.iter().filter(|request| request.service == service.service).collect();
            let Some((form, before)) = devices(service) else { continue };
            if form == Form::Cpu {
                assert!(own.is_empty(), "{}: {own:#?}", case.given.name);
                continue;
            }
            let wanted = Wanted { form: Some(form), is_cpu_allowed: false };
            let again = match decide(&own, case.facts, wanted) {
                // What names AMD's device is no request for NVIDIA's any more, and stays as it is.
                Err(Unlowerable::OtherVendor(Vendor::Amd)) => continue,
                again => again,
            };
            let Decision { devices: after, .. } = again.expect("it was written for it");
            let after: BTreeSet<&str> = after.iter().map(String::as_str).collect();
            assert_eq!(after, before, "{} {:?}: {}", case.given.name, case.wanted.form, case.printed);
        }
    });
    assert!(count > 100, "{count} projects came out");
}

#[test]
fn what_is_rendered_is_read_as_it_was_meant() {
    hold(|case| {
        let again = case.given.read_again(&case.printed);
        let (project, _) = again.accepted();
        let meant = case.given.config(&case.rendered.project);
        assert_eq!(again.config(&project), meant, "{}: {}", case.given.name, case.printed);
    });
}

#[test]
fn rendering_twice_changes_nothing() {
    hold(|case| {
        let (project, requests) = case.given.read_again(&case.printed).accepted();
        // What is on the CPU stays there: nothing is asked for any more.
        let again = render(project, &requests, Some(case.facts), case.wanted).expect("it was rendered before");
        assert_eq!(printed(&again.project), case.printed, "{}", case.given.name);
    });
}

#[test]
fn an_overlay_does_what_the_whole_project_does() {
    let count = hold(|case| {
        let (base, _) = case.given.accepted();
        let mut laid = case.given.clone();
        let text = overlay(&base.model, &case.rendered.project.model);
        laid.lay_on("overlay.yaml", &text);
        let (project, _) = laid.accepted();
        let meant = case.given.config(&case.rendered.project);
        assert_eq!(laid.config(&project), meant, "{}: {text}", case.given.name);
    });
    assert!(count > 100, "{count} projects came out");
}

const RICH: &str = r#"name: odd-one
services:
  llm:
    image: x
    profiles: [big]
    command: ["echo", "$$HOME costs $$5"]
    env_file: [llm.env, {path: absent.env, required: false}]
    environment: ["NVIDIA_VISIBLE_DEVICES=1", "PRICE=$$9"]
    runtime: nvidia
    devices: [/dev/fuse]
    volumes: [./models:/models, /usr/lib/x86_64-linux-gnu/libcuda.so.1:/usr/lib/libcuda.so.1]
    deploy:
      resources:
        limits: {cpus: "2"}
        reservations:
          memory: 4g
          cpus: "1.5"
          devices:
            - {driver: nvidia, device_ids: ["0"], capabilities: [gpu, utility]}
            - {driver: tpu, count: 1, capabilities: [tpu]}
  web:
    image: nginx
"#;

fn rich(form: Form) -> (Given, Project) {
    let mut given = Given::of(&[("compose.yaml", RICH)]);
    given.files.insert("/somewhere/project/llm.env", "SECRET=1\n");
    given.request.profiles = vec!["big".to_owned()];
    let (project, requests) = given.accepted();
    let wanted = Wanted { form: Some(form), is_cpu_allowed: false };
    let Rendered { project, .. } = render(project, &requests, Some(&host("full-auto")), wanted).expect("it works");
    (given, project)
}

#[test]
fn what_is_no_gpu_request_stays() {
    for form in FORMS.into_iter().flatten() {
        let text = printed(&rich(form).1);
        for kept in ["source: /dev/fuse", "memory: \"4294967296\"", "cpus: 1.5", "cpus: 2", "driver: tpu"] {
            assert!(text.contains(kept), "{form} loses `{kept}`:\n{text}");
        }
        assert!(!text.contains("libcuda"), "{form}: the driver's file belongs to one host:\n{text}");
        let others = text.split("  web:").nth(1).expect("the other service is there");
        assert!(others.starts_with("\n    image: nginx\n"), "{others}");
    }
}

#[test]
fn the_requests_of_a_service_are_united() {
    let line = |form: Form, text: &str| {
        let printed = printed(&rich(form).1);
        assert!(printed.contains(text), "{form} lacks `{text}`:\n{printed}");
        printed
    };
    line(Form::Cdi, "- source: nvidia.com/gpu=0\n        target: nvidia.com/gpu=0\n");
    line(Form::Cdi, "- source: nvidia.com/gpu=1\n        target: nvidia.com/gpu=1\n");
    line(Form::CdiReservation, "- nvidia.com/gpu=0\n");
    line(Form::CdiReservation, "- nvidia.com/gpu=1\n");
    let runtime = line(Form::Runtime, "NVIDIA_DRIVER_CAPABILITIES: utility\n");
    assert!(runtime.contains("NVIDIA_VISIBLE_DEVICES: \"1,0\""), "{runtime}");
    for form in [Form::Reservation, Form::Gpus] {
        let text = line(form, "- gpu\n");
        assert!(text.contains("- utility\n") && text.contains("- \"0\"\n") && text.contains("- \"1\"\n"), "{text}");
        assert!(!text.contains("NVIDIA_VISIBLE_DEVICES") && !text.contains("runtime:"), "{text}");
    }
}

#[test]
fn compose_reads_the_same_project_again() {
    let (_, project) = rich(Form::Cdi);
    let text = printed(&project);
    for line in [
        "name: odd-one\n",
        "- $$HOME costs $$5\n",
        "PRICE: $$9\n",
        "profiles:\n      - big\n",
        "path: /somewhere/project/llm.env\n",
        "path: /somewhere/project/absent.env\n        required: false\n",
        "source: /somewhere/project/models\n",
    ] {
        assert!(text.contains(line), "lacks `{line}`:\n{text}");
    }
    assert!(!text.contains("SECRET"), "files of variables stay files:\n{text}");
}

#[test]
fn what_compose_prints_and_reads_otherwise_stays_what_it_was() {
    let text = "\
services:
  a:
    image: x
    memswap_limit: -1
    label_file: [a.labels]
    labels: {'$$k': $$v}
    gpus: [{driver: amd, count: 0}]
    deploy: {resources: {reservations: {devices: [{driver: tpu, capabilities: [tpu], count: 0}]}}}
";
    let mut given = Given::of(&[("compose.yaml", text)]);
    given.files.insert("/somewhere/project/a.labels", "A=1\n");
    let (project, requests) = given.accepted();
    let cpu = Wanted { form: Some(Form::Cpu), is_cpu_allowed: false };
    let rendered = render(project, &requests, None, cpu).expect("nothing is asked for").project;
    let text = printed(&rendered);
    for line in ["memswap_limit: -1\n", "- /somewhere/project/a.labels\n", "$$k: $$v\n"] {
        assert!(text.contains(line), "lacks `{line}`:\n{text}");
    }
    assert_eq!(text.matches("count: 0\n").count(), 2, "{text}");
    let again = given.read_again(&text);
    assert_eq!(again.config(&again.accepted().0), given.config(&rendered), "{text}");
}

#[test]
fn an_overlay_says_which_compose_it_needs() {
    let first_line = |form: Form| {
        let (given, project) = rich(form);
        let text = overlay(&given.accepted().0.model, &project.model);
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first_line(Form::Cdi), "# Needs Docker Compose 2.24.4 or newer (!override).");
    let plain = Given::of(&[("compose.yaml", "services: {a: {image: x, gpus: all, command: [\"$$A\"]}}\n")]);
    let (project, requests) = plain.accepted();
    let (same, _) = plain.accepted();
    let wanted = Wanted { form: Some(Form::Runtime), is_cpu_allowed: false };
    let rendered = render(project, &requests, Some(&host("full-auto")), wanted).expect("it works");
    let expected = "\
# Needs Docker Compose 2.18.0 or newer (!reset).
services:
  a:
    gpus: !reset null
    runtime: nvidia
    environment:
      NVIDIA_VISIBLE_DEVICES: all
";
    assert_eq!(overlay(&same.model, &rendered.project.model), expected);
    let nothing = overlay(&same.model, &same.model);
    assert!(nothing.starts_with("# Nothing changes") && nothing.ends_with("\nservices: {}\n"), "{nothing}");
}
