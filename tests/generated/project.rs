//! Projects as people have them, made up by chance: several services, most with a GPU request in one
//! of its spellings among all that a service may say.

use super::{
    dice::Dice,
    text::{Line, Node, Part, Writer},
};

const UUID: &str = "GPU-5a1e0001-1ab0-4b00-8000-000000000001";

/// How a service's request comes into the service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Through {
    /// It stands there.
    Text,
    /// By an alias or a merge key, so that it is not the service's alone.
    Alias,
}

/// A project in one file.
pub(crate) struct Generated {
    pub(crate) text: String,
    /// Lines that no rewriting may touch, in their order, without line ends.
    pub(crate) kept: Vec<String>,
    /// The services with a request, and how it comes into them.
    pub(crate) services: Vec<(String, Through)>,
}

pub(crate) fn generate(seed: u64) -> Generated {
    let mut dice = Dice::new(seed);
    let mut services = Vec::new();
    let (mut top, mut entries) = (Vec::new(), Vec::new());
    let mut shared = false;
    for at in 0..=dice.below(4) {
        let name = format!("{}{at}", dice.pick(&["llm", "web", "train-er", "a.b", "X"]));
        let (mut parts, through) = service(&mut dice, &mut shared);
        if let Some(through) = through {
            services.push((name.clone(), through));
        }
        dice.shuffle(&mut parts);
        entries.push(Part::new(&name, Node::Map(parts), false));
    }
    if dice.percent(40) {
        top.push(Part::new("name", text("shop"), false));
    }
    if shared {
        let mut item = Part::new("x-gpu", request_item(&mut dice), false);
        item.anchor = Some("gpu");
        top.push(item);
    }
    if dice.percent(30) {
        top.push(Part::new("x-note", Node::List(vec![Part::new("", text("kept"), false)]), false));
    }
    top.push(Part::new("services", Node::Map(entries), false));
    if dice.percent(40) {
        top.push(Part::new("volumes", Node::Map(vec![Part::new("data", Node::Raw("{}".to_owned()), false)]), false));
    }
    finish(&mut dice, &top, services)
}

/// The bytes: line ends, a mark at the front, a line end at the end.
fn finish(dice: &mut Dice, top: &[Part], services: Vec<(String, Through)>) -> Generated {
    let mut writer = Writer::new(dice);
    writer.entries(top, 0, "");
    let lines = writer.lines;
    let end = if dice.percent(25) { "\r\n" } else { "\n" };
    let mut text = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(end);
    if !dice.percent(10) {
        text.push_str(end);
    }
    if dice.percent(4) {
        text.insert(0, '\u{feff}');
    }
    let kept = lines.into_iter().filter(|line| line.is_kept && !line.text.is_empty());
    Generated { text, kept: kept.map(|Line { text, .. }| text).collect(), services }
}

/// What a service says; and how it asks for a GPU, if it does.
fn service(dice: &mut Dice, shared: &mut bool) -> (Vec<Part>, Option<Through>) {
    let mut parts = plain(dice);
    let mut own = Parts::new(dice);
    let mut through = Some(Through::Text);
    match dice.below(20) {
        0..=6 => own.reserved.push(Part::new("", request_item(dice), true)),
        7..=8 => parts.push(Part::new("gpus", text("all"), true)),
        9..=10 => {
            let item = Part::new("", request_item(dice), true);
            parts.push(Part::new("gpus", Node::List(vec![item]), true));
        }
        11..=12 => own.devices.push(Part::new("", cdi_device(dice), true)),
        13..=15 => own.runtime(dice, &mut parts),
        16 => {
            own.reserved.push(Part::new("", request_item(dice), true));
            own.runtime(dice, &mut parts);
        }
        17 => {
            *shared = true;
            through = Some(Through::Alias);
            own.reserved.push(Part::new("", Node::Raw("*gpu".to_owned()), true));
        }
        _ => through = None,
    }
    own.into_parts(dice, &mut parts);
    (parts, through)
}

/// Lists and mappings that requests share with other things.
struct Parts {
    reserved: Vec<Part>,
    memory: bool,
    limits: bool,
    devices: Vec<Part>,
    environment: Vec<(&'static str, &'static str, bool)>,
}

impl Parts {
    fn new(dice: &mut Dice) -> Self {
        let fuse = Part::new("", text("/dev/fuse"), false);
        let other = [("MODE", "gpu", false), ("CUDA_DEVICE_ORDER", "PCI_BUS_ID", false)];
        Self {
            reserved: Vec::new(),
            memory: dice.percent(25),
            limits: dice.percent(20),
            devices: if dice.percent(15) { vec![fuse] } else { Vec::new() },
            environment: other[..dice.below(3)].to_vec(),
        }
    }

