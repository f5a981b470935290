//! Asking a witness (c2sp.org/tlog-witness) what it knows of a log.

use reqwest::{StatusCode, Url};

use crate::ClientError;
use crate::client::{builder, without_tls};

/// What a witness knows of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessKnows {
    /// The checkpoint that it was asked about is its last one; the line of its signature, which nobody verified yet.
    This(String),
    /// Its last one has this size.
    Size(u64),
    /// It cosigned another checkpoint of the same size.
    Another,
    /// It does not know the log.
    Nothing,
}

/// Asks the witness at `url` whether the signed checkpoint `text` over `size` records is the last one that it knows.
/// Where it is, the witness signs it once more, which changes nothing.
///
/// # Errors
/// When nobody answers, or not as a witness does.
pub async fn ask_witness(url: &str, text: &str, size: u64) -> Result<WitnessKnows, ClientError> {
    let mut base = Url::parse(url).map_err(|_| ClientError::Url(url.to_owned()))?;
    base.path_segments_mut()
        .map_err(|()| ClientError::Url(url.to_owned()))?
        .pop_if_empty()
        .push("add-checkpoint");
    let builder = if base.scheme() == "https" { builder() } else { without_tls() };
    let unreachable = |source: reqwest::Error| ClientError::Unreachable {
        at: url.to_owned(),
        source: source.without_url(),
    };
    let http = builder.build().map_err(unreachable)?;
    let body = format!("old {size}\n\n{text}");
    let answer = http.post(base).body(body).send().await.map_err(unreachable)?;
    let status = answer.status();
    let foreign = || ClientError::Foreign { at: url.to_owned(), status: status.as_u16() };
    match status {
        StatusCode::OK => Ok(WitnessKnows::This(answer.text().await.map_err(unreachable)?)),
        StatusCode::NOT_FOUND => Ok(WitnessKnows::Nothing),
        StatusCode::UNPROCESSABLE_ENTITY => Ok(WitnessKnows::Another),
        StatusCode::CONFLICT => {
            let text = answer.text().await.map_err(unreachable)?;
            let size: Option<u64> = text.trim_end_matches('\n').parse().ok();
            Ok(WitnessKnows::Size(size.ok_or_else(foreign)?))
        }
        _ => Err(foreign()),
    }
}
