//! `x-composegpu`: one Compose file for hosts with a GPU and for hosts without.

use composegpu::{
    diag::Code,
    lower::{Form, Lowered, Rendered, Unlowerable, Wanted, extension_problems, overlay, render},
    observed::Observed,
};

use super::projects::{Given, host, printed};

const AUTO: Wanted = Wanted { form: None, is_cpu_allowed: false };

const OPTIONAL: &str = "\
services:
  llm:
    image: llm:gpu
    command: [serve, --gpu]
    environment: {MODE: gpu, KEPT: '1'}
    volumes: ['./models:/models']
    gpus: all
    x-composegpu:
      gpu: optional
      cpu:
        image: llm:cpu
        command: serve --price $$5
        environment: [MODE=cpu]
        volumes: ['./small:/small']
        init: \"${INIT:-true}\"
";

const STACK: &str = "\
x-composegpu: {profiles: {gpu: gpu, cpu: cpu}}
services:
  web: {image: nginx}
  llm-gpu: {image: 'llm:gpu', profiles: [gpu], gpus: all}
  llm: {image: 'llm:cpu', profiles: [cpu]}
";

fn on(text: &str, scenario: &str, wanted: Wanted) -> Result<Rendered, Vec<Lowered>> {
    let given = Given::of(&[("compose.yaml", text)]);
    let (project, requests) = given.accepted();
    assert!(extension_problems(&project, Code::new("CG010")).is_empty());
    render(project, &requests, Some(&host(scenario)), wanted)
}

#[test]
fn the_cpu_part_is_one_more_file() {
    let rendered = on(OPTIONAL, "bare", AUTO).expect("the GPU is optional");
    assert!(rendered.problems.is_empty(), "{:#?}", rendered.problems);
    let expected = "\
services:
  llm:
    command:
      - serve
      - \"--price\"
      - $$5
    environment:
      KEPT: \"1\"
      MODE: cpu
      NVIDIA_VISIBLE_DEVICES: void
    image: llm:cpu
    init: true
";
    let text = printed(&rendered.project);
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("source: /somewhere/project/models") && text.contains("source: /somewhere/project/small"));
    assert!(!text.contains("x-composegpu") && !text.contains("gpus"), "{text}");
}

#[test]
fn with_a_gpu_the_cpu_part_is_dropped() {
    let text = printed(&on(OPTIONAL, "cdi-ok", AUTO).expect("the host has GPUs").project);
    assert!(text.contains("image: llm:gpu") && text.contains("source: nvidia.com/gpu=all"), "{text}");
    assert!(!text.contains("llm:cpu") && !text.contains("x-composegpu"), "{text}");
}

#[test]
fn a_required_gpu_is_required() {
    for text in [OPTIONAL.replace("gpu: optional", "gpu: required"), OPTIONAL.replace("      gpu: optional\n", "")] {
        let refused = on(&text, "bare", AUTO).expect_err("the GPU is required");
        assert!(matches!(refused[0].outcome, Err(Unlowerable::NoWorkingForm(_))) && refused[0].is_refused);
        let rendered = on(&text, "bare", Wanted { is_cpu_allowed: true, ..AUTO }).expect("it may do without");
        assert!(printed(&rendered.project).contains("image: llm:cpu"));
    }
}

#[test]
fn a_host_that_cannot_be_seen_is_refused() {
    for text in [OPTIONAL, STACK] {
        let given = Given::of(&[("compose.yaml", text)]);
        let (project, requests) = given.accepted();
        let mut unseen = host("cdi-ok");
        unseen.docker = Observed::unknown("docker", "no socket");
        let refused = render(project, &requests, Some(&unseen), AUTO).expect_err("nobody knows what it has");
        assert!(matches!(refused[0].outcome, Err(Unlowerable::HostUnseen(_))) && refused[0].is_refused);
    }
}

#[test]
fn one_copy_of_a_stack_comes_out_of_its_profile() {
    let started = |scenario: &str, wanted: Wanted| -> Vec<String> {
        let rendered = on(STACK, scenario, wanted).expect("one copy works");
        let active = |name: &&str| rendered.project.is_active(name);
        rendered.project.services().map(|(name, _)| name).filter(active).map(str::to_owned).collect()
    };
    assert_eq!(started("cdi-ok", AUTO), ["web", "llm-gpu"]);
    assert_eq!(started("bare", AUTO), ["web", "llm"]);
    assert_eq!(started("cdi-ok", Wanted { form: Some(Form::Cpu), ..AUTO }), ["web", "llm"]);
    let text = printed(&on(STACK, "bare", AUTO).expect("one copy works").project);
    assert!(text.contains("profiles:\n      - gpu\n") && !text.contains("- cpu\n"), "{text}");
}

