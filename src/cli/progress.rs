//! How far a long run is: a bar on the terminal of standard error, none elsewhere.

use std::{
    sync::Once,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that ends sooner shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Counts what is done, from any thread; the bar goes when it is dropped.
pub(super) struct Progress {
    bar: ProgressBar,
    since: Instant,
    is_terminal: bool,
    shown: Once,
}

impl Progress {
    /// For so many projects.
    pub(super) fn of(projects: usize, is_terminal: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(projects as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} projects");
        Self {
            bar: bar.with_style(style.expect("the template is fixed")),
            since: Instant::now(),
            is_terminal,
            shown: Once::new(),
        }
    }

    /// One more is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
        if self.is_terminal && self.since.elapsed() > PATIENCE {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
