//! `approvers/*.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;
use syndic_model::{ActionName, GroupName, PersonId};

use crate::approvers::{MailAddress, SlackId, Wait};
use crate::position::At;
use crate::settings::WebhookName;
use crate::text::Text;
use crate::wire::Keyed;

/// Who is asked when an action is held. All files of the folder count together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic approvers")]
pub(crate) struct ApproversFile {
    /// People by id; their keys are bound to it.
    pub(crate) people: Option<Keyed<PersonId, PersonFields>>,
    /// Groups by the name that policies and profiles call them by.
    pub(crate) groups: Option<Keyed<GroupName, GroupFields>>,
}

/// Somebody who may vote.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Person")]
pub(crate) struct PersonFields {
    /// A name or role for people.
    #[schemars(required)]
    pub(crate) name: Option<String>,
    /// Where they are asked, in order: the next one is used where one fails.
    pub(crate) channels: Option<At<Vec<At<ChannelFields>>>>,
    /// Other names they go by: as owner or contact of an agent, or as the user an agent acts for.
    pub(crate) identities: Option<At<Vec<At<String>>>>,
}

/// Where somebody is asked. One of the three.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Channel")]
pub(crate) struct ChannelFields {
    /// An e-mail address; `notify.smtp` of `syndic.yaml` sends it.
    pub(crate) email: Option<Text<MailAddress>>,
    /// The id of a user or channel at Slack, like `U024BE7LH`; `notify.slack` of `syndic.yaml` sends it.
    pub(crate) slack: Option<Text<SlackId>>,
    /// The name of a webhook in `notify.webhooks` of `syndic.yaml`.
    pub(crate) webhook: Option<Text<WebhookName>>,
}

/// Those who may lift a hold together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Group")]
pub(crate) struct GroupFields {
    /// Its people, by id.
    #[schemars(required)]
    pub(crate) people: Option<At<Vec<Text<PersonId>>>>,
    /// How many of them must approve; 1 if left out.
    pub(crate) approvals: Option<At<u64>>,
    /// How many of them must reject before that is final; 1 if left out.
    pub(crate) rejections: Option<At<u64>>,
    /// How long a request waits, from `10s` to `7d`; `300s` if left out. Nobody's answer is a denial.
    pub(crate) timeout: Option<Text<Wait>>,
    /// How long a request for a certain action waits, by its id.
    pub(crate) timeouts: Option<Keyed<ActionName, String>>,
    /// Who is asked too, and may vote from then on, while nobody answers.
    pub(crate) escalate: Option<At<Vec<At<StepFields>>>>,
    /// Where the group is asked, beside the channels of its people.
    pub(crate) channels: Option<At<Vec<At<ChannelFields>>>>,
}

/// A step of an escalation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step")]
pub(crate) struct StepFields {
    /// How long after the request, like `120s`.
    #[schemars(required)]
    pub(crate) after: Option<Text<Wait>>,
    /// The group that is asked too.
    #[schemars(required)]
    pub(crate) to: Option<Text<GroupName>>,
}
