//! Time and randomness as arguments.

use jiff::Timestamp;

/// Tells the time and draws random bytes.
///
/// `now` may step back when the host's clock is set; callers that need order clamp it.
/// `fill` must be a cryptographically secure source.
pub trait Clock: Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with secure random bytes.
    fn fill(&self, bytes: &mut [u8]);
}
