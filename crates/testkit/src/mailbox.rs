//! A mail server that keeps what it is sent, over a loopback socket.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// A mail server without TLS or login.
#[derive(Debug)]
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    mails: mpsc::UnboundedReceiver<Mail>,
    running: JoinHandle<()>,
}

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The addresses of the envelope.
    pub to: Vec<String>,
    /// Headers and body, with CR LF.
    pub text: String,
}

impl MailServer {
    /// Starts at a port of its own.
    ///
    /// # Panics
    /// When there is none.
    pub async fn start() -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), "").await
    }

    /// Starts at an address, and answers every sender with `refusal` unless that is empty.
    ///
    /// # Panics
    /// When the address cannot be had.
    #[expect(clippy::unwrap_used, reason = "a test stops where it cannot listen")]
    pub async fn at(address: SocketAddr, refusal: &'static str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (keep, mails) = mpsc::unbounded_channel();
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let keep = keep.clone();
                drop(tokio::spawn(async move { drop(talk(stream, refusal, &keep).await) }));
            }
        });
        Self { address, mails, running }
    }

    /// Waits for the next mail.
    ///
    /// # Panics
    /// When the server has ended.
    #[expect(clippy::expect_used, reason = "a test stops where its server has ended")]
    pub async fn next(&mut self) -> Mail {
        self.mails.recv().await.expect("a mail server that runs")
    }

    /// Returns a mail that has arrived, and does not wait.
    pub fn arrived(&mut self) -> Option<Mail> {
        self.mails.try_recv().ok()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn talk(
    mut stream: TcpStream,
    refusal: &str,
    keep: &mpsc::UnboundedSender<Mail>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await?;
    let mut to = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let upper = line.to_ascii_uppercase();
        let answer = if upper.starts_with("MAIL FROM") && !refusal.is_empty() {
            refusal
        } else if upper.starts_with("RCPT TO:") {
            to.extend(line.split(['<', '>']).nth(1).map(str::to_owned));
            "250 ok"
        } else if upper == "DATA" {
            write.write_all(b"354 go on\r\n").await?;
            let mut text = String::new();
            while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push_str("\r\n");
            }
            drop(keep.send(Mail { to: std::mem::take(&mut to), text }));
            "250 kept"
        } else if upper == "QUIT" {
            "221 bye"
        } else {
            "250 ok"
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
