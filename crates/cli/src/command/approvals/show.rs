//! One request, with everything to decide it by.

use syndic_api::{ApprovalBody, ApprovalDetailsBody};

use crate::command::approvals::{tone, what};
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::visible::visible;
use crate::when::readable;

pub(super) fn show(approval: &ApprovalBody, out: &Output) -> anyhow::Result<()> {
    if out.is_json() {
        return Ok(out.document(approval)?);
    }
    facts(approval, out)?;
    if let Some(details) = &approval.details {
        arguments(details, out)?;
        reasons(details, out)?;
        earlier(details, out)?;
        trail(details, out)?;
    }
    if approval.status == "pending" && approval.details.is_some() {
        let id = &approval.id;
        out.note(format!(
            "\nto answer: `syndic approvals approve {id}` or `syndic approvals reject {id} --reason TEXT`"
        ));
    }
    Ok(())
}

fn facts(approval: &ApprovalBody, out: &Output) -> anyhow::Result<()> {
    out.line(out.paint(
        Tone::Strong,
        visible(&format!("{} wants to {}", approval.agent, approval.action)),
    ))?;
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let ends = if approval.status == "approved" && approval.used_by.is_none() {
        "to be used until (UTC)"
    } else {
        "until (UTC)"
    };
    let rule = if approval.needs_key { "an approver key, and a reason" } else { "a key or a link" };
    let mut table = Table::without_header();
    for (name, value) in [
        ("owner", or_none(&approval.owner)),
        ("risk", approval.risk_level.clone()),
        ("what", what(approval)),
        ("tool", or_none(&approval.tool)),
        (
            "for agents",
            if approval.on_behalf_of.is_empty() {
                "-".to_owned()
            } else {
                approval.on_behalf_of.join(", ")
            },
        ),
        ("session", or_none(&approval.session_id)),
        ("user", user(approval)),
        ("enforcement grade", approval.enforcement_grade.clone()),
        ("held by", approval.policies.iter().cloned().collect::<Vec<_>>().join(", ")),
        ("opened (UTC)", readable(approval.opened_at)),
        (ends, readable(approval.expires_at)),
        ("asked", groups(approval)),
        ("takes", rule.to_owned()),
        ("action id", approval.action_id.clone()),
        ("page", approval.url.clone()),
    ] {
        table.push(vec![Cell::new(Tone::Quiet, name), Cell::from(value)]);
    }
    table.push(vec![
        Cell::new(Tone::Quiet, "status"),
        Cell::new(tone(&approval.status), &approval.status),
    ]);
    for vote in &approval.votes {
        let reason = vote.reason.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
        let said = format!("{} by {}{reason}", vote.vote, vote.person);
        table.push(vec![Cell::new(Tone::Quiet, "vote"), Cell::from(said)]);
    }
    Ok(table.write(out)?)
}

fn user(approval: &ApprovalBody) -> String {
    let event = approval.details.as_ref().map(|details| &details.event);
    let user = event.and_then(|event| event.user_id.as_ref());
    user.map_or_else(
        || "-".to_owned(),
        |user| user.as_str().map_or_else(|| user.to_string(), str::to_owned),
    )
}

fn groups(approval: &ApprovalBody) -> String {
    let groups = approval
        .groups
        .iter()
        .map(|progress| format!("{} {} of {}", progress.group, progress.approved, progress.needed));
    let groups = groups.collect::<Vec<_>>().join(", ");
    if approval.people > 1 {
        format!("{groups}; {} different people", approval.people)
    } else {
        groups
    }
}

/// Prints the arguments exactly as they arrived, line by line, with what does not show made visible.
fn arguments(details: &ApprovalDetailsBody, out: &Output) -> anyhow::Result<()> {
    out.line(out.paint(Tone::Quiet, "\narguments"))?;
    let Some(args) = &details.args else {
        return Ok(out.line("  erased")?);
    };
    let text = match serde_json::from_str::<serde_json::Value>(args.get()) {
        Ok(value) => serde_json::to_string_pretty(&value)?,
        Err(_) => args.get().to_owned(),
    };
    for line in text.lines() {
        out.line(format!("  {}", visible(line)))?;
    }
    Ok(())
}

fn reasons(details: &ApprovalDetailsBody, out: &Output) -> anyhow::Result<()> {
    out.line(out.paint(Tone::Quiet, "\nwhy it is held"))?;
    let checks = details.event.policy_checks.iter();
    for check in checks.filter(|check| check.result != "passed" && !check.shadow) {
        let reason = check.reason.as_deref().unwrap_or("no reason given");
        out.line(format!("  {}", visible(&format!("{}: {reason}", check.policy))))?;
    }
    Ok(())
}

fn earlier(details: &ApprovalDetailsBody, out: &Output) -> anyhow::Result<()> {
    if !details.before.is_empty() {
        out.line(out.paint(Tone::Quiet, "\nwhat the session did before"))?;
        let mut table = Table::without_header();
        for action in &details.before {
            table.push(vec![
                Cell::from(format!("  {}", readable(action.at))),
                Cell::from(&action.action),
                Cell::from(action.amount.as_deref().unwrap_or("-")),
                Cell::from(&action.effect),
            ]);
        }
        table.write(out)?;
    }
    if !details.alike.is_empty() {
        out.line(out.paint(Tone::Quiet, "\nearlier requests like this"))?;
        let mut table = Table::without_header();
        for alike in &details.alike {
            table.push(vec![
                Cell::from(format!("  {}", readable(alike.opened_at))),
                Cell::from(alike.amount.as_deref().unwrap_or("-")),
                Cell::new(tone(&alike.status), &alike.status),
                Cell::from(alike.by.join(", ")),
            ]);
        }
        table.write(out)?;
    }
    Ok(())
}

fn trail(details: &ApprovalDetailsBody, out: &Output) -> anyhow::Result<()> {
    if details.trail.is_empty() {
        return Ok(());
    }
    out.line(out.paint(Tone::Quiet, "\non record"))?;
    let mut table = Table::without_header();
    for entry in &details.trail {
        table.push(vec![
            Cell::from(format!("  {}", readable(entry.at))),
            Cell::from(&entry.what),
            Cell::new(Tone::Quiet, format!("record {}", entry.record)),
        ]);
    }
    Ok(table.write(out)?)
}
