//! What can go wrong between here and the daemon.

use syndic_api::Problem;
use thiserror::Error;

/// Says why a call has no answer.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The address is not an `http` or `https` URL.
    #[error("`{0}` is not an http or https URL")]
    Url(String),
    /// Nobody answers.
    #[error("cannot reach {at}")]
    Unreachable {
        /// The address.
        at: String,
        /// The reason.
        #[source]
        source: reqwest::Error,
    },
    /// The daemon refuses; the text is its own.
    #[error("{}", .0.detail)]
    Refused(Problem),
    /// Something answers that is not syndic, or another version of it.
    #[error("{at} answered with status {status}, but not as syndic does")]
    Foreign {
        /// The address.
        at: String,
        /// The HTTP status.
        status: u16,
    },
}

impl ClientError {
    /// Tells whether the daemon was not even asked: no connection could be made, so the same may be asked again.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        match self {
            Self::Unreachable { source, .. } => source.is_connect(),
            Self::Url(_) | Self::Refused(_) | Self::Foreign { .. } => false,
        }
    }
}
