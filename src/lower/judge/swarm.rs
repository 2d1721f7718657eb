//! Generic resources of a swarm, which `docker stack deploy` sends.

use super::{Step, Verdict, driver, engine, fails, runtime, unknown};
use crate::host::HostFacts;

/// A service that `docker stack deploy` starts with so many of this kind of generic resource. The
/// node offers them, and NVIDIA's runtime, as default, takes the variable of that name for
/// NVIDIA_VISIBLE_DEVICES (moby daemon/cluster/executor/container/container.go; recorded: 28.5.2).
pub fn swarm(host: &HostFacts, kind: &str, count: u32) -> Verdict {
    deployed(host, kind, count).map_or_else(|verdict| verdict, Verdict::Works)
}

fn deployed(host: &HostFacts, kind: &str, count: u32) -> Step<String> {
    let (docker, _) = engine(host)?;
    if docker.swarm.state.as_deref() != Some("active") {
        return fails("the engine is in no swarm");
    }
    let offers = |resource: &&String| resource.split_once('=').is_some_and(|(own, _)| own == kind);
    let offered = docker.generic_resources.iter().filter(offers).count();
    if u32::try_from(offered).is_ok_and(|offered| offered < count) {
        return match docker.generic_resources.iter().any(|resource| offers(&resource) && is_number(resource)) {
            true => unknown(format!("the node counts its `{kind}` without naming them")),
            false => fails(format!("the node offers {offered} of `{kind}`: the task waits for ever")),
        };
    }
    if !runtime::is_nvidia(host, None)? {
        return Err(Verdict::Silent(
            "a task gets only the variable; the default runtime, which is not `nvidia`, does nothing with it"
                .to_owned(),
        ));
    }
    let (_, config) = runtime::toolkit(host)?;
    let variable = swarm_variable(kind);
    let named = config.and_then(|config| config.swarm_resource.as_deref()).unwrap_or_default();
    if !named.split(',').any(|name| name.trim() == variable) {
        return Err(Verdict::Silent(format!("config.toml does not name `{variable}` as swarm-resource")));
    }
    driver(host)?;
    runtime::injected(host, &["all".to_owned()])
}

/// The variable in which a task finds the resources of a kind that it got (moby
/// daemon/cluster/executor/container/container.go, v28.5.2).
pub(in crate::lower) fn swarm_variable(kind: &str) -> String {
    format!("DOCKER_RESOURCE_{}", kind.to_uppercase())
}

fn is_number(resource: &str) -> bool {
    resource.split_once('=').is_some_and(|(_, value)| value.bytes().all(|byte| byte.is_ascii_digit()))
}
