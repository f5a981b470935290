//! Carrying messages between one client and one server, until the server ends.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};

use crate::stdio::frames::{Frame, Frames, write};
use crate::stdio::wire::Wire;
use crate::{ClientSession, Decider, Proxy};

/// How many messages may wait to be written to one side.
const QUEUE: usize = 16;

/// Carries messages between a client and a server, each given as what is read from it and what is written to it.
/// The end of the client's messages becomes the end of the server's input; the end of the server's ends it.
pub async fn carry<D: Decider>(
    proxy: Arc<Proxy>,
    session: Arc<ClientSession<D>>,
    client: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
    server: (impl AsyncRead + Unpin, impl AsyncWrite + Unpin),
) {
    let longest = proxy.settings().largest_message;
    let (to_client, for_client) = mpsc::channel(QUEUE);
    let (to_server, for_server) = mpsc::channel(QUEUE);
    let (leave, gone) = watch::channel(false);
    let (end, over) = watch::channel(false);
    let wire = Wire::new(proxy, session, to_client, to_server, gone);
    let from_client = async {
        let mut frames = Frames::new(client.0, longest);
        while let Some(frame) = next(&mut frames, "the client").await {
            wire.client_says(frame).await;
        }
        leave.send_replace(true);
        wire.client_ended().await;
    };
    let from_server = async {
        let mut frames = Frames::new(server.0, longest);
        while let Some(frame) = next(&mut frames, "the server").await {
            wire.server_says(frame).await;
        }
        wire.server_ended().await;
        end.send_replace(true);
    };
    let to_client = async {
        if let Err(error) = write(client.1, for_client, over.clone()).await {
            tracing::warn!(%error, "the client reads no more");
            leave.send_replace(true);
            wire.client_ended().await;
        }
    };
    let to_server = async {
        if let Err(error) = write(server.1, for_server, over.clone()).await {
            tracing::warn!(%error, "the server reads no more");
        }
    };
    // The client's side never ends it: a server may answer, and end, after its input has ended.
    let reading = async {
        tokio::join!(from_client, to_server);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        ((), ()) = async { tokio::join!(from_server, to_client) } => {}
        () = reading => {}
    }
}

async fn next<R: AsyncRead + Unpin>(frames: &mut Frames<R>, whose: &str) -> Option<Frame> {
    match frames.next().await {
        Ok(frame) => frame,
        Err(error) => {
            tracing::warn!(%error, "what {whose} says cannot be read");
            None
        }
    }
}
