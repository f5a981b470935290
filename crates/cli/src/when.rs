//! Times as people read them.

use jiff::Timestamp;

/// Writes a time in UTC to the second.
pub(crate) fn readable(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
