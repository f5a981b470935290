//! A proxy that passes bytes on, and keeps what was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::loader::Sent;

pub struct Recorder {
    pub address: SocketAddr,
    kept: Arc<Mutex<Vec<Vec<u8>>>>,
    running: JoinHandle<()>,
}

impl Recorder {
    pub async fn start(upstream: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let keep = Arc::clone(&keep);
                drop(tokio::spawn(async move { drop(pass(stream, upstream, &keep).await) }));
            }
        });
        Ok(Self { address, kept, running })
    }

    /// Returns every request, in the order of their connections.
    pub fn requests(self) -> anyhow::Result<Vec<Sent>> {
        self.running.abort();
        let mut requests = Vec::new();
        for bytes in self.kept.lock().map_err(|_| anyhow::anyhow!("the recorder panicked"))?.iter() {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let end = rest.windows(4).position(|four| four == b"\r\n\r\n").context("a head")? + 4;
                let head = std::str::from_utf8(&rest[..end])?;
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>())?.ok()
                });
                let whole = end + length.unwrap_or(0);
                if rest.len() < whole {
                    bail!("a request was cut short");
                }
                requests.push(Sent::request(head, &rest[end..whole])?);
                rest = &rest[whole..];
            }
        }
        Ok(requests)
    }
}

async fn pass(mut client: TcpStream, upstream: SocketAddr, kept: &Mutex<Vec<Vec<u8>>>) -> std::io::Result<()> {
    let mut server = TcpStream::connect(upstream).await?;
    let nth = {
        let Ok(mut kept) = kept.lock() else { return Ok(()) };
        kept.push(Vec::new());
        kept.len() - 1
    };
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                if let Ok(mut kept) = kept.lock() {
                    kept[nth].extend_from_slice(&asked[..read]);
                }
                server.write_all(&asked[..read]).await?;
            }
            read = server.read(&mut answered) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                client.write_all(&answered[..read]).await?;
            }
        }
    }
}
