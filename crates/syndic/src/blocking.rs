//! Waiting in a thread for what asynchronous code does, with a runtime around or without one.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, OnceLock, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::runtime::{Builder, Runtime};
use tokio::task::unconstrained;

static OWN: OnceLock<Result<Runtime, io::Error>> = OnceLock::new();

struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Blocks this thread until a future is ready that threads of their own bring forward, and no runtime does.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    // Within a task that has used up its turn, nothing of tokio would ever be ready.
    let mut future = pin!(unconstrained(future));
    // What is ready at once, as nearly always, needs nobody to wake.
    if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return output;
    }
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Runs a future on a thread of our own and blocks this one until it is ready: it may be the only one of a runtime.
///
/// # Errors
/// When there can be no such thread, or the future panicked.
pub(crate) fn run_on_own<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, String> {
    let (tell, told) = mpsc::sync_channel(1);
    spawn_on_own(async move {
        drop(tell.send(future.await));
    })?;
    told.recv().map_err(|_| "it was interrupted".to_owned())
}

/// Runs a future to its end on a thread of our own.
///
/// # Errors
/// When there can be no such thread.
pub(crate) fn spawn_on_own(
    future: impl Future<Output = ()> + Send + 'static,
) -> Result<(), String> {
    let make = || {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("syndic-governed")
            .enable_all()
            .build()
    };
    match OWN.get_or_init(make) {
        Ok(runtime) => {
            drop(runtime.spawn(future));
            Ok(())
        }
        Err(error) => Err(format!("no thread to ask on: {error}")),
    }
}
