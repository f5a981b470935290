//! The tools that servers offer to agents.

use axum::Json;
use axum::extract::{Path, State};
use syndic_api::{AgentTools, OfferBody, OfferTools, OfferedTool, OfferedTools, Problem, ToolBody};
use syndic_gate::ToolStanding;
use syndic_model::read_unambiguous;

use crate::app::App;
use crate::auth::{Asker, Reader};
use crate::body::Body;
use crate::problem::{Failure, to_the_end};

/// Tells how the tools that a server offers stand with an agent, and records the offer where it is another than the
/// last.
#[utoipa::path(
    post,
    path = "/v1/agents/{id}/tools",
    params(("id" = String, Path, description = "The agent's id")),
    request_body = OfferTools,
    responses(
        (status = 200, body = AgentTools),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn offer(
    State(gate): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    Body(wire): Body<OfferTools>,
) -> Result<Json<AgentTools>, Failure> {
    let (agent, server) = (id.parse()?, wire.server.parse()?);
    let mut definitions = Vec::with_capacity(wire.tools.len());
    for (i, raw) in wire.tools.iter().enumerate() {
        definitions.push(read_unambiguous(raw).map_err(|error| {
            Failure(Problem::new(422, "invalid-definition", format!("definition {i}: {error}")))
        })?);
    }
    let tools =
        to_the_end(async move { gate.offer_tools(&caller, &agent, &server, &definitions).await })
            .await??;
    Ok(Json(AgentTools {
        mode: tools.mode.to_string(),
        policy_revision: tools.revision,
        tools: tools.tools.into_iter().map(body).collect(),
        vanished: tools.vanished.iter().map(ToString::to_string).collect(),
    }))
}

fn body(tool: ToolStanding) -> ToolBody {
    ToolBody {
        tool: tool.tool,
        pin: tool.pin.to_string(),
        action: tool.action.map(|action| action.to_string()),
        standing: tool.standing.as_str().to_owned(),
        pinned: tool.pinned,
    }
}

/// Lists what servers offered agents last.
#[utoipa::path(
    get,
    path = "/v1/tools",
    responses(
        (status = 200, body = OfferedTools),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(
    State(gate): State<App>,
    _: Reader,
) -> Result<Json<OfferedTools>, Failure> {
    let offers = gate.offered_tools().await?.into_iter().map(|offer| OfferBody {
        agent: offer.agent,
        server: offer.server,
        at: offer.at,
        tools: offer
            .tools
            .into_iter()
            .map(|(definition, action)| OfferedTool {
                definition,
                action: action.map(|action| action.to_string()),
            })
            .collect(),
    });
    Ok(Json(OfferedTools { offers: offers.collect() }))
}
