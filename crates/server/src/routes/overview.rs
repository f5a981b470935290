//! All agents at a glance.

use axum::Json;
use axum::extract::State;
use syndic_api::{
    AgentHour, AgentOverview, AnomalyBody, GovernanceHealth, HealthFinding, Overview,
    OverviewTotals, OwnerBody, TopViolation,
};

use syndic_gate::{AnomalyView, ChecklistCount};

use crate::app::App;
use crate::auth::Reader;

/// Tells how all agents are, and whether governance itself is well: what the dashboard's first page shows.
#[utoipa::path(get, path = "/v1/overview", responses((status = 200, body = Overview)))]
pub(crate) async fn overview(State(gate): State<App>, _: Reader) -> Json<Overview> {
    let told = gate.overview();
    let agents: Vec<AgentOverview> = told.agents.into_iter().map(agent).collect();
    Json(Overview {
        at: told.at,
        counted_through: told.counted_through,
        governance: health(told.governance),
        totals: OverviewTotals {
            approvals_pending: number(told.approvals_pending),
            ..totals(&agents)
        },
        agents,
    })
}

fn totals(agents: &[AgentOverview]) -> OverviewTotals {
    agents.iter().fold(OverviewTotals::default(), |sum, agent| OverviewTotals {
        actions: sum.actions + agent.actions_24h,
        denied: sum.denied + agent.denied_24h,
        held: sum.held + agent.held_24h,
        suspended: sum.suspended + u64::from(agent.state == "suspended"),
        ..sum
    })
}

fn agent(told: syndic_gate::AgentOverview) -> AgentOverview {
    let activity = told.activity;
    let (actions, denied, held) = activity.sums();
    AgentOverview {
        agent: told.agent.to_string(),
        name: told.name,
        owner: OwnerBody::from(&told.owner),
        risk_level: told.risk_level.to_string(),
        mode: told.mode.to_string(),
        enforcement_grade: activity.grade.map(|grade| grade.to_string()),
        state: told.state.as_str().to_owned(),
        suspended_reason: told.suspended,
        actions_24h: actions,
        denied_24h: denied,
        held_24h: held,
        hours: activity
            .hours
            .into_iter()
            .map(|hour| AgentHour {
                at: hour.at,
                actions: hour.actions,
                denied: hour.denied,
                held: hour.held,
            })
            .collect(),
        approvals_pending: number(told.approvals_pending),
        top_violation: activity.top_violation.map(|(policy, count)| TopViolation { policy, count }),
        anomaly: told.anomaly.map(|AnomalyView { score, signal, told }| AnomalyBody {
            score,
            signal: signal.to_owned(),
            told,
        }),
        assessed: told.assessed,
        checklist: told.checklist.map(checklist),
        last_seen: activity.last_seen,
    }
}

fn health(told: syndic_gate::GovernanceHealth) -> GovernanceHealth {
    let finding = |finding: syndic_gate::HealthFinding| HealthFinding {
        id: finding.id.to_owned(),
        severity: finding.severity.as_str().to_owned(),
        told: finding.told,
        remedy: finding.remedy,
    };
    GovernanceHealth {
        state: told.state.as_str().to_owned(),
        findings: told.findings.into_iter().map(finding).collect(),
    }
}

fn checklist(count: ChecklistCount) -> String {
    let ChecklistCount { done, items, passed } = count;
    let left = if passed { "nothing required is open" } else { "not ready" };
    format!("{done} of {items}, {left}")
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
