//! How people answered who were asked.

use crate::facts::Request;
use crate::probe::Found;
use crate::{Evidence, Figure, Verdict};

/// Says that nobody was asked.
const NOBODY_ASKED: &str = "nobody was asked about the agent in the last thirty days";
/// Says that nobody voted.
const NOBODY_VOTED: &str = "nobody voted on an action of the agent in the last thirty days";

/// Approvals.
pub(super) fn approvals(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let sum = agent.approvals.sum(evidence.window());
    let answered = sum.approved.n() + sum.rejected.n();
    let ended = answered + sum.expired.n();
    if sum.requested.n() + ended + sum.cancelled.n() == 0 {
        return Found::unknown(NOBODY_ASKED);
    }
    let (verdict, told) = match (answered, sum.expired.n()) {
        (0, 0) => (Verdict::Told, "no request has been answered yet".to_owned()),
        (answered, 0) => {
            (Verdict::Met, format!("people answered all {answered} requests that ended"))
        }
        (0, expired) => {
            (Verdict::NotMet, format!("nobody answered any of {expired} requests in time"))
        }
        (answered, _) => {
            (Verdict::Partial, format!("people answered {answered} of {ended} requests in time"))
        }
    };
    Found::new(verdict, told)
        .count("requests", sum.requested.n())
        .count("approved", sum.approved.n())
        .count("rejected", sum.rejected.n())
        .count("expired", sum.expired.n())
        .count("withdrawn", sum.cancelled.n())
        .over(sum.records)
        .cite([sum.approved, sum.rejected, sum.expired].iter().filter_map(|count| count.newest()))
}

/// Response time.
pub(super) fn response(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let answered = agent.answers.join(evidence.window());
    let sum = agent.approvals.sum(evidence.window());
    let open = |request: &&Request| request.expires > evidence.now;
    let pending = evidence.facts.pending(evidence.setup.profile.id.as_str()).filter(open);
    let (count, oldest) = pending.fold((0_u64, None::<&Request>), |(count, oldest), request| {
        let older = oldest.filter(|oldest| oldest.index < request.index);
        (count + 1, Some(older.unwrap_or(request)))
    });
    let told = match answered.percentile_ms(50) {
        None if count == 0 => return Found::unknown(NOBODY_ASKED),
        None => "no request has been answered yet".to_owned(),
        Some(median) => {
            format!("half of the answers came within {} seconds", median.div_ceil(1_000))
        }
    };
    let figures =
        [("median_ms", answered.percentile_ms(50)), ("p95_ms", answered.percentile_ms(95))];
    let found =
        figures.into_iter().fold(Found::new(Verdict::Told, told), |found, (name, figure)| {
            figure.into_iter().fold(found, |found, figure| found.count(name, figure))
        });
    let found = found.count("pending", count).over(sum.records);
    match oldest {
        Some(oldest) => found.with("oldest_pending_at", Figure::At(oldest.at)).cite([oldest.index]),
        None => found,
    }
}

/// Attention signals. They say nothing about a person.
pub(super) fn attention(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (sum, answered) =
        (agent.approvals.sum(evidence.window()), agent.answers.join(evidence.window()));
    if sum.votes.n() == 0 {
        return Found::unknown(NOBODY_VOTED);
    }
    let told = format!(
        "{} of {} votes came within three seconds of the first look, and one person gave at most {} within an hour",
        sum.hasty.n(),
        sum.votes.n(),
        answered.busiest_hour
    );
    Found::new(Verdict::Told, told)
        .count("votes", sum.votes.n())
        .share("rejected_permille", sum.rejected.n(), sum.approved.n() + sum.rejected.n())
        .share("under_three_seconds_permille", sum.hasty.n(), sum.votes.n())
        .count("most_votes_of_one_person_in_an_hour", answered.busiest_hour)
        .count("people", answered.people)
        .count("approved_by_two_people", sum.by_two.n())
        .over(sum.records)
        .cite(sum.hasty.newest())
}

/// Separation of duties.
pub(super) fn duties(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let sum = agent.approvals.sum(evidence.window());
    let (verdict, told) = if sum.votes.n() == 0 {
        return Found::unknown(NOBODY_VOTED);
    } else if sum.own.n() > 0 {
        let told = "votes of those who answer for the agent, who asked, or for whom it is done";
        (Verdict::NotMet, format!("{told}: {}", sum.own.n()))
    } else if sum.too_few.n() > 0 {
        let told = "requests that were approved by fewer people than they needed";
        (Verdict::NotMet, format!("{told}: {}", sum.too_few.n()))
    } else if sum.by_author.n() > 0 {
        let told = "votes of those who brought the policies in force";
        (Verdict::Partial, format!("{told}: {}", sum.by_author.n()))
    } else {
        (Verdict::Met, "no vote is under the name of who answers for the agent, asked, or has it done for them".to_owned())
    };
    Found::new(verdict, told)
        .count("votes", sum.votes.n())
        .count("own", sum.own.n())
        .count("by_policy_author", sum.by_author.n())
        .count("approved_by_two_people", sum.by_two.n())
        .count("approved_by_too_few", sum.too_few.n())
        .over(sum.records)
        .cite([sum.own, sum.too_few, sum.by_author].iter().filter_map(|count| count.newest()))
}

/// Overseer assignment.
pub(super) fn overseers(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (sum, answered) =
        (agent.approvals.sum(evidence.window()), agent.answers.join(evidence.window()));
    let profile = &evidence.setup.profile;
    let (verdict, group) = match &profile.approvers {
        None => (Verdict::NotMet, "no group of approvers is named for the agent".to_owned()),
        Some(group) => {
            let told = format!(
                "the group `{group}` is named, and {} of its people voted in the last thirty days; their hours and \
                 their training are not measured",
                answered.people
            );
            (Verdict::Partial, told)
        }
    };
    Found::new(verdict, group)
        .with("owner", Figure::Text(profile.owner.person.clone()))
        .with("channels", Figure::List(evidence.setup.channels.clone()))
        .count("people_who_voted", answered.people)
        .over(sum.records)
}
