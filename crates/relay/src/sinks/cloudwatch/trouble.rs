//! What an answer of the CloudWatch Logs API that is no success means. Pure.

use std::time::Duration;

use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::Value;

use crate::plain::{in_words, plain};
use crate::sink::Failure;

/// A signature is good for so long.
const MOST_SKEW: SignedDuration = SignedDuration::from_mins(5);
const MOST_SAID: usize = 300;

/// An answer.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) body: Value,
    pub(super) retry_after: Option<Duration>,
    /// How far the clock here is ahead of the one there.
    pub(super) ahead: SignedDuration,
}

/// Why a call was not taken. No text names a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The group or the stream is not there.
    Missing,
    /// What was to be made is there.
    Exists,
    /// It is not allowed.
    Forbidden(String),
    /// Whoever asks is not known, or not any more.
    Unauthentic(String),
    /// The request itself is refused.
    Invalid(String),
    /// Anything else.
    Failed(Failure),
}

impl From<Trouble> for Failure {
    /// For a call of which nothing else was expected.
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Failed(failure) => failure,
            Trouble::Missing => Self::passing("the log group or stream is missing again"),
            Trouble::Exists => Self::passing("the log group or stream is being made"),
            Trouble::Forbidden(reason)
            | Trouble::Unauthentic(reason)
            | Trouble::Invalid(reason) => Self::stopped(reason),
        }
    }
}

