//! Sends what was kept, and does nothing else.

use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use reqwest::{Client, Method};

use super::server::Server;

/// How many lines are written before a sync, as the sink does.
const LINES_AT_ONCE: usize = 1000;

/// What was sent at once.
pub enum Sent {
    Request { method: Method, path: String, headers: Vec<(String, String)>, body: Vec<u8> },
    Lines(Vec<u8>),
}

impl Sent {
    pub fn request(head: &str, body: &[u8]) -> anyhow::Result<Self> {
        let mut lines = head.lines();
        let mut first = lines.next().context("a request line")?.split(' ');
        let method = first.next().context("a method")?.parse()?;
        let path = first.next().context("a path")?.to_owned();
        let of_the_connection = ["host", "content-length", "connection"];
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| !of_the_connection.contains(&name.to_ascii_lowercase().as_str()))
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Self::Request { method, path, headers: headers.collect(), body: body.to_vec() })
    }
}

/// Reads a file that was written, in pieces as they were.
pub fn lines(server: &Server) -> anyhow::Result<Vec<Sent>> {
    let text = std::fs::read_to_string(server.file().context("a file")?)?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    Ok(lines.chunks(LINES_AT_ONCE).map(|lines| Sent::Lines(lines.concat().into_bytes())).collect())
}

/// Sends all of it to a server that has nothing yet, one after the other, and tells how long that took.
pub async fn load(kept: &[Sent], server: &Server) -> anyhow::Result<Duration> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().no_proxy().build()?;
    let begun = Instant::now();
    let mut file = server.file().map(File::create).transpose()?;
    for sent in kept {
        match sent {
            Sent::Lines(lines) => {
                let file = file.as_mut().context("a file")?;
                file.write_all(lines)?;
                file.sync_data()?;
            }
            Sent::Request { method, path, headers, body } => {
                let url = format!("http://{}{path}", server.address().context("an address")?);
                let mut request = client.request(method.clone(), url).body(body.clone());
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                request.send().await?.bytes().await?;
            }
        }
    }
    Ok(begun.elapsed())
}
