//! The daemon of this machine as a decider: sought when it is first needed, and again when it is gone.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use syndic_api::{
    AgentTools, ApprovalHint, Decided, FilteredOutput, OfferTools, ReportOutcome, SubmitAction,
};
use syndic_client::{Client, ClientError};
use tokio::sync::Mutex;

use crate::decider::{Decider, Undecided, hint};

/// How long a search that failed is not repeated.
const REST: Duration = Duration::from_secs(2);

/// Makes sure that a daemon answers, starting one if need be, or says why none does.
pub type Seek = dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

/// The daemon that a client's socket leads to.
#[derive(Clone)]
pub struct Daemon {
    client: Client,
    seek: Arc<Seek>,
    found: Arc<Mutex<Found>>,
}

#[derive(Debug)]
enum Found {
    NotYet,
    There,
    Missing { since: Instant, why: String },
}

impl Daemon {
    /// Asks over `client`, once `seek` made sure that somebody answers.
    #[must_use]
    pub fn new(client: Client, seek: Arc<Seek>) -> Self {
        Self { client, seek, found: Arc::new(Mutex::new(Found::NotYet)) }
    }

    /// Asks over `client` a daemon that nobody here starts.
    #[must_use]
    pub fn elsewhere(client: Client) -> Self {
        Self::new(client, Arc::new(|| Box::pin(async { Ok(()) })))
    }

    /// Returns the same daemon, asked with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { client: self.client.with_key(key), ..self.clone() }
    }

    /// Makes sure that somebody answers; of many at once one seeks.
    ///
    /// # Errors
    /// When nobody does.
    pub async fn find(&self) -> Result<(), Undecided> {
        let mut found = self.found.lock().await;
        match &*found {
            Found::There => return Ok(()),
            Found::Missing { since, why } if since.elapsed() < REST => {
                return Err(Undecided::Unreachable(why.clone()));
            }
            Found::Missing { .. } | Found::NotYet => {}
        }
        match (self.seek)().await {
            Ok(()) => {
                *found = Found::There;
                Ok(())
            }
            Err(why) => {
                *found = Found::Missing { since: Instant::now(), why: why.clone() };
                Err(Undecided::Unreachable(why))
            }
        }
    }

    /// Asks, and asks once more where the daemon was gone before it was asked. What may have arrived is not repeated:
    /// nobody knows whether it was decided.
    async fn ask<T, F>(&self, ask: impl Fn(Client) -> F + Send) -> Result<T, Undecided>
    where
        F: Future<Output = Result<T, ClientError>> + Send,
    {
        self.find().await?;
        match ask(self.client.clone()).await {
            Err(error) if error.is_unasked() => {
                *self.found.lock().await = Found::NotYet;
                self.find().await?;
                ask(self.client.clone()).await.map_err(Undecided::from)
            }
            answer => answer.map_err(Undecided::from),
        }
    }
}

impl fmt::Debug for Daemon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Daemon").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Decider for Daemon {
    async fn submit(&self, action: SubmitAction) -> Result<Decided, Undecided> {
        let action = Arc::new(action);
        self.ask(|client| {
            let action = Arc::clone(&action);
            async move { client.submit(&action).await }
        })
        .await
    }

    async fn report(
        &self,
        action_id: &str,
        outcome: ReportOutcome,
    ) -> Result<Option<FilteredOutput>, Undecided> {
        let outcome = Arc::new(outcome);
        self.ask(|client| {
            let (id, outcome) = (action_id.to_owned(), Arc::clone(&outcome));
            async move { client.report(&id, &outcome).await.map(|reported| reported.output) }
        })
        .await
    }

    async fn approval(&self, id: &str, wait: Duration) -> Result<ApprovalHint, Undecided> {
        let body = self
            .ask(|client| {
                let id = id.to_owned();
                async move { client.approval(&id, wait).await }
            })
            .await?;
        Ok(hint(body))
    }

    async fn cancel(&self, id: &str) -> Result<(), Undecided> {
        self.ask(|client| {
            let id = id.to_owned();
            async move { client.cancel(&id).await.map(drop) }
        })
        .await
    }

    async fn offer(&self, agent: &str, offer: OfferTools) -> Result<AgentTools, Undecided> {
        let offer = Arc::new(offer);
        self.ask(|client| {
            let (agent, offer) = (agent.to_owned(), Arc::clone(&offer));
            async move { client.offer_tools(&agent, &offer).await }
        })
        .await
    }

    fn reaches_people(&self) -> bool {
        true
    }
}
