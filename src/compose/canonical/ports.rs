//! The short form of a published port, read as docker/go-connections reads it
//! (nat/nat.go, `ParsePortSpec`): `[[IP:]HOST:]CONTAINER[/PROTOCOL]`, both sides as ranges.

use std::net::IpAddr;

use super::{Problems, map_at, text};
use crate::yaml::{Data, Value};

/// Makes every item of `ports` a mapping. If one cannot be read the list stays as it is.
pub(super) fn ports(value: &mut Value, problems: &mut Problems) {
    let Some(items) = value.as_seq() else { return };
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        const HELP: &str = "write `HOST:CONTAINER`, `IP:HOST:CONTAINER` or the long form with `target` and `published`";
        let spec = match &item.data {
            Data::Int(port) => port.to_string(),
            Data::String(spec) => spec.clone(),
            Data::Float(_) | Data::UInt(_) => {
                let spec = item.scalar_text().unwrap_or_default();
                return problems.refuse(item, format!("port `{spec}` is no whole number of a port"), HELP);
            }
            _ => {
                out.push(item.clone());
                continue;
            }
        };
        match parse(&spec) {
            Ok(ports) => out.extend(ports.into_iter().map(|port| port.long(item))),
            Err(reason) => {
                let message = format!("port `{spec}` cannot be read: {reason}");
                // A text may still hold a variable; a number does not.
                let is_number = matches!(item.data, Data::Int(_));
                return if is_number {
                    problems.refuse(item, message, HELP)
                } else {
                    problems.push(item, message, HELP)
                };
            }
        }
    }
    value.data = Data::Seq(out);
}

/// One container port with what it is published as.
struct Port {
    host_ip: String,
    published: String,
    target: u16,
    protocol: String,
}

impl Port {
    fn long(self, at: &Value) -> Value {
        let mut long = map_at(at, [("mode", text("ingress")), ("protocol", text(self.protocol))]);
        let map = long.as_map_mut().expect("map_at makes a mapping");
        // Port 0 is none: Compose then says that it is missing.
        if self.target != 0 {
            map.insert("target".to_owned(), at.with_data(Data::Int(self.target.into())));
        }
        for (key, value) in [("host_ip", self.host_ip), ("published", self.published)] {
            if !value.is_empty() {
                map.insert(key.to_owned(), at.with_data(text(value)));
            }
        }
        long
    }
}

/// A first and a last port.
type Range = (u16, u16);

fn parse(spec: &str) -> Result<Vec<Port>, String> {
    let (ip, host, container) = parts(spec);
    let (container, protocol) = match container.split_once('/') {
        Some((port, protocol)) if !port.is_empty() => (port, protocol.split('/').next().unwrap_or("")),
        Some(_) => ("", ""),
        None => (container, ""),
    };
    let host_ip = host_ip(ip)?;
    if container.is_empty() {
        return Err("it names no port of the container".to_owned());
    }
    let ports = range(container).ok_or_else(|| format!("`{container}` is no port or range of ports"))?;
    let hosts = match host {
        "" => None,
        host => Some(range(host).ok_or_else(|| format!("`{host}` is no port or range of ports"))?),
    };
    let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol.to_lowercase() };
    if !["tcp", "udp", "sctp"].contains(&protocol.as_str()) {
        return Err(format!("`{protocol}` is none of tcp, udp and sctp"));
    }
    if let Some(hosts) = hosts
        && ports.1 - ports.0 != hosts.1 - hosts.0
        && ports.0 != ports.1
    {
        return Err(format!("`{host}` and `{container}` are ranges of different length"));
    }
    let mut out: Vec<Port> = (ports.0..=ports.1)
        .map(|target| Port {
            host_ip: host_ip.clone(),
            published: published(hosts, ports, target),
            target,
            protocol: protocol.clone(),
        })
        .collect();
    // Compose sorts them as texts: `10/tcp` stands before `9/tcp`.
    out.sort_by_key(|port| format!("{}/{}", port.target, port.protocol));
    Ok(out)
}

/// Address, host port and container port of a spec.
fn parts(spec: &str) -> (&str, &str, &str) {
    let Some((rest, container)) = spec.rsplit_once(':') else { return ("", "", spec) };
    let (ip, host) = rest.rsplit_once(':').unwrap_or(("", rest));
    (ip, host, container)
}

fn host_ip(ip: &str) -> Result<String, String> {
    let bare = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')).unwrap_or(ip);
    let zoneless = bare.split('%').next().unwrap_or(bare);
    let is_bracketed = bare.len() != ip.len();
    if !ip.is_empty() && (zoneless.parse::<IpAddr>().is_err() || (bare.contains(':') && !is_bracketed)) {
        return Err(format!("`{ip}` is no IP address"));
    }
    Ok(bare.to_owned())
}

fn range(text: &str) -> Option<Range> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let last = last.split('-').next().unwrap_or(last);
    let port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (first, last): Range = (port(first)?, port(last)?);
    (first <= last).then_some((first, last))
}

/// One host port for each container port, or the whole range for a single container port.
fn published(hosts: Option<Range>, ports: Range, target: u16) -> String {
    match hosts {
        None => String::new(),
        Some((first, last)) if ports.0 == ports.1 && first != last => format!("{first}-{last}"),
        Some((first, _)) => (first + (target - ports.0)).to_string(),
    }
}
