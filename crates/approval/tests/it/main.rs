//! The approval gate's requirements as cases, A1 to A28, each named by the requirement it holds.
//!
//! Here are those of the state machine. Those that need the gate and the ledger (A6, A8, A13 to A16, A23, A28) are in
//! the server's `approval_gate`, those of the API (A4, A25, A26) in its `approvals`, those of links and pages (A17 to
//! A19) in its `approval_pages`, those of messages (A12) in the relay's tests, break-glass (A27) in `break_glass` here
//! and in the server's. What a hold tells its agent (A24) is in the API's. Of A22 there is nothing to hold: nobody
//! answers several requests at once.
//!
//! A9, edit before approve, and A21, an approval for several uses, do not exist yet: a vote says yes or no to one
//! request. `Approval::consume` is where a use would be counted against a grant, and `binding_text` is what an edit
//! would be bound by anew.

#[cfg(test)]
mod binding;
#[cfg(test)]
mod break_glass;
#[cfg(test)]
mod eligibility;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod quorum;
