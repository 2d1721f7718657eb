//! Asking for a GPU in truth: an empty image, a container a request, and what the engine says when it starts.
//!
//! The image holds nothing, so no container can run; which obstacle the engine names tells whether the
//! request was met. All that is made carries a label, and is removed at the end, when the user interrupts,
//! and, after a kill, by the next trial.
//!
//! Source: recorded on engines 20.10, 26.1, 28.5 and 29.7 (fixtures/lab-truth.json), which name the missing
//! program last, after every request, mount and hook.

mod outcome;
mod request;

use std::{collections::HashMap, future::Future, time::Duration};

use bollard::{
    body_full,
    errors::Error,
    query_parameters::{
        CreateContainerOptions, CreateImageOptions, ListContainersOptions, ListImagesOptions, RemoveContainerOptions,
        RemoveImageOptions, StartContainerOptions,
    },
};
use futures_util::TryStreamExt as _;
use tokio::time::timeout;

use super::{
    SOURCE,
    connect::{Link, clause, connect},
    ended,
};
use crate::{
    host::{Trial, TrialOutcome, Version},
    lower::Form,
    observed::Observed,
    probe::{
        Settings, bounded,
        endpoint::{self, Endpoint},
    },
};

use outcome::{Seen, refused};
use request::container;

/// On the image and every container, with the owner's process as value.
const LABEL: &str = "composegpu.trial";

/// The end of a tar archive and nothing before it.
const EMPTY_TAR: &[u8] = &[0; 1024];

/// How long one container may take to be made, started and removed.
const ATTEMPT: Duration = Duration::from_secs(30);

/// How long what is under way may still take once the user interrupts.
const GRACE: Duration = Duration::from_secs(5);

/// How long removing may take.
const REMOVAL: Duration = Duration::from_secs(20);

/// A form with the names that it writes.
type Attempt = (Form, Vec<String>);

/// The user ended the trials early; nothing is left behind, or what is.
#[derive(Debug, thiserror::Error)]
#[error("interrupted; {left}")]
pub struct Interrupted {
    left: String,
}

/// Tries each form with its names, one after the other, as Compose would ask for it; `old` is the version of one
/// that sends less ([`Compose::before_gpus`](crate::host::Compose::before_gpus)).
///
/// # Errors
/// [`Interrupted`] on SIGINT or SIGTERM. What could not be tried is an unknown outcome, no error.
pub fn trial(settings: &Settings, attempts: &[Attempt], old: Option<Version>) -> Result<Vec<Trial>, Interrupted> {
    if attempts.is_empty() {
        return Ok(Vec::new());
    }
    let endpoint = match endpoint::endpoint(settings) {
        Ok(endpoint) => endpoint,
        Err(reason) => return Ok(unknown(attempts, &reason)),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Ok(unknown(attempts, &format!("no runtime to ask in: {error}"))),
    };
    runtime.block_on(async {
        let ended = ended::listen();
        match Workshop::open(&endpoint, settings, old).await {
            Ok(workshop) => workshop.work(attempts, ended).await,
            Err(reason) => Ok(unknown(attempts, &format!("{}: {reason}", endpoint.shown()))),
        }
    })
}

fn unknown(attempts: &[Attempt], reason: &str) -> Vec<Trial> {
    attempts.iter().map(|attempt| tried(attempt, Err(reason.to_owned()))).collect()
}

fn tried((form, devices): &Attempt, outcome: Result<TrialOutcome, String>) -> Trial {
    let outcome = match outcome {
        Ok(outcome) => Observed::Known(outcome),
        Err(reason) => Observed::unknown(SOURCE, reason),
    };
    Trial { form: form.as_str().to_owned(), devices: devices.clone(), outcome }
}

/// The engine, and what is made there.
struct Workshop {
    link: Link,
    /// The value of the label: this process.
    owner: String,
    image: String,
    /// The Compose in whose place this asks, where it sends less than newer ones.
    old: Option<Version>,
}

impl Workshop {
    /// Removes what killed trials left, and imports the image.
    async fn open(endpoint: &Endpoint, settings: &Settings, old: Option<Version>) -> Result<Self, String> {
        let link = connect(endpoint, &Settings { timeout: ATTEMPT, ..settings.clone() })?;
        let answer = timeout(settings.timeout, link.client.ping()).await;
        answer.map_err(|_| bounded::no_answer(settings.timeout))?.map_err(|error| link.clause(&error))?;
        let owner = std::process::id().to_string();
        let workshop = Self { link, image: format!("composegpu-trial:{owner}"), owner, old };
        within(REMOVAL, workshop.remove(is_abandoned)).await?;
        within(ATTEMPT, workshop.import()).await?;
        Ok(workshop)
    }

    async fn import(&self) -> Result<(), Error> {
        let (repo, tag) = self.image.split_once(':').expect("the name is made with one");
        let options = CreateImageOptions {
            from_src: Some("-".to_owned()),
            repo: Some(repo.to_owned()),
            tag: Some(tag.to_owned()),
            changes: vec![format!("LABEL {LABEL}={}", self.owner)],
            ..CreateImageOptions::default()
        };
        let progress = self.link.client.create_image(Some(options), Some(body_full(EMPTY_TAR.into())), None);
        progress.try_for_each(|_| async { Ok(()) }).await
    }

