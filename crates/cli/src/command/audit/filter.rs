//! Which events: the same options for every command that reads them.

use jiff::Timestamp;
use syndic_client::EventFilter;

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Which events")]
pub(crate) struct FilterArgs {
    /// Of this agent
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// Of this action
    #[arg(long, value_name = "ID")]
    action: Option<String>,
    /// Through this tool
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// That might run, or might not
    #[arg(long, value_name = "BOOL")]
    allowed: Option<bool>,
    /// That this policy stood in the way of, shadow policies too
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// Of this session
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// For this user, as the agent named them
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Of agents that had this risk level: low, medium, high or critical
    #[arg(long, value_name = "LEVEL")]
    risk: Option<String>,
}

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Which events")]
pub(crate) struct PeriodArgs {
    /// Decided at this time or later (RFC 3339)
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Decided before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

impl FilterArgs {
    pub(crate) fn filter(self) -> EventFilter {
        let Self { agent, action, tool, allowed, policy, session, user, risk } = self;
        EventFilter {
            agent,
            action,
            tool,
            allowed,
            policy,
            session,
            user,
            risk,
            ..EventFilter::default()
        }
    }
}

impl PeriodArgs {
    pub(crate) fn narrow(self, filter: EventFilter) -> EventFilter {
        EventFilter { since: self.since, until: self.until, ..filter }
    }
}
