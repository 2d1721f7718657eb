//! `--form swarm`: generic resources in a stack file. That `docker stack deploy` takes such files is
//! tried in tests/lab.

use composegpu::{
    gpu,
    host::{Docker, HostFacts},
    lower::{Form, StackFile, Unlowerable, Wanted, render, stack_file},
    yaml::emit,
};

use super::projects::{Given, host};

const SWARM: Wanted = Wanted { form: Some(Form::Swarm), is_cpu_allowed: false };

fn node() -> HostFacts {
    HostFacts::named("swarm").expect("it is built in")
}

fn with(change: impl Fn(&mut Docker)) -> HostFacts {
    let mut host = node();
    host.docker = host.docker.map(|mut docker| {
        change(&mut docker);
        docker
    });
    host
}

/// The stack file of a project on a node.
fn stack(text: &str, host: &HostFacts) -> StackFile {
    let given = Given::of(&[("compose.yaml", text)]);
    let (project, requests) = given.accepted();
    let rendered = render(project, &requests, Some(host), SWARM).expect("the node has GPUs").project;
    stack_file(&rendered, &gpu::collect(&rendered), Some(host), &given.files)
}

/// Why the node cannot give what a service with these lines asks for.
fn refusal(lines: &str, host: &HostFacts) -> String {
    let text = format!("services:\n  a:\n    image: x\n{lines}");
    let (project, requests) = Given::of(&[("compose.yaml", &text)]).accepted();
    let refused = render(project, &requests, Some(host), SWARM).expect_err("there is no such thing there");
    match &refused[0].outcome {
        Err(Unlowerable::NoWorkingForm(against)) => against[0].1.clone(),
        other => panic!("{other:?}"),
    }
}

const PROJECT: &str = "\
name: shop
services:
  llm:
    image: llm
    runtime: nvidia
    environment: {NVIDIA_VISIBLE_DEVICES: all, PRICE: $$5}
    depends_on: [web]
    restart: on-failure:2
    cpus: 1.5
    extra_hosts: ['db:192.0.2.1']
    env_file: [{path: absent.env, required: false}]
    networks: [front]
    deploy: {resources: {reservations: {memory: 4g, devices: [{driver: nvidia, count: 1, capabilities: [gpu, video]}]}}}
  web:
    image: web
    ports: ['80:8080']
    scale: 2
  later: {image: later, profiles: [off]}
networks: {front: {driver: bridge}}
volumes: {unused: {}}
x-kept: 1
";

const STACK: &str = "\
services:
  llm:
    deploy:
      resources:
        reservations:
          memory: \"4294967296\"
          generic_resources:
            - discrete_resource_spec:
                kind: NVIDIA-GPU
                value: 2
        limits:
          cpus: \"1.5\"
      restart_policy:
        condition: on-failure
        max_attempts: 2
    environment:
      NVIDIA_DRIVER_CAPABILITIES: video
      PRICE: $$5
    extra_hosts:
      - db:192.0.2.1
    image: llm
    networks:
      front: null
  web:
    image: web
    networks:
      default: null
    ports:
      - mode: ingress
        target: 8080
        published: 80
        protocol: tcp
    deploy:
      replicas: 2
networks:
  default: {}
  front: {}
x-kept: 1
";

#[test]
fn a_stack_file_says_what_the_project_said() {
    let StackFile { value, notes, refused } = stack(PROJECT, &node());
    assert_eq!(emit::to_yaml(&value), STACK);
    let said = [
        "service `llm`: `depends_on` is left out: `docker stack deploy` refuses or ignores it",
        "network `front`: its driver `bridge` is left out: tasks share an overlay network",
    ];
    assert_eq!((notes, refused), (said.map(str::to_owned).to_vec(), Vec::new()));
}

#[test]
fn an_older_reader_is_told_the_version() {
    let old = with(|docker| docker.server_version = "20.10.24".to_owned());
    let text = "services: {a: {image: x, gpus: all, pids_limit: 5, healthcheck: {test: x, start_interval: 1s}}}\n";
    let StackFile { value, notes, .. } = stack(text, &old);
    assert!(emit::to_yaml(&value).starts_with("version: \"3.8\"\nservices:\n"), "{value:#?}");
    assert!(notes[0].contains("`pids` is left out") && notes[1].contains("`start_interval`"), "{notes:#?}");
}

#[test]
fn what_would_start_as_something_else_is_refused() {
    let refused = |lines: &str| {
        let text = format!("services:\n  a:\n{lines}configs: {{c: {{content: x}}}}\n");
        stack(&text, &node()).refused.join("\n")
    };
    assert_eq!(refused("    image: x\n    gpus: all\n"), "");
    assert_eq!(refused("    build: .\n"), "service `a` has no `image`: a swarm builds none, it pulls");
    let ports = refused("    image: x\n    ports: ['127.0.0.1:80:80', '8000-8010:90']\n");
    assert!(ports.contains("port 80 on 127.0.0.1 alone") && ports.contains("port 90 on one of 8000-8010"), "{ports}");
    let amd = refused("    image: x\n    devices: [/dev/kfd, /dev/dri]\n");
    assert_eq!(amd, "service `a` asks for a GPU by a device node, which a swarm has no generic resource for");
    let config = refused("    image: x\n    configs: [c]\n");
    assert_eq!(config, "config `c` is made of `content`: a stack file takes it from a `file`");
    let image = refused("    image: x\n    volumes: [{type: image, source: y, target: /y}]\n");
    assert_eq!(image, "service `a` mounts image at /y, which a swarm cannot");
}

#[test]
fn a_file_of_variables_is_read_otherwise() {
    let text = "services: {a: {image: x, gpus: all, env_file: [plain.env, quoted.env]}}\n";
    let mut given = Given::of(&[("compose.yaml", text)]);
    given.files.insert("/somewhere/project/plain.env", "# it's\nA=1\n");
    given.files.insert("/somewhere/project/quoted.env", "A=\"1 2\"\n");
    let (project, requests) = given.accepted();
    let rendered = render(project, &requests, Some(&node()), SWARM).expect("the node has GPUs").project;
    let StackFile { notes, .. } = stack_file(&rendered, &[], Some(&node()), &given.files);
    assert_eq!(notes.len(), 1, "{notes:#?}");
    assert!(notes[0].contains("reads `/somewhere/project/quoted.env` as it stands"), "{notes:#?}");
}

#[test]
fn a_node_that_cannot_give_says_why() {
    let one = "    deploy: {resources: {reservations: {devices: [{count: 1, capabilities: [gpu]}]}}}\n";
    let refused = |host: &HostFacts| refusal(one, host);
    assert!(refused(&host("cdi-ok")).starts_with("the node offers no generic resource that is a GPU"));
    assert_eq!(refused(&host("swarm")), "`NVIDIA-GPU`: the engine is in no swarm");
    let plain = with(|docker| docker.default_runtime = Some("runc".to_owned()));
    assert!(refused(&plain).contains("the default runtime, which is not `nvidia`"), "{}", refused(&plain));
    let other = with(|docker| docker.generic_resources = vec!["gpu=GPU-1".to_owned()]);
    assert_eq!(refused(&other), "`gpu`: config.toml does not name `DOCKER_RESOURCE_GPU` as swarm-resource");
    let three = one.replace("count: 1", "count: 3");
    assert!(refusal(&three, &node()).contains("the node offers 2 of `NVIDIA-GPU`"));
    let named = one.replace("count: 1", "device_ids: ['0']");
    assert!(refusal(&named, &node()).starts_with("a swarm hands out GPUs by number and chooses which"));
}
