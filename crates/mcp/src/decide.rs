//! Asking for a decision, to the end.

use syndic_api::{Decided, SubmitAction};
use tokio::sync::oneshot;

use crate::background::Background;
use crate::decider::{Decider, Undecided};
use crate::pending::Pending;
use crate::permitted::{Became, Permitted};
use crate::proxy::Proxy;

impl Proxy {
    /// Submits an action. Given up meanwhile, what was decided is given back: a permit unused, a request for approval
    /// taken back.
    pub(crate) async fn decide<D: Decider>(
        &self,
        decider: &D,
        action: SubmitAction,
    ) -> Result<Decided, Undecided> {
        decide(decider, &self.background, action).await
    }
}

/// See [`Proxy::decide`].
pub(crate) async fn decide<D: Decider>(
    decider: &D,
    background: &Background,
    action: SubmitAction,
) -> Result<Decided, Undecided> {
    let (tell, told) = oneshot::channel();
    let (decider, given_back) = (decider.clone(), background.clone());
    background.spawn("a decision", async move {
        let decided = decider.submit(action).await;
        // Where nobody listens, it comes back and is dropped here.
        drop(tell.send(decided.map(|decided| Decision {
            decided: Some(decided),
            decider,
            background: given_back,
        })));
    });
    told.await.unwrap_or_else(|_| Err(busy())).and_then(Decision::take)
}

/// A decision on its way to whoever asked for it.
struct Decision<D: Decider> {
    decided: Option<Decided>,
    decider: D,
    background: Background,
}

impl<D: Decider> Decision<D> {
    fn take(mut self) -> Result<Decided, Undecided> {
        self.decided.take().ok_or_else(busy)
    }
}

impl<D: Decider> Drop for Decision<D> {
    fn drop(&mut self) {
        let Some(decided) = self.decided.take() else { return };
        let (decider, background) = (self.decider.clone(), self.background.clone());
        if decided.allowed {
            let unused = Permitted::new(decider, background, &decided);
            unused.became(Became::Error("not run: the client took it back".to_owned()));
        } else if let Some(approval) = decided.approval
            && approval.status == "pending"
        {
            drop(Pending::new(decider, background, approval.id));
        }
    }
}

fn busy() -> Undecided {
    Undecided::Refused {
        code: "busy".to_owned(),
        text: "too many requests are under way; try again in a second".to_owned(),
    }
}
