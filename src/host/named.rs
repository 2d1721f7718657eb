//! Hosts that have a name: facts that come with the program.
//!
//! Each is a file in fixtures/hosts that says whether it was recorded or composed, and from what
//! (tests/lab/name-hosts writes them).

use super::HostFacts;

macro_rules! hosts {
    ($($name:literal),* $(,)?) => {
        /// Name and text of each, in the order in which people are told of them.
        const NAMED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../fixtures/hosts/", $name, ".json")))),*];
    };
}

hosts!(
    "engine28-cdi",
    "engine29-cdi",
    "legacy-hook",
    "runtime-only",
    "cpu-only",
    "wsl2",
    "docker-desktop",
    "jetson",
    "rootless",
    "podman5",
    "podman5-selinux",
    "swarm",
    "mig",
);

impl HostFacts {
    /// The host of this name; `None` where there is none.
    ///
    /// # Panics
    /// Never: a test reads them all.
    pub fn named(name: &str) -> Option<Self> {
        let (_, text) = NAMED.iter().find(|(known, _)| *known == name)?;
        Some(Self::from_json(text).expect("the program's own hosts have the shape that it reads"))
    }

    /// The names that [`HostFacts::named`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Whether the facts were put together from sources and not seen on one host.
    pub fn is_composed(&self) -> bool {
        self.recorded.how.starts_with("composed")
    }
}
