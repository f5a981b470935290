//! A notice in Block Kit. Texts of agents are `plain_text`, where nothing is formatting, a mention or a link.

use serde_json::{Value, json};

use crate::notice::{Consent, Notice};

/// Limits of Block Kit, in characters; fields of one section.
const MOST_HEADER: usize = 150;
const MOST_FIELD: usize = 2_000;
const MOST_TEXT: usize = 3_000;
const MOST_FIELDS: usize = 10;
const MOST_CONFIRM_TITLE: usize = 100;
const MOST_CONFIRM_ANSWER: usize = 30;
/// What is shown of names where approving is confirmed, so that with the words around them it stays within 300.
const MOST_CONFIRM_ACTION: usize = 80;
const MOST_CONFIRM_AMOUNT: usize = 40;
const MOST_CONFIRM_AGENT: usize = 60;

/// Where the reason stands in the form.
pub(crate) const REASON_BLOCK: &str = "reason";
/// What buttons and form are called.
pub(crate) const APPROVE: &str = "syndic_approve";
pub(crate) const REJECT: &str = "syndic_reject";
pub(crate) const FORM: &str = "syndic_reason";

/// What notifications and screen readers say.
pub(crate) fn summary(notice: &Notice) -> String {
    escaped(&format!("{}. {}", notice.title, notice.lead), MOST_TEXT)
}

pub(crate) fn blocks(notice: &Notice, has_buttons: bool) -> Vec<Value> {
    let mut blocks = vec![
        json!({"type": "header", "text": text(&notice.title, MOST_HEADER)}),
        json!({"type": "section", "text": text(&notice.lead, MOST_TEXT)}),
    ];
    for rows in notice.rows.chunks(MOST_FIELDS) {
        let fields: Vec<Value> = rows
            .iter()
            .map(|(name, value)| text(&format!("{name}: {value}"), MOST_FIELD))
            .collect();
        blocks.push(json!({"type": "section", "fields": fields}));
    }
    for reason in &notice.reasons {
        blocks.push(json!({"type": "section", "text": text(reason, MOST_TEXT)}));
    }
    let buttons = buttons(notice, has_buttons);
    if !buttons.is_empty() {
        blocks.push(json!({"type": "actions", "elements": buttons}));
    }
    blocks
}

fn buttons(notice: &Notice, has_buttons: bool) -> Vec<Value> {
    let links = &notice.links;
    let page = links
        .page
        .as_ref()
        .map(|url| json!({"type": "button", "action_id": "syndic_page", "text": text("Open", 75), "url": url}));
    let (Some(approve), Some(reject)) = (&links.approve, &links.reject) else {
        return page.into_iter().collect();
    };
    let button = |label: &str, style: &str, action: &str, url: &str| {
        let mut button =
            json!({"type": "button", "action_id": action, "text": text(label, 75), "style": style});
        if let Some(fields) = button.as_object_mut() {
            if has_buttons {
                fields.insert("value".to_owned(), json!(notice.id));
            } else {
                fields.insert("url".to_owned(), json!(url));
            }
        }
        button
    };
    let mut approve = button("Approve", "primary", APPROVE, approve);
    if let (true, Some(consent), Some(fields)) =
        (has_buttons, &notice.consent, approve.as_object_mut())
    {
        fields.insert("confirm".to_owned(), confirmation(consent));
    }
    let answers = [approve, button("Reject", "danger", REJECT, reject)];
    answers.into_iter().chain(page).collect()
}

/// What Slack asks before it passes a yes on: the message shows no arguments.
fn confirmation(consent: &Consent) -> Value {
    let action = escaped(&consent.action, MOST_CONFIRM_ACTION);
    let agent = escaped(&consent.agent, MOST_CONFIRM_AGENT);
    let amount = consent.amount.as_deref().map(|amount| escaped(amount, MOST_CONFIRM_AMOUNT));
    let amount = amount.map(|amount| format!(" of {amount}")).unwrap_or_default();
    let question = format!(
        "Approve `{action}`{amount} by {agent}? You have not seen the arguments here; the request's page shows them."
    );
    json!({
        "title": text("Approve without the arguments?", MOST_CONFIRM_TITLE),
        "text": {"type": "plain_text", "text": question, "emoji": false},
        "confirm": text("Approve", MOST_CONFIRM_ANSWER),
        "deny": text("Not yet", MOST_CONFIRM_ANSWER),
        "style": "primary",
    })
}

/// The form that asks why somebody rejects.
pub(crate) fn modal(approval: &str) -> Value {
    json!({
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": approval,
        "title": text("Reject", 24),
        "submit": text("Reject", 24),
        "close": text("Cancel", 24),
        "blocks": [{
            "type": "input",
            "block_id": REASON_BLOCK,
            "label": text("Why not? The agent is told.", 2_000),
            "element": {"type": "plain_text_input", "action_id": REASON_BLOCK, "multiline": true, "max_length": 1_000},
        }],
    })
}

fn text(text: &str, most: usize) -> Value {
    json!({"type": "plain_text", "text": escaped(text, most), "emoji": false})
}

/// Escapes the three characters that Slack reads as control characters; what is too long is cut between characters.
pub(crate) fn escaped(text: &str, most: usize) -> String {
    let mut escaped = String::new();
    let mut length = 0;
    for character in text.chars() {
        let spelt = match character {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            other => other.to_string(),
        };
        // Slack counts UTF-16 units, and one is kept for the mark.
        length += spelt.encode_utf16().count();
        if length >= most {
            escaped.push('…');
            break;
        }
        escaped.push_str(&spelt);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_of_an_agent_is_a_mention_or_a_link() {
        assert_eq!(
            escaped("<!channel> & <https://x|y>", 100),
            "&lt;!channel&gt; &amp; &lt;https://x|y&gt;"
        );
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(escaped("&&&", 10), "&amp;…");
        assert_eq!(escaped(&"😀".repeat(100), 10), "😀😀😀😀…");
    }
}
