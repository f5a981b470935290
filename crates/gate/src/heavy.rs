//! Work that takes long enough to keep others waiting.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Looking through more bytes than these is such work.
const LARGE: usize = 64 << 10;

/// Does something with so many bytes; where that takes long, other threads take over what else waits for this one.
pub(crate) fn heavy<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let shared = || {
        Handle::try_current()
            .is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread)
    };
    if bytes > LARGE && shared() { tokio::task::block_in_place(work) } else { work() }
}
