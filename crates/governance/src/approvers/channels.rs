//! Where people and groups are asked.

use syndic_model::Channel;

use super::{Around, MailAddress, SlackId};
use crate::position::At;
use crate::report::Report;
use crate::settings::WebhookName;
use crate::text::did_you_mean;
use crate::wire::ChannelFields;

/// The most channels of one person or group.
const MOST_CHANNELS: usize = 16;

pub(super) fn read(
    At { value, position }: &At<Vec<At<ChannelFields>>>,
    around: Around<'_>,
    report: &mut Report<'_>,
) -> Vec<Channel> {
    if value.len() > MOST_CHANNELS {
        let message = format!("there are more than {MOST_CHANNELS} channels");
        report.error(*position, "too-many-approvers", message, "leave some out".to_owned());
    }
    value.iter().take(MOST_CHANNELS).filter_map(|one| read_channel(one, around, report)).collect()
}

fn read_channel(
    At { value, position }: &At<ChannelFields>,
    around: Around<'_>,
    report: &mut Report<'_>,
) -> Option<Channel> {
    match (&value.email, &value.slack, &value.webhook) {
        (Some(email), None, None) => {
            report.read(email).map(|MailAddress(address)| Channel::Email(address))
        }
        (None, Some(slack), None) => report.read(slack).map(|SlackId(id)| Channel::Slack(id)),
        (None, None, Some(text)) => {
            let WebhookName(name) = report.read(text)?;
            let webhooks = around.notify.map(|notify| &notify.webhooks);
            if let Some(webhooks) = webhooks.filter(|webhooks| !webhooks.contains_key(&name)) {
                let hint = did_you_mean(&name, webhooks.keys().map(String::as_str));
                let hint = hint.unwrap_or_else(|| {
                    format!("define it in `syndic.yaml`: `notify: {{webhooks: {{{name}: …}}}}`")
                });
                let message = format!("webhook `{name}` is not in `syndic.yaml`");
                report.error(text.position, "unknown-webhook", message, hint);
            }
            Some(Channel::Webhook(name))
        }
        _ => {
            let message = "a channel is one of `email`, `slack` and `webhook`";
            let hint = "each in an item of its own: `- email: support-lead-1@example.org`";
            report.error(*position, "channel", message, hint.to_owned());
            None
        }
    }
}
