//! `runtime: nvidia` in a service that leaves its devices to its image.

use composegpu::lower::{Form, Wanted, render};

use crate::projects::{Given, host, printed};

fn rendered(rest: &str, host_name: &str) -> Result<String, String> {
    let text =
        format!("services:\n  llm:\n    image: nvcr.io/nvidia/tritonserver:24.05-py3\n    runtime: nvidia\n{rest}");
    let given = Given::of(&[("compose.yaml", &text)]);
    let (project, requests) = given.accepted();
    let wanted = Wanted { form: None, is_cpu_allowed: false };
    match render(project, &requests, Some(&host(host_name)), wanted) {
        Ok(rendered) => Ok(printed(&rendered.project)),
        Err(services) => {
            Err(services.iter().filter_map(|it| it.outcome.as_ref().err()).map(ToString::to_string).collect())
        }
    }
}

#[test]
fn an_engine_without_the_runtime_gets_all_gpus_in_a_form_that_it_has() {
    let text = rendered("", "cdi-ok").expect("there is a form");
    assert!(text.contains("nvidia.com/gpu=all") && !text.contains("runtime:"), "{text}");
}

#[test]
fn an_engine_with_the_runtime_asks_the_image() {
    let text = rendered("", "full-legacy").expect("there is a form");
    assert!(text.contains("runtime: nvidia") && !text.contains("NVIDIA_VISIBLE_DEVICES"), "{text}");
}

#[test]
fn a_host_without_any_form_is_refused() {
    let reason = rendered("", "bare").expect_err("there is none");
    assert!(reason.contains("no form"), "{reason}");
}

#[test]
fn a_service_that_says_that_it_wants_none_is_left_alone() {
    let text = rendered("    environment: [NVIDIA_VISIBLE_DEVICES=void]\n", "cdi-ok").expect("nothing is asked for");
    assert!(text.contains("runtime: nvidia") && !text.contains("nvidia.com"), "{text}");
}

#[test]
fn the_form_that_is_named_is_written() {
    let text = "services: {llm: {image: x, runtime: nvidia}}\n";
    let given = Given::of(&[("compose.yaml", text)]);
    let (project, requests) = given.accepted();
    let wanted = Wanted { form: Some(Form::CdiReservation), is_cpu_allowed: false };
    let rendered = render(project, &requests, Some(&host("cdi-ok")), wanted).expect("it works");
    assert!(printed(&rendered.project).contains("driver: cdi"));
}