    fn runtime(&mut self, dice: &mut Dice, parts: &mut Vec<Part>) {
        parts.push(Part::new("runtime", text("nvidia"), true));
        let devices = *dice.pick(&["all", "0", "1", "0,1", UUID]);
        self.environment.push(("NVIDIA_VISIBLE_DEVICES", devices, true));
        if dice.percent(30) {
            self.environment.push(("NVIDIA_DRIVER_CAPABILITIES", "compute,utility", true));
        }
    }

    fn into_parts(mut self, dice: &mut Dice, parts: &mut Vec<Part>) {
        let map = |parts: Vec<Part>| Node::Map(parts);
        if !self.reserved.is_empty() || self.memory || self.limits {
            let (mut reservations, mut resources) = (Vec::new(), Vec::new());
            if self.memory {
                reservations.push(Part::new("memory", text("4g"), false));
            }
            if !self.reserved.is_empty() {
                reservations.push(Part::new("devices", Node::List(self.reserved), true));
            }
            if self.limits {
                resources.push(Part::new("limits", map(vec![Part::new("cpus", text("2"), false)]), false));
            }
            if !reservations.is_empty() {
                dice.shuffle(&mut reservations);
                resources.push(Part::new("reservations", map(reservations), false));
            }
            dice.shuffle(&mut resources);
            parts.push(Part::new("deploy", map(vec![Part::new("resources", map(resources), false)]), false));
        }
        if !self.devices.is_empty() {
            dice.shuffle(&mut self.devices);
            parts.push(Part::new("devices", Node::List(self.devices), false));
        }
        if !self.environment.is_empty() {
            dice.shuffle(&mut self.environment);
            let is_list = dice.percent(50);
            let part = |(name, value, is_gpu): &(&str, &str, bool)| match is_list {
                true => Part::new("", text(&format!("{name}={value}")), *is_gpu),
                false => Part::new(name, text(value), *is_gpu),
            };
            let items: Vec<Part> = self.environment.iter().map(part).collect();
            let node = if is_list { Node::List(items) } else { map(items) };
            parts.push(Part::new("environment", node, false));
        }
    }
}

/// What has nothing to do with GPUs.
fn plain(dice: &mut Dice) -> Vec<Part> {
    let list = |texts: &[&str]| Node::List(texts.iter().map(|item| Part::new("", text(item), false)).collect());
    let mut parts = vec![Part::new("image", text("example.com/llm:1.2"), false)];
    let mut test = vec![Part::new("test", list(&["CMD", "true"]), false)];
    test.push(Part::new("retries", Node::Raw("3".to_owned()), false));
    let more = [
        ("command", list(&["serve", "--port", "8000"])),
        ("ports", list(&["8000:8000", "9000:9000"])),
        ("volumes", list(&["./models:/models", "data:/data"])),
        ("restart", text("unless-stopped")),
        ("labels", Node::Map(vec![Part::new("tier", text("gpu"), false)])),
        ("healthcheck", Node::Map(test)),
        ("shm_size", text("1g")),
        ("init", Node::Raw("true".to_owned())),
    ];
    for (key, node) in more {
        // The volume has to be declared by then.
        if key != "volumes" && dice.percent(25) {
            parts.push(Part::new(key, node, false));
        }
    }
    parts
}

/// A device request, as reservations and `gpus` hold it.
fn request_item(dice: &mut Dice) -> Node {
    let mut parts = vec![Part::new("driver", text("nvidia"), true)];
    let choices: [&[&str]; 3] = [&["gpu"], &["gpu", "utility"], &["gpu", "compute", "video"]];
    let words = *dice.pick(&choices);
    let words = words.iter().map(|word| Part::new("", text(word), true)).collect();
    parts.push(Part::new("capabilities", Node::List(words), true));
    match dice.below(5) {
        0 => parts.push(Part::new("count", text("all"), true)),
        1 => parts.push(Part::new("count", Node::Raw("1".to_owned()), true)),
        2 => parts.push(Part::new("count", Node::Raw("2".to_owned()), true)),
        3 => parts.push(Part::new("device_ids", Node::List(vec![Part::new("", text("1"), true)]), true)),
        _ => {
            let ids = [UUID, "0"].map(|id| Part::new("", text(id), true)).to_vec();
            parts.push(Part::new("device_ids", Node::List(ids), true));
        }
    }
    dice.shuffle(&mut parts);
    Node::Map(parts)
}

fn cdi_device(dice: &mut Dice) -> Node {
    let name = *dice.pick(&["nvidia.com/gpu=0", "nvidia.com/gpu=1", "nvidia.com/gpu=all"]);
    if dice.percent(60) {
        return text(name);
    }
    let mut parts = ["source", "target"].map(|key| Part::new(key, text(name), true)).to_vec();
    dice.shuffle(&mut parts);
    Node::Map(parts)
}

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}
