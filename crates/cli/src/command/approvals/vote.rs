//! Answering a request.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::time::Duration;

use syndic_api::{ApprovalBody, CastVote};
use syndic_client::{Client, ClientError};

use crate::command::approvals::{VoteArgs, show};
use crate::failure::Failure;
use crate::output::{Output, Tone};

pub(super) async fn cast(
    args: &VoteArgs,
    vote: &str,
    client: &Client,
    out: &Output,
) -> anyhow::Result<()> {
    let VoteArgs { id, reason, yes } = args;
    if !yes && !sure(vote, id, client, out).await? {
        return Err(declined(vote).into());
    }
    let cast = CastVote { vote: vote.to_owned(), reason: reason.clone() };
    let voted = client.vote(id, &cast).await.map_err(|error| advise(error, vote, id))?;
    told(&voted, vote, out)
}

/// Whoever runs this from a script must not take a no for a vote.
fn declined(vote: &str) -> Failure {
    let hint = format!("answer `y` to {vote}, or pass --yes");
    Failure::new("nothing was sent, and the request stands as before", hint)
}

/// Shows what is decided, and asks; without a terminal nobody can be asked.
async fn sure(vote: &str, id: &str, client: &Client, out: &Output) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() || out.is_json() {
        let message =
            format!("`syndic approvals {vote}` asks before it decides, and nobody can answer");
        let hint = format!("look at it with `syndic approvals show {id}`, then pass --yes");
        return Err(Failure::usage(message, hint).into());
    }
    let approval = client.approval(id, Duration::ZERO).await?;
    show::show(&approval, out)?;
    out.question(format!("\n{vote} exactly this? [y/N] "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Knows what helps when a vote is refused.
fn advise(error: ClientError, vote: &str, id: &str) -> anyhow::Error {
    let ClientError::Refused(problem) = &error else { return error.into() };
    let hint = match problem.code() {
        "reason-needed" => format!("say why: `syndic approvals {vote} {id} --reason TEXT`"),
        "wrong-role" => {
            "use an approver's key; an admin makes one with `syndic keys create --role \
                         approver --approver PERSON`"
                .to_owned()
        }
        "approval-ended" | "voted-already" => {
            format!("see what became of it: `syndic approvals show {id}`")
        }
        "not-asked" => {
            "see who is asked: `syndic approvals show`; groups are in `approvers/`".to_owned()
        }
        "unknown-approval" => {
            "see which there are: `syndic approvals list --status all`".to_owned()
        }
        _ => return error.into(),
    };
    Failure::new(problem.detail.clone(), hint).into()
}

fn told(voted: &ApprovalBody, vote: &str, out: &Output) -> anyhow::Result<()> {
    if out.is_json() {
        return Ok(out.document(voted)?);
    }
    let ApprovalBody { agent, action, status, .. } = voted;
    match status.as_str() {
        "pending" => {
            let open = voted.groups.iter().filter(|group| group.approved < group.needed);
            let open: Vec<_> = open.map(|group| group.group.as_str()).collect();
            let open = if open.is_empty() { "more people".to_owned() } else { open.join(", ") };
            out.line(format!(
                "your {vote} is recorded; {action} of {agent} still waits for {open}"
            ))?;
        }
        "approved" => out.line(format!(
            "{}: {agent} may run {action} once",
            out.paint(Tone::Good, "approved")
        ))?,
        _ => {
            out.line(format!(
                "{}: {action} of {agent} does not run",
                out.paint(Tone::Bad, status)
            ))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{declined, is_yes};
    use crate::exit::Exit;
    use crate::failure;
    use crate::output::Output;

    #[test]
    fn all_but_a_yes_sends_nothing_and_is_a_failure() {
        for answer in ["y\n", "Y\n", "yes\n"] {
            assert!(is_yes(answer), "{answer:?}");
        }
        for answer in ["n\n", "\n", "", "yes please\n"] {
            assert!(!is_yes(answer), "{answer:?}");
        }
        let declined = anyhow::Error::from(declined("approve"));
        assert!(declined.to_string().starts_with("nothing was sent"), "{declined}");
        assert_eq!(failure::report(&declined, &Output::new(false)), Exit::Failure);
    }
}
