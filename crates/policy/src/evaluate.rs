//! Asking Cedar.

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Entities, EntityUid, PolicySet, Request,
    RestrictedExpression as Expression,
};

use crate::combine::Answer;
use crate::entities::{Action, Agent};
use crate::slice::Slice;
use crate::{Call, Examined};

/// One action of one agent, as Cedar sees it.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) action: &'a Action,
    pub(crate) resource: EntityUid,
    pub(crate) examined: &'a Examined,
    pub(crate) call: &'a Call<'a>,
}

/// The question itself could not be put.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unanswerable;

/// Answers for each policy of a slice, in the order of `slice.rules`, whether it holds.
///
/// Every policy is answered for itself: a satisfied forbid hides no other, and no permit. A policy that cannot be
/// evaluated is [`Answer::Failed`], never unsatisfied. The answers are those of Cedar's own authorizer on the whole
/// set; an implementation that is faster is tested against [`PublicApi`].
pub(crate) trait Evaluate {
    fn answers(&self, slice: &Slice, question: &Question<'_>) -> Result<Vec<Answer>, Unanswerable>;
}

/// Evaluates through the documented interface of `cedar-policy`.
#[derive(Debug)]
pub(crate) struct PublicApi {
    pub(crate) entities: Entities,
    pub(crate) authorizer: Authorizer,
}

impl Evaluate for PublicApi {
    fn answers(&self, slice: &Slice, question: &Question<'_>) -> Result<Vec<Answer>, Unanswerable> {
        let request = request(slice, question)?;
        let mut answers = vec![Answer::Unsatisfied; slice.rules.len()];
        // Apart, because the authorizer tells of permits only when no forbid holds.
        self.ask(&slice.permits, slice, &request, &mut answers)?;
        self.ask(&slice.forbids, slice, &request, &mut answers)?;
        Ok(answers)
    }
}

impl PublicApi {
    fn ask(
        &self,
        set: &PolicySet,
        slice: &Slice,
        request: &Request,
        to: &mut [Answer],
    ) -> Result<(), Unanswerable> {
        let response = self.authorizer.is_authorized(request, set, &self.entities);
        let satisfied = response.diagnostics().reason().map(|id| (id, Answer::Satisfied));
        let failed = response.diagnostics().errors().map(|error| match error {
            AuthorizationError::PolicyEvaluationError(error) => (error.policy_id(), Answer::Failed),
        });
        for (id, answer) in satisfied.chain(failed) {
            let place = slice.index.get(id).and_then(|i| to.get_mut(*i)).ok_or(Unanswerable)?;
            *place = answer;
        }
        Ok(())
    }
}

/// Puts the question; types were made sure of by the converter, so Cedar need not check them again.
fn request(slice: &Slice, question: &Question<'_>) -> Result<Request, Unanswerable> {
    let Question { agent, action, resource, examined, call } = question;
    let record = record(call, slice.reads_time).ok_or(Unanswerable)?;
    let pairs = examined.context.iter().cloned().chain([("call".to_owned(), record)]);
    let context = Context::from_pairs(pairs).map_err(|_| Unanswerable)?;
    Request::new(agent.uid.clone(), action.uid.clone(), resource.clone(), context, None)
        .map_err(|_| Unanswerable)
}

/// Makes the record `context.call`, the time only if somebody reads it.
fn record(call: &Call<'_>, with_time: bool) -> Option<Expression> {
    let text = |text: &str| Expression::new_string(text.to_owned());
    let mut fields = vec![
        ("environment".to_owned(), text(call.environment)),
        ("suspended".to_owned(), Expression::new_bool(call.suspended)),
        ("detected".to_owned(), Expression::new_set(call.detected.iter().map(|label| text(label)))),
        ("grade".to_owned(), text(call.grade.as_str())),
    ];
    if with_time {
        let now = call.now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        fields.push(("now".to_owned(), Expression::new_datetime(now)));
    }
    if let Some(session) = call.session {
        let session = Expression::new_record([("id".to_owned(), text(session.as_str()))]).ok()?;
        fields.push(("session".to_owned(), session));
    }
    Expression::new_record(fields).ok()
}
