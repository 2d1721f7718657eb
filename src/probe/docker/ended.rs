//! Signals that ask the program to end, while there is something to be removed first.

/// Listens from now on; done when the user ends the run, or the system does.
#[cfg(unix)]
pub(super) fn listen() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = signal(SignalKind::interrupt()).and_then(|one| Ok((one, signal(SignalKind::terminate())?)));
    async move {
        let Ok((mut interrupt, mut terminate)) = signals else { return std::future::pending().await };
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    }
}

/// Listens; done when the user ends the run.
#[cfg(not(unix))]
pub(super) async fn listen() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
