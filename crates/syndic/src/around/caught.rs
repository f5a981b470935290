//! Running a body so that its panic can be recorded before it goes on.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use syndic_gate::Ended;

/// What a body panicked with.
pub type Panicked = Box<dyn Any + Send>;

/// How much of a panic's message is recorded.
const MOST_MESSAGE: usize = 500;

/// Runs a body.
///
/// # Errors
/// When it panicked. What it left half done is seen by nobody but who catches the panic that goes on.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(run))
}

/// Runs a body that waits.
///
/// # Errors
/// As [`caught`].
pub async fn caught_async<F: Future>(run: F) -> Result<F::Output, Panicked> {
    let mut run = pin!(run);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(returned)) => Poll::Ready(Ok(returned)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// Says how a body ended; describing it must not panic either.
pub fn ended<T>(out: &Result<T, Panicked>, describe: impl FnOnce(&T) -> Ended) -> Ended {
    match out {
        Ok(returned) => caught(|| describe(returned)).unwrap_or(Ended::Ok(None)),
        Err(panic) => Ended::Panic(message(panic)),
    }
}

/// Returns what a body returned, or goes on with its panic.
pub fn pass_on<T>(out: Result<T, Panicked>) -> T {
    match out {
        Ok(returned) => returned,
        Err(panic) => resume_unwind(panic),
    }
}

fn message(panic: &Panicked) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text: String = text.unwrap_or_default().chars().take(MOST_MESSAGE).collect();
    if text.is_empty() { "panicked".to_owned() } else { format!("panicked: {text}") }
}