    /// A container without a request, all attempts, then the tidying up, whatever happened.
    async fn work(self, attempts: &[Attempt], ended: impl Future<Output = ()>) -> Result<Vec<Trial>, Interrupted> {
        let mut trials: Vec<Trial> = Vec::new();
        let mut plain: Option<Vec<String>> = None;
        let mut is_interrupted = false;
        let mut ended = Box::pin(ended);
        for attempt in std::iter::once(None).chain(attempts.iter().map(Some)) {
            let done = {
                let mut work = Box::pin(self.answer(attempt, plain.as_deref()));
                tokio::select! {
                    done = &mut work => done,
                    () = &mut ended => {
                        is_interrupted = true;
                        // A request that is cut off may still be carried out, after everything is swept.
                        let _ = timeout(GRACE, work).await;
                        break;
                    }
                }
            };
            match (attempt, done) {
                (Some(attempt), done) => trials.push(tried(attempt, done.map(|seen| seen.outcome))),
                (None, Ok(Seen { outcome: TrialOutcome::Refused(text), .. })) => {
                    trials = unknown(attempts, &format!("a container that asks for nothing does not start: {text}"));
                    break;
                }
                (None, Ok(seen)) => plain = seen.paths,
                (None, Err(reason)) => {
                    trials = unknown(attempts, &reason);
                    break;
                }
            }
        }
        let own = self.owner.clone();
        let removed = within(REMOVAL, self.remove(|owner| owner == own)).await;
        match (is_interrupted, removed) {
            (true, Ok(())) => Err(Interrupted { left: "nothing is left behind".to_owned() }),
            (true, Err(reason)) => {
                Err(Interrupted { left: format!("what carries the label `{LABEL}` is left: {reason}") })
            }
            (false, _) => Ok(trials),
        }
    }

    /// What comes of an attempt, or one clause why that is not known.
    async fn answer(&self, attempt: Option<&Attempt>, plain: Option<&[String]>) -> Result<Seen, String> {
        match (attempt, self.old) {
            (Some((Form::Gpus, _)), Some(old)) => {
                Err(format!("Compose {old} leaves `gpus` out or refuses it, so there is nothing to try"))
            }
            _ => within(ATTEMPT, self.attempt(attempt, plain)).await,
        }
    }

    /// One container: made, started as far as it goes, looked into, removed. `plain` are the paths of one without a
    /// request.
    async fn attempt(&self, attempt: Option<&Attempt>, plain: Option<&[String]>) -> Result<Seen, Error> {
        let form = attempt.map_or(Form::Cpu, |(form, _)| *form);
        let devices = attempt.map(|(_, devices)| devices.as_slice()).unwrap_or_default();
        let body = container(&self.image, self.label(), form, devices, self.old.is_some());
        let id = match self.link.client.create_container(None::<CreateContainerOptions>, body).await {
            Ok(made) => made.id,
            Err(error) => return Ok(Seen { outcome: refused(error)?, paths: None }),
        };
        let started = self.link.client.start_container(&id, None::<StartContainerOptions>).await;
        let changes = self.link.client.container_changes(&id).await.ok();
        self.link.client.remove_container(&id, Some(with_force())).await?;
        // Nothing can run; an engine that says so later has met the request as well.
        let outcome = started.map_or_else(refused, |()| Ok(TrialOutcome::Met))?;
        let paths = changes.map(|changes| changes.into_iter().flatten().map(|change| change.path).collect());
        Ok(Seen { outcome, paths }.judged(form, plain))
    }

    /// What everything that is made carries.
    fn label(&self) -> HashMap<String, String> {
        HashMap::from([(LABEL.to_owned(), self.owner.clone())])
    }

    /// Removes every container and image whose owner is one of these.
    async fn remove(&self, is_one: impl Fn(&str) -> bool) -> Result<(), Error> {
        let labelled = HashMap::from([("label".to_owned(), vec![LABEL.to_owned()])]);
        let is_ours = |labels: &HashMap<String, String>| labels.get(LABEL).is_some_and(|owner| is_one(owner));
        let all = ListContainersOptions { all: true, filters: Some(labelled.clone()), ..Default::default() };
        for container in self.link.client.list_containers(Some(all)).await? {
            if let Some(id) = container.id.filter(|_| container.labels.as_ref().is_some_and(is_ours)) {
                gone(self.link.client.remove_container(&id, Some(with_force())).await)?;
            }
        }
        let all = ListImagesOptions { filters: Some(labelled), ..Default::default() };
        for image in self.link.client.list_images(Some(all)).await? {
            if is_ours(&image.labels) {
                let force = RemoveImageOptions { force: true, ..Default::default() };
                gone(self.link.client.remove_image(&image.id, Some(force), None).await.map(drop))?;
            }
        }
        Ok(())
    }
}

fn with_force() -> RemoveContainerOptions {
    RemoveContainerOptions { force: true, v: true, ..RemoveContainerOptions::default() }
}

/// Whether the process that made a thing has ended. A process of another machine cannot be seen: what it
/// left stays, where its number is one that lives here.
fn is_abandoned(owner: &str) -> bool {
    let is_own = owner == std::process::id().to_string();
    is_own || !std::path::Path::new("/proc").join(owner).exists()
}

/// What is gone already needs no removing.
fn gone(removed: Result<(), Error>) -> Result<(), Error> {
    match removed {
        Err(Error::DockerResponseServerError { status_code: 404 | 409, .. }) => Ok(()),
        other => other,
    }
}

/// The answer, or one clause why there is none.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match timeout(limit, work).await {
        Ok(answer) => answer.map_err(|error| clause(&error)),
        Err(_) => Err(bounded::no_answer(limit)),
    }
}
