//! What stands below the help of each verb: commands to copy.

pub(super) const EXIT_CODES: &str = "\
Exit codes: 0 nothing found, 1 findings or a project that Compose refuses,
            2 wrong use, 3 the job could not be done";

pub(super) const LINT_EXAMPLES: &str = "\
Examples:
  composegpu lint                            the Compose files below this folder
  composegpu lint -f compose.yaml -f gpu.yaml    one project of two files
  composegpu lint --fix --diff               what --fix would change
  composegpu lint --select CG1,missing-module --format json
  composegpu lint --format github --format sarif=out.sarif
  composegpu lint --host host.json           also what a recorded host cannot give
  composegpu lint --host 'hosts/*.json'      each service on each host, as a table
  composegpu lint --diff --unsafe-fixes --form cdi    old requests as CDI names";

pub(super) const RENDER_EXAMPLES: &str = "\
Examples:
  composegpu render | docker compose -f - up
  composegpu render --host host.json -o compose.gpu.yaml
  composegpu render --form cdi --explain
  composegpu render --host host.json -o compose.gpu.yaml --check
  composegpu render --form swarm -o stack.yaml    then: docker stack deploy -c stack.yaml NAME
  composegpu render --fallback cpu";

pub(super) const CONFIG_EXAMPLES: &str = "\
Examples:
  composegpu config
  composegpu config -f compose.yaml -f compose.gpu.yaml --format json
  composegpu config --quiet                  is the project one that Compose takes?";

pub(super) const PROBE_EXAMPLES: &str = "\
Examples:
  composegpu probe                           a table
  composegpu probe --trial                   also start an empty container for each form
  composegpu probe -o host.json              facts for `--host host.json`
  composegpu probe -o host.json --redact     without UUIDs and names, for others to see
  composegpu probe --against host.json       what changed since";

pub(super) const DOCTOR_EXAMPLES: &str = "\
Examples:
  composegpu doctor                          this host
  composegpu doctor --host host.json         a recorded one
  composegpu doctor --write gpu-host         and files that would mend it, to look at and to install";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  composegpu explain CG205
  composegpu explain count-not-exclusive
  docker compose up 2>&1 | composegpu explain -f compose.yaml
  composegpu explain --host host.json 'could not select device driver \"nvidia\"'";