#[test]
fn an_overlay_does_the_same() {
    for (text, scenario) in [(OPTIONAL, "bare"), (OPTIONAL, "cdi-ok"), (STACK, "bare"), (STACK, "cdi-ok")] {
        let mut given = Given::of(&[("compose.yaml", text)]);
        let rendered = on(text, scenario, AUTO).expect("it works").project;
        let over = overlay(&given.accepted().0.model, &rendered.model);
        given.lay_on("overlay.yaml", &over);
        let (laid, _) = given.accepted();
        assert_eq!(given.config(&laid), given.config(&rendered), "{over}");
        let again = given.read_again(&printed(&rendered));
        assert_eq!(again.config(&again.accepted().0), given.config(&rendered), "{scenario}");
    }
}

#[test]
fn what_cannot_be_laid_over_is_a_problem() {
    let text = OPTIONAL
        .replace("volumes: ['./small:/small']", "healthcheck: {test: [CMD, x]}")
        .replace("    gpus: all\n", "    gpus: all\n    cap_add: [A]\n    x-other: [1]\n");
    let text = text.replace("        init", "        x-other: {a: 1}\n        init");
    let rendered = on(&text, "bare", AUTO).expect("the GPU is optional");
    assert_eq!(rendered.problems.len(), 1, "{:#?}", rendered.problems);
    let said = &rendered.problems[0].message;
    assert!(said.contains("`services.llm.x-other` is a mapping here and a list in an earlier file"), "{said}");
}

#[test]
fn tags_below_the_cpu_part_take_away_what_the_service_has() {
    let text = OPTIONAL
        .replace("volumes: ['./small:/small']", "volumes: !override ['./small:/small']")
        .replace("environment: [MODE=cpu]", "environment: {KEPT: !reset null, MODE: cpu}")
        .replace("command: serve --price $$5", "command: !reset null");
    let rendered = on(&text, "bare", AUTO).expect("the GPU is optional");
    assert!(rendered.problems.is_empty(), "{:#?}", rendered.problems);
    let out = printed(&rendered.project);
    assert!(out.contains("environment:\n      MODE: cpu\n      NVIDIA_VISIBLE_DEVICES: void\n"), "{out}");
    assert!(!out.contains("/models") && out.contains("/small") && !out.contains("command"), "{out}");
    let mut given = Given::of(&[("compose.yaml", &text)]);
    given.lay_on("overlay.yaml", &overlay(&given.accepted().0.model, &rendered.project.model));
    assert_eq!(given.config(&given.accepted().0), given.config(&rendered.project));
    let kept = printed(&on(&text, "cdi-ok", AUTO).expect("the host has GPUs").project);
    assert!(kept.contains("KEPT") && kept.contains("/models") && kept.contains("--gpu"), "{kept}");
}

#[test]
fn tags_of_every_file_and_base_count() {
    let base = "services:\n  llm:\n    image: llm\n    init: true\n    tty: true\n    gpus: all\n    x-composegpu: \
                {gpu: optional, cpu: {init: !reset null}}\n";
    let over = "services:\n  llm:\n    x-composegpu: {cpu: {tty: !reset null}}\n";
    let given = Given::of(&[("compose.yaml", base), ("over.yaml", over)]);
    let (project, requests) = given.accepted();
    let rendered = render(project, &requests, Some(&host("bare")), AUTO).expect("the GPU is optional");
    let out = printed(&rendered.project);
    assert!(!out.contains("init") && !out.contains("tty"), "{out}");
}

#[test]
fn tags_on_items_of_lists_are_told_of() {
    let text = OPTIONAL.replace("['./small:/small']", "[!override './small:/small']");
    let (project, _) = Given::of(&[("compose.yaml", &text)]).accepted();
    let problems = extension_problems(&project, Code::new("CG010"));
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!(problems[0].message, "a tag has no effect on an item of a list below `cpu` of service `llm`");
}