pub(super) fn trouble(operation: &str, answered: &Answered) -> Trouble {
    let code = code(&answered.body);
    let said = said(operation, code, answered);
    let passing =
        |reason| Trouble::Failed(Failure::Passing { reason, retry_after: answered.retry_after });
    match code {
        "ResourceNotFoundException" => Trouble::Missing,
        "ResourceAlreadyExistsException" => Trouble::Exists,
        "AccessDeniedException" | "AccessDenied" | "OptInRequired" | "KMSAccessDeniedException" => {
            Trouble::Forbidden(said)
        }
        "RequestTimeTooSkewed"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "RequestExpired"
            if answered.ahead.abs() > MOST_SKEW || code == "RequestTimeTooSkewed" =>
        {
            Trouble::Failed(skewed(answered.ahead))
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "ExpiredTokenException"
        | "ExpiredToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "RequestExpired" => Trouble::Unauthentic(said),
        "ThrottlingException"
        | "Throttling"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "OperationAbortedException" => passing(said),
        "InvalidParameterException" | "ValidationException" | "SerializationException" => {
            Trouble::Invalid(said)
        }
        _ => match answered.status.as_u16() {
            408 | 429 | 500..=599 => passing(said),
            413 => Trouble::Failed(Failure::TooLarge),
            401 => Trouble::Unauthentic(said),
            403 => Trouble::Forbidden(said),
            _ => Trouble::Failed(Failure::stopped(said)),
        },
    }
}

fn skewed(ahead: SignedDuration) -> Failure {
    let by = in_words(ahead.abs());
    let reason = match ahead.signum() {
        1 => format!("this machine's clock is {by} ahead of AWS's"),
        -1 => format!("this machine's clock is {by} behind AWS's"),
        _ => "this machine's clock is not AWS's".to_owned(),
    };
    Failure::stopped(format!("{reason}, so that AWS takes no signature: set it right"))
}

/// Reads the name of an error: `Name`, `com.amazonaws…#Name` or `Name:http://…`.
fn code(body: &Value) -> &str {
    let name = body.get("__type").or_else(|| body.get("code")).and_then(Value::as_str);
    let name = name.unwrap_or_default();
    let name = name.rsplit_once('#').map_or(name, |(_, name)| name);
    name.split_once(':').map_or(name, |(name, _)| name)
}

/// Says what was answered. Of a signature only that it is wrong: AWS repeats what was signed, and a session's token is
/// in that.
fn said(operation: &str, code: &str, answered: &Answered) -> String {
    let code = if code.is_empty() { "no reason" } else { code };
    let answer =
        format!("AWS answered {} to {operation}: {}", answered.status.as_u16(), plain(code, 80));
    let is_of_signature = ["Signature", "RequestExpired", "AuthenticationToken"];
    if is_of_signature.into_iter().any(|part| code.contains(part)) {
        return answer;
    }
    let message =
        ["message", "Message"].into_iter().find_map(|key| answered.body.get(key)?.as_str());
    match message {
        Some(message) if !message.is_empty() => format!("{answer}: {}", plain(message, MOST_SAID)),
        Some(_) | None => answer,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;
    use reqwest::StatusCode;
    use serde_json::{Value, json};

    use super::{Answered, Trouble, trouble};
    use crate::sink::Failure;

    fn of(status: u16, body: Value) -> Trouble {
        skewed(status, body, SignedDuration::from_secs(2))
    }

    fn skewed(status: u16, body: Value, ahead: SignedDuration) -> Trouble {
        let status = StatusCode::from_u16(status).unwrap();
        let retry_after = Some(Duration::from_secs(7));
        trouble("PutLogEvents", &Answered { status, body, retry_after, ahead })
    }

    fn name(trouble: &Trouble) -> &'static str {
        match trouble {
            Trouble::Missing => "missing",
            Trouble::Exists => "exists",
            Trouble::Forbidden(_) => "forbidden",
            Trouble::Unauthentic(_) => "unauthentic",
            Trouble::Invalid(_) => "invalid",
            Trouble::Failed(Failure::Passing { .. }) => "passing",
            Trouble::Failed(Failure::Stopped { .. }) => "stopped",
            Trouble::Failed(Failure::Poisoned { .. }) => "poisoned",
            Trouble::Failed(Failure::TooLarge) => "too large",
        }
    }

    #[test]
    fn cloudwatch_an_error_is_known_by_its_name_and_else_by_its_status() {
        for (status, code, expected) in [
            (400, "ResourceNotFoundException", "missing"),
            (400, "com.amazonaws.logs#ResourceNotFoundException", "missing"),
            (400, "ResourceAlreadyExistsException", "exists"),
            (400, "AccessDeniedException", "forbidden"),
            (400, "UnrecognizedClientException", "unauthentic"),
            (400, "ExpiredTokenException", "unauthentic"),
            (403, "SignatureDoesNotMatch:http://internal.amazon.com/", "unauthentic"),
            (400, "ThrottlingException", "passing"),
            (503, "ServiceUnavailableException", "passing"),
            (500, "", "passing"),
            (429, "", "passing"),
            (400, "InvalidParameterException", "invalid"),
            (413, "", "too large"),
            (403, "", "forbidden"),
            (301, "", "stopped"),
            (400, "SomethingNew", "stopped"),
        ] {
            assert_eq!(name(&of(status, json!({"__type": code}))), expected, "{status} {code}");
        }
        assert_eq!(name(&of(502, Value::Null)), "passing");
    }

    #[test]
    fn cloudwatch_a_clock_that_is_wrong_is_told_by_how_much() {
        for (ahead, expected) in [
            (-1_020, "this machine's clock is 17 minutes behind AWS's"),
            (7_260, "this machine's clock is 2 hours 1 minute ahead of AWS's"),
        ] {
            let body = json!({"__type": "InvalidSignatureException"});
            let trouble = skewed(400, body, SignedDuration::from_secs(ahead));
            let Trouble::Failed(Failure::Stopped { reason }) = trouble else {
                panic!("{trouble:?}")
            };
            assert!(reason.starts_with(expected), "{reason}");
        }
        let body = json!({"__type": "InvalidSignatureException"});
        assert_eq!(name(&of(400, body)), "unauthentic", "the clock is right, so the secret is not");
    }

    #[test]
    fn cloudwatch_what_aws_says_is_repeated_on_one_line_and_what_was_signed_is_not() {
        let body =
            json!({"__type": "AccessDeniedException", "Message": "User: arn:x is not\nauthorized"});
        let Trouble::Forbidden(said) = of(400, body) else { panic!() };
        assert_eq!(
            said,
            "AWS answered 400 to PutLogEvents: AccessDeniedException: User: arn:x is not\\u{a}authorized"
        );
        let body = json!({"__type": "InvalidSignatureException", "message": "x-amz-security-token:SECRET"});
        let Trouble::Unauthentic(said) = of(400, body) else { panic!() };
        assert_eq!(said, "AWS answered 400 to PutLogEvents: InvalidSignatureException");
    }
}
