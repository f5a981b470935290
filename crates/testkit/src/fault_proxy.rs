//! A proxy before a search engine that does what those do on a bad day.

use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::serve::Listener;
use flate2::read::GzDecoder;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

use crate::http::send;

const MOST_BYTES: usize = 256 << 20;

/// What goes wrong; nothing unless a test says so.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Every request is answered so, and goes no further.
    pub whole: Option<u16>,
    /// That answer has this `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// Every nth item of all that are sent by `_bulk` is answered with 429.
    pub busy_every: Option<usize>,
    /// A document with this text in it is answered with 400.
    pub poison: Option<String>,
    /// So many `_bulk` are passed on, and nobody hears what came of it.
    pub silent: usize,
    /// Larger bodies, unzipped, are answered with 413.
    pub most_bytes: Option<usize>,
    /// Whoever asks without this `Authorization` is answered with 401.
    pub authorization: Option<String>,
}

/// A request, and the status it was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The status; 0 for none.
    pub status: u16,
}

/// The proxy, on a loopback port.
#[derive(Debug)]
pub struct FaultProxy {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its certificate in PEM, which nobody signed; empty without TLS.
    pub certificate: String,
    state: Arc<Proxied>,
    running: JoinHandle<()>,
}

#[derive(Debug)]
struct Proxied {
    upstream: SocketAddr,
    faults: Mutex<Faults>,
    items: Mutex<usize>,
    passed: Mutex<Vec<Passed>>,
}

#[expect(clippy::unwrap_used, reason = "a test stops where it cannot listen")]
impl FaultProxy {
    /// Starts before a server.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::over(listener, String::new(), upstream)
    }

    /// Starts before a server, over TLS as `localhost`.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start_tls(upstream: SocketAddr) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(
            tokio_rustls::rustls::crypto::ring::default_provider(),
        ));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = config.with_single_cert(vec![cert.der().clone()], key.into()).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listener = Tls { tcp, acceptor: TlsAcceptor::from(Arc::new(config)) };
        Self::over(listener, cert.pem(), upstream)
    }

    fn over<L>(listener: L, certificate: String, upstream: SocketAddr) -> Self
    where
        L: Listener<Addr = SocketAddr>,
    {
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Proxied {
            upstream,
            faults: Mutex::default(),
            items: Mutex::default(),
            passed: Mutex::default(),
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&state));
        let running = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Self { address, certificate, state, running }
    }

    /// Changes what goes wrong from now on.
    ///
    /// # Panics
    /// Never, in a test that has not panicked.
    pub fn set(&self, faults: Faults) {
        *self.state.faults.lock().unwrap() = faults;
    }

    /// Returns what was asked so far.
    ///
    /// # Panics
    /// Never, in a test that has not panicked.
    #[must_use]
    pub fn passed(&self) -> Vec<Passed> {
        self.state.passed.lock().unwrap().clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.running.abort();
    }
}

struct Tls {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.tcp).await;
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

impl Proxied {
    #[expect(clippy::unwrap_used, reason = "no test panics while it holds them")]
    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap()
    }

    /// Counts an item, and tells whether it is one that is told to come again.
    #[expect(clippy::unwrap_used, reason = "no test panics while it holds them")]
    fn is_busy(&self, every: Option<usize>) -> bool {
        let mut items = self.items.lock().unwrap();
        *items += 1;
        every.is_some_and(|every| items.is_multiple_of(every))
    }
}

