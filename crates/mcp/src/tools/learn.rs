//! Learning what a server shows, and how that stands.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use syndic_api::OfferTools;

use crate::decider::{Decider, Undecided};
use crate::json::Json;
use crate::line::{Line, Upstream};
use crate::message::Request;
use crate::pin::{Weight, scan};
use crate::proxy::Proxy;
use crate::tools::{Known, Page};

/// How many pages a list may have.
const MOST_PAGES: usize = 64;
/// How long a server may take for one page.
const PAGE_WITHIN: Duration = Duration::from_secs(30);
/// What every request of 2026-07-28 says of its client.
const ABOUT_CLIENT: &[&str] = &[
    "io.modelcontextprotocol/protocolVersion",
    "io.modelcontextprotocol/clientInfo",
    "io.modelcontextprotocol/clientCapabilities",
];

impl Proxy {
    /// Returns the server's tools as this client sees them. Where it has not asked for them, the proxy does, with what
    /// `request` says of the client.
    pub(crate) async fn tools<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
    ) -> Result<Arc<Known>, Undecided> {
        let tools = &line.session.tools;
        if let Some(known) = tools.known() {
            return Ok(known);
        }
        let _alone = tools.learning.lock().await;
        if let Some(known) = tools.known() {
            return Ok(known);
        }
        let changes = tools.changes();
        let definitions = self.rest_of_list(line, request, Vec::new(), Rest::All).await?;
        self.offer(line, request, definitions, changes).await
    }

    /// Takes a page that the server answered `request` with, and returns its tools: all of them, since only then it
    /// can be told how each stands.
    pub(super) async fn shown<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        page: &Page,
    ) -> Result<Arc<Known>, Undecided> {
        let tools = &line.session.tools;
        let _alone = tools.learning.lock().await;
        let first = request.params.as_ref().is_none_or(|params| params.member("cursor").is_none());
        let whole = first && page.next.is_none();
        if let Some(known) = tools.known()
            && (whole || !first)
            && known.shows_all(page)
            && (!whole || known.definitions.len() == page.tools.len())
        {
            return Ok(known);
        }
        let changes = tools.changes();
        let definitions = match (first, &page.next) {
            (true, None) => page.tools.clone(),
            (true, Some(next)) => {
                let rest = Rest::From(next.clone());
                self.rest_of_list(line, request, page.tools.clone(), rest).await?
            }
            (false, _) => self.rest_of_list(line, request, Vec::new(), Rest::All).await?,
        };
        self.offer(line, request, definitions, changes).await
    }

    /// Asks the server for what follows `definitions`.
    async fn rest_of_list<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        mut definitions: Vec<Json>,
        mut rest: Rest,
    ) -> Result<Vec<Json>, Undecided> {
        let meta = about_client(request);
        for _ in 0..MOST_PAGES {
            let mut params = Map::new();
            if let Some(meta) = &meta {
                params.insert("_meta".to_owned(), meta.clone());
            }
            if let Rest::From(cursor) = rest {
                params.insert("cursor".to_owned(), cursor.into());
            }
            let params = Value::Object(params);
            let asked = line.upstream.ask("tools/list", &params);
            let response = tokio::time::timeout(PAGE_WITHIN, asked).await;
            let response = response.map_err(|_| no_list("did not list its tools in time"))?;
            let Ok(result) = response.map_err(|_| no_list("is gone"))?.answer else {
                // A server without tools; what it is called with all the same has no pin.
                return Ok(definitions);
            };
            let page = Page::read(&result).ok_or_else(|| no_list(UNCLEAR))?;
            definitions.extend(page.tools);
            match page.next {
                Some(cursor) => rest = Rest::From(cursor),
                None => return Ok(definitions),
            }
        }
        Err(no_list("has more tools than are taken"))
    }

    /// Tells the decider what the server shows, and asks how it stands. What is not as people approved it, they are
    /// asked about; what they accepted meanwhile stands otherwise.
    async fn offer<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        definitions: Vec<Json>,
        changes: u64,
    ) -> Result<Arc<Known>, Undecided> {
        let decider = &line.session.decider;
        let mut known = self.standing(decider, definitions).await?;
        self.remark(&known);
        let answers = self.put_before_people(decider, &known).await;
        if answers.accepted {
            known = self.standing(decider, known.definitions).await?;
        }
        self.watch(line, request, answers.pending);
        known.told = answers.told;
        let known = Arc::new(known);
        line.session.tools.keep(&known, changes);
        Ok(known)
    }

    /// Asks how the tools stand; where nobody pinned them, by what they were when this process first saw them.
    async fn standing<D: Decider>(
        &self,
        decider: &D,
        definitions: Vec<Json>,
    ) -> Result<Known, Undecided> {
        let mut said = decider.offer(&self.settings.agent, self.offered(&definitions)).await?;
        let changed = self.seen.judge(&definitions, &mut said);
        Ok(Known::new(definitions, said, changed))
    }

    /// Tells whoever runs the proxy what is remarkable about the tools, once of each definition.
    fn remark(&self, known: &Known) {
        let server = &self.settings.server;
        for tool in &known.vanished {
            tracing::warn!("tool `{tool}` of server `{server}` is pinned, and gone");
        }
        for tool in known.standings.values().filter(|tool| self.seen.is_unread(&tool.pin)) {
            let definition = known.definition(&tool.tool).and_then(|it| it.read::<Value>().ok());
            for finding in definition.iter().flat_map(scan).filter(|it| it.weight == Weight::High) {
                tracing::warn!("tool `{}` of server `{server}`: {finding}", tool.tool);
            }
        }
    }

    fn offered(&self, definitions: &[Json]) -> OfferTools {
        OfferTools {
            server: self.settings.server.clone(),
            tools: definitions.iter().filter_map(Json::raw).collect(),
        }
    }
}

/// What of a list is missing.
enum Rest {
    All,
    From(String),
}

pub(super) const UNCLEAR: &str = "answered with a list of tools that may be read in two ways";

pub(super) fn no_list(why: &str) -> Undecided {
    Undecided::Refused { code: "no-list".to_owned(), text: format!("the server {why}") }
}

fn about_client(request: &Request) -> Option<Value> {
    let meta = request.params.as_ref()?.member("_meta")?;
    let about = ABOUT_CLIENT.iter().filter_map(|name| {
        let value: Value = meta.member(name)?.read().ok()?;
        Some(((*name).to_owned(), value))
    });
    let about: Map<_, _> = about.collect();
    (!about.is_empty()).then(|| json!(about))
}
