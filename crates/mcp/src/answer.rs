//! Messages of the proxy's own.

use bytes::Bytes;
use serde_json::Value;

use crate::id::Id;

/// Denied by policy, on the record.
pub const DENIED: i32 = 4030;
/// Nobody could decide, so it is denied.
pub const UNDECIDED: i32 = 5030;
/// The server behind the proxy did not answer.
pub const NO_SERVER: i32 = 5020;

/// Answers a request with a result.
pub(crate) fn result(id: &Id, result: &Value) -> Bytes {
    format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, id.text()).into()
}

/// Answers a request with an error.
pub(crate) fn error(id: &Id, code: i32, message: &str, data: Option<&Value>) -> Bytes {
    let message = Value::from(message);
    let data = data.map(|data| format!(r#","data":{data}"#)).unwrap_or_default();
    format!(
        r#"{{"jsonrpc":"2.0","id":{},"error":{{"code":{code},"message":{message}{data}}}}}"#,
        id.text()
    )
    .into()
}

/// Writes a request.
pub(crate) fn request(id: &Id, method: &str, params: &Value) -> Bytes {
    let method = Value::from(method);
    format!(r#"{{"jsonrpc":"2.0","id":{},"method":{method},"params":{params}}}"#, id.text()).into()
}

/// Writes a notification.
pub(crate) fn notification(method: &str, params: &Value) -> Bytes {
    let method = Value::from(method);
    format!(r#"{{"jsonrpc":"2.0","method":{method},"params":{params}}}"#).into()
}
