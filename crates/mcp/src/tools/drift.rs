//! Tools that are not as people approved them: people are asked, and until they accept, they are not called.

use std::collections::HashMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_api::{ApprovalHint, Decided, SubmitAction, ToolBody};
use syndic_model::{CHANGE_TOOL, ToolPin};

use crate::decider::Decider;
use crate::json::Json;
use crate::pin::{class, compare, describe, diff, scan};
use crate::proxy::Proxy;
use crate::tools::Known;

/// How many tools people are asked about at once; the others wait for the next list.
const MOST_ASKED: usize = 32;

const PIN_IT: &str = "nobody can be asked here; look at it, and accept it with `syndic mcp pin`";

/// What people said, or that they are asked.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) accepted: bool,
    /// The requests for approval that are pending.
    pub(super) pending: Vec<String>,
    /// By the name of the tool.
    pub(super) told: HashMap<String, String>,
}

impl Proxy {
    /// Asks about every tool that is not as people approved it: what became of each, and whether one of them was
    /// accepted meanwhile.
    pub(super) async fn put_before_people<D: Decider>(
        &self,
        decider: &D,
        known: &Known,
    ) -> Answers {
        let mut answers = Answers::default();
        for tool in known.drifted().take(MOST_ASKED) {
            let change = known.definition(&tool.tool).and_then(|it| self.change(tool, it));
            let text = match change {
                _ if !decider.reaches_people() => PIN_IT.to_owned(),
                None => continue,
                Some(change) => match decider.submit(change).await {
                    Ok(decided) if decided.allowed => {
                        self.seen.accept(tool);
                        answers.accepted = true;
                        continue;
                    }
                    Ok(decided) => {
                        answers.pending.extend(pending(&decided).map(|hint| hint.id.clone()));
                        waits(&decided)
                    }
                    Err(error) => error.to_string(),
                },
            };
            tracing::warn!("tool `{}` is not as it was approved: {text}", tool.tool);
            answers.told.insert(tool.tool.clone(), text);
        }
        answers
    }

    /// Makes the action by which the definition of a tool is accepted.
    fn change(&self, tool: &ToolBody, offered: &Json) -> Option<SubmitAction> {
        let definition: Value = offered.read().ok()?;
        let (kind, from, mut text) = match &tool.pinned {
            Some(pinned) => {
                let kind = class(&compare(pinned, &definition))?;
                (kind.to_string(), Some(ToolPin::of(pinned).to_string()), diff(pinned, &definition))
            }
            None => ("new".to_owned(), None, describe(&definition)),
        };
        for finding in scan(&definition) {
            text.push_str(&format!("! {}: {finding}\n", finding.weight.as_str()));
        }
        let mut args = json!({
            "server": self.settings.server,
            "tool": tool.tool,
            "change": kind,
            "to": tool.pin,
            "diff": text,
            "definition": offered.text(),
        });
        if let (Some(from), Some(members)) = (from, args.as_object_mut()) {
            members.insert("from".to_owned(), from.into());
        }
        let args = RawValue::from_string(args.to_string()).ok()?;
        let change = self.action(CHANGE_TOOL.to_owned(), args);
        Some(SubmitAction {
            server: Some(self.settings.server.clone()),
            tool_pin: Some(tool.pin.clone()),
            ..change
        })
    }
}

fn pending(decided: &Decided) -> Option<&ApprovalHint> {
    decided.approval.as_ref().filter(|approval| approval.status == "pending")
}

fn waits(decided: &Decided) -> String {
    match pending(decided) {
        Some(hint) => format!(
            "people are asked whether it may be used as it is now (approval {}, until {}), see {}; retry the identical \
             call after approval",
            hint.id, hint.expires_at, hint.url
        ),
        None => decided.model_message.text.clone(),
    }
}
