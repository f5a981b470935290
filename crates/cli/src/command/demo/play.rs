//! The demo's actors: each with its own key, all through the HTTP API.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Map;
use serde_json::value::RawValue;
use syndic_api::{
    CreateKey, Decided, OutcomeStatus, PermitBody, ReportOutcome, SubmitAction, SwitchAgent,
};
use syndic_client::Client;
use syndic_model::Clock as _;

use super::clock::ScriptedClock;
use super::script::{Deed, Step};
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// Time, agent, action, arguments and verdict.
const WIDTHS: [usize; 5] = [5, 17, 21, 20, 9];

/// Everybody who acts in the demo.
#[derive(Debug)]
pub(super) struct Player {
    admin: Client,
    agents: BTreeMap<String, Client>,
    auditor_key: String,
    clock: Arc<ScriptedClock>,
}

/// What a row of the table tells.
struct Told {
    action: &'static str,
    about: &'static str,
    verdict: Verdict,
    reasons: Vec<String>,
}

/// What came of a step.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    Allowed,
    Held,
    Denied,
    Suspended,
    Resumed,
}

/// How often each verdict was given.
#[derive(Debug, Default)]
pub(super) struct Tally {
    allowed: u32,
    held: u32,
    denied: u32,
    records: u64,
}

impl Player {
    /// Gives every registered agent a key, and an auditor.
    pub(super) async fn prepare(admin: Client, clock: Arc<ScriptedClock>) -> anyhow::Result<Self> {
        let auditor_key = create_key(&admin, "auditor", None, None).await?;
        let mut agents = BTreeMap::new();
        for agent in admin.agents().await?.agents {
            let key = create_key(&admin, "agent", Some(&agent.id), None).await?;
            agents.insert(agent.id, admin.with_key(key));
        }
        Ok(Self { admin, agents, auditor_key, clock })
    }

    /// Returns the key that reads everything and changes nothing.
    pub(super) fn auditor_key(&self) -> &str {
        &self.auditor_key
    }

    /// Plays `script`, and writes a row for every step as it happens.
    pub(super) async fn play(&self, script: &[Step], out: &Output) -> anyhow::Result<Tally> {
        let header = ["UTC", "agent", "action", "about", "verdict", "reason"];
        let mut table = Table::new(&header).with_widths(&WIDTHS);
        let mut tally = Tally::default();
        for step in script {
            self.clock.set_minute(step.minute);
            let time = self.clock.now().strftime("%H:%M").to_string();
            let told = self.perform(step).await?;
            tally.count(told.verdict);
            let first = [
                Cell::new(Tone::Quiet, time),
                Cell::from(step.agent),
                Cell::from(told.action),
                Cell::from(told.about),
                told.verdict.cell(),
            ];
            let mut before = first.to_vec();
            for reason in told.reasons {
                let blanks = vec![Cell::from(""); before.len()];
                let mut row = std::mem::replace(&mut before, blanks);
                row.push(Cell::from(reason));
                table.push(row);
            }
            table.write(out)?;
        }
        self.clock.set_minute(60);
        tally.records = self.admin.status().await?.records;
        Ok(tally)
    }

    async fn perform(&self, step: &Step) -> anyhow::Result<Told> {
        let (action, args, about) = match step.deed {
            Deed::Act { action, args, about } => (action, args, about),
            Deed::Suspend(reason) => {
                let switch = SwitchAgent { reason: reason.to_owned() };
                self.admin.suspend(step.agent, &switch).await?;
                return Ok(Told::switch(Verdict::Suspended, reason));
            }
            Deed::Resume(reason) => {
                let switch = SwitchAgent { reason: reason.to_owned() };
                self.admin.resume(step.agent, &switch).await?;
                return Ok(Told::switch(Verdict::Resumed, reason));
            }
        };
        let agent = self.agents.get(step.agent).context("the script names an unknown agent")?;
        let decided = agent.submit(&submission(step.agent, action, args)?).await?;
        let verdict = Verdict::of(&decided);
        let Some(permit) = &decided.permit else {
            return Ok(Told { action, about, verdict, reasons: decided.reasons });
        };
        agent.report(&decided.action_id, &success(permit)).await?;
        Ok(Told { action, about, verdict, reasons: vec!["outcome reported".to_owned()] })
    }
}

impl Told {
    fn switch(verdict: Verdict, reason: &str) -> Self {
        Self { action: "-", about: "by an admin", verdict, reasons: vec![reason.to_owned()] }
    }
}

impl Verdict {
    fn of(decided: &Decided) -> Self {
        match decided.effect.as_str() {
            "allow" => Self::Allowed,
            "hold" => Self::Held,
            _ => Self::Denied,
        }
    }

    fn cell(self) -> Cell {
        match self {
            Self::Allowed => Cell::new(Tone::Good, "allowed"),
            Self::Held => Cell::new(Tone::Waiting, "held"),
            Self::Denied => Cell::new(Tone::Bad, "denied"),
            Self::Suspended => Cell::new(Tone::Strong, "suspended"),
            Self::Resumed => Cell::new(Tone::Strong, "resumed"),
        }
    }
}

impl Tally {
    const fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Allowed => self.allowed += 1,
            Verdict::Held => self.held += 1,
            Verdict::Denied => self.denied += 1,
            Verdict::Suspended | Verdict::Resumed => {}
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { allowed, held, denied, records } = self;
        let actions = allowed + held + denied;
        write!(
            f,
            "{actions} actions: {allowed} allowed, {held} held for a person, {denied} denied. \
             {records} records, each on disk before its answer."
        )
    }
}

/// Makes a key for a day.
pub(super) async fn create_key(
    admin: &Client,
    role: &str,
    agent: Option<&str>,
    grade: Option<&str>,
) -> anyhow::Result<String> {
    let key = CreateKey {
        role: role.to_owned(),
        agent: agent.map(str::to_owned),
        approver: None,
        grade: grade.map(str::to_owned),
        days: Some(1),
    };
    Ok(admin.create_key(&key).await?.key)
}

fn submission(agent: &str, action: &str, args: &str) -> anyhow::Result<SubmitAction> {
    Ok(SubmitAction {
        agent: agent.to_owned(),
        action: action.to_owned(),
        args: RawValue::from_string(args.to_owned())?,
        tool: None,
        server: None,
        tool_pin: None,
        agent_version: None,
        session_id: None,
        user_id: None,
        on_behalf_of: None,
        parent_action_id: None,
        model: None,
        metadata: Map::new(),
        idempotency_key: None,
        dry_run: false,
    })
}

fn success(permit: &PermitBody) -> ReportOutcome {
    ReportOutcome {
        status: OutcomeStatus::Ok,
        args_digest: permit.args_digest.clone(),
        result: None,
        error: None,
        duration_ms: Some(38),
        input_tokens: None,
        output_tokens: None,
        model: None,
    }
}
