//! What a client gets for `tools/list`.

use bytes::Bytes;

use crate::decider::Decider;
use crate::denial::Denial;
use crate::line::{Line, Upstream};
use crate::message::{Request, Response};
use crate::proxy::Proxy;
use crate::session::Era;
use crate::tools::Page;
use crate::tools::learn::{UNCLEAR, no_list};

/// For how long a list that is one agent's may be taken for fresh, in milliseconds.
const FRESH_MS: u64 = 60_000;

impl Proxy {
    /// Turns the server's list into what the agent may see of it.
    pub(crate) async fn listed<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        response: Response,
    ) -> Bytes {
        let Ok(result) = &response.answer else { return response.raw };
        let Some(page) = Page::read(result) else {
            return Denial::undecided(&no_list(UNCLEAR)).error(request);
        };
        let known = match self.shown(line, request, &page).await {
            Ok(known) => known,
            Err(undecided) => return Denial::undecided(&undecided).error(request),
        };
        let modern = line.session.speaker(request).era == Era::Modern;
        let cap = (modern && known.enforced).then_some(FRESH_MS);
        page.cut(&response.raw, |name| known.hides(name), cap)
    }
}