#[expect(clippy::unwrap_used, reason = "no test panics while it holds what passed")]
async fn pass(State(proxied): State<Arc<Proxied>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let (method, path) = (head.method.to_string(), head.uri.to_string());
    let body = to_bytes(body, MOST_BYTES).await.unwrap();
    let body = unzipped(&head.headers, &body);
    let is_bulk = path.starts_with("/_bulk");
    let faults = proxied.faults().clone();
    let note = |status: u16| {
        let passed = Passed { method: method.clone(), path: path.clone(), status };
        proxied.passed.lock().unwrap().push(passed);
    };
    let authorization = head.headers.get("authorization").and_then(|value| value.to_str().ok());
    let refused =
        if faults.authorization.is_some() && faults.authorization.as_deref() != authorization {
            let said = authorization.unwrap_or("nothing");
            Some((401, error("security_exception", &format!("`{said}` is nobody"))))
        } else if let Some(status) = faults.whole {
            Some((status, error("es_rejected_execution_exception", "not today")))
        } else if faults.most_bytes.is_some_and(|most| body.len() > most) {
            Some((413, json!({})))
        } else {
            None
        };
    if let Some((status, body)) = refused {
        note(status);
        return answer(status, faults.retry_after, &body);
    }
    if !is_bulk {
        let answered = forward(&proxied, &method, &path, &body).await;
        note(answered.0);
        return answer(answered.0, None, &answered.1);
    }
    let answered = bulk(&proxied, &faults, &path, &body).await;
    if faults.silent > 0 {
        proxied.faults().silent -= 1;
        note(0);
        std::future::pending::<()>().await;
    }
    note(answered.0);
    answer(answered.0, None, &answered.1)
}

/// Passes on what is not to fail, and puts the answers together in order.
async fn bulk(proxied: &Proxied, faults: &Faults, path: &str, body: &[u8]) -> (u16, Value) {
    let body = String::from_utf8_lossy(body).into_owned();
    let lines: Vec<_> = body.lines().collect();
    let mut good = String::new();
    let mut failed = Vec::new();
    for item in lines.chunks_exact(2) {
        let [action, document] = item else { continue };
        let busy = proxied.is_busy(faults.busy_every);
        let poisoned = faults.poison.as_ref().is_some_and(|poison| document.contains(poison));
        let status = if poisoned {
            400
        } else if busy {
            429
        } else {
            0
        };
        failed.push((if action.starts_with("{\"create\"") { "create" } else { "index" }, status));
        if status == 0 {
            good.push_str(action);
            good.push('\n');
            good.push_str(document);
            good.push('\n');
        }
    }
    let mut told = Vec::new().into_iter();
    let mut status = 200;
    if !good.is_empty() {
        let (code, mut answer) = forward(proxied, "POST", path, good.as_bytes()).await;
        let Some(items) = answer.get_mut("items").and_then(Value::as_array_mut) else {
            return (code, answer);
        };
        (status, told) = (code, std::mem::take(items).into_iter());
    }
    let items: Vec<Value> = failed
        .into_iter()
        .filter_map(|(operation, status)| match status {
            0 => told.next(),
            429 => Some(item(operation, 429, "es_rejected_execution_exception", "queue is full")),
            _ => Some(item(operation, 400, "document_parsing_exception", "failed to parse it")),
        })
        .collect();
    let errors = items.iter().any(|item| item.to_string().contains("\"error\""));
    (status, json!({"errors": errors, "items": items}))
}

async fn forward(proxied: &Proxied, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
    let kind = if path.starts_with("/_bulk") { "application/x-ndjson" } else { "application/json" };
    let head = format!("{method} {path} HTTP/1.0\r\ncontent-type: {kind}\r\n");
    let answered = send(proxied.upstream, &head, body).await;
    (answered.status, answered.json())
}

fn item(operation: &str, status: u16, kind: &str, reason: &str) -> Value {
    json!({operation: {"status": status, "error": {"type": kind, "reason": reason}}})
}

fn error(kind: &str, reason: &str) -> Value {
    json!({"error": {"type": kind, "reason": reason}})
}

fn answer(status: u16, retry_after: Option<u32>, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(body.to_string())).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

fn unzipped(headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    if headers.get("content-encoding").is_none_or(|encoding| encoding != "gzip") {
        return body.to_vec();
    }
    let mut plain = Vec::new();
    let read = GzDecoder::new(body).read_to_end(&mut plain);
    if read.is_err() { body.to_vec() } else { plain }
}
