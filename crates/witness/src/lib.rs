//! A witness (c2sp.org/tlog-witness): keeps the newest checkpoint of each log it was told of, and cosigns one that
//! contains it.
//!
//! Must never see a record, cosign what does not follow from what it cosigned before, or let a cosignature leave before
//! what it vouches for is on disk.

mod logs;
mod serve;
mod witness;

mod directory;

pub use directory::{Directory, DirectoryError};
pub use logs::{LogsError, parse_logs};
pub use serve::serve;
pub use witness::{AddError, Witness};
