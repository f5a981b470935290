//! How what is replayed is written down in a snapshot: field after field, the leaves of it as postcard.
//!
//! The trait is the gate's own, since what it is for belongs to other crates and has no wire format there. Equal values
//! have equal bytes: what has no order is written in that of its keys.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::Hash;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use syndic_approval::{Approval, Ballot, BreakGlass, BreakGlasses, Factor, Opening, Request};
use syndic_approval::{Signature, Wish};
use syndic_ledger::{
    Decision, DrillRan, Forbid, IncidentClosed, IncidentOpened, IncidentUpdated, PolicyLoaded,
    PolicyProposed, StatementMade,
};
use syndic_model::{
    AgentId, ApprovalId, ApprovalStatus, BreakGlassId, Currency, EnforcementGrade, EventId,
    GroupName, LabelName, PersonId, RiskLevel, Role, SessionId, Vote, VoteMethod,
};
use syndic_store::Subject;

/// What a snapshot can hold.
pub(crate) trait Keep: Sized {
    /// Appends it to `kept`.
    fn keep(&self, kept: &mut Vec<u8>);

    /// Takes it from the front of `kept`; nothing where that is anything else.
    fn read(kept: &mut &[u8]) -> Option<Self>;
}

/// Keeps a struct field after field. A field that is not named does not compile; those after `afresh` begin empty.
macro_rules! kept {
    ($type:ty { $($field:ident),* $(,)? } $(afresh { $($fresh:ident),* })?) => {
        impl $crate::kept::Keep for $type {
            fn keep(&self, kept: &mut Vec<u8>) {
                let Self { $($field,)* $($($fresh: _,)*)? } = self;
                $($crate::kept::Keep::keep($field, kept);)*
            }

            fn read(kept: &mut &[u8]) -> Option<Self> {
                Some(Self {
                    $($field: $crate::kept::Keep::read(kept)?,)*
                    $($($fresh: Default::default(),)*)?
                })
            }
        }
    };
}
pub(crate) use kept;

kept!(Request { factors, people, barred, user, risk, opened, expires });
kept!(Factor { group, approvals, rejections });
kept!(Ballot { person, vote, method, groups, at });
kept!(BreakGlass { id, wish, asked_by, asked, expires, opening, signature, lifted });
kept!(Wish { agent, reason, length });
kept!(Opening { person, at, until });
kept!(Signature { person, at, note });

impl Keep for Approval {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.request().keep(kept);
        self.ballots().to_vec().keep(kept);
        (self.status(), self.ended()).keep(kept);
        self.used().keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        let (request, ballots) = (Keep::read(kept)?, Keep::read(kept)?);
        let (status, ended) = Keep::read(kept)?;
        Some(Self::resume(request, ballots, status, ended, Keep::read(kept)?))
    }
}

impl Keep for BreakGlasses {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.iter().cloned().collect::<Vec<_>>().keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        Some(Vec::<BreakGlass>::read(kept)?.into_iter().collect())
    }
}

/// Keeps what postcard can write.
macro_rules! plain {
    ($($type:ty),* $(,)?) => {$(
        impl Keep for $type {
            fn keep(&self, kept: &mut Vec<u8>) {
                write(self, kept);
            }

            fn read(kept: &mut &[u8]) -> Option<Self> {
                take(kept)
            }
        }
    )*};
}
plain!(bool, u8, u64, usize, i64, i128, String, Box<str>, [u8; 32], [u32; 8]);

/// Keeps what is one with its text.
macro_rules! text {
    ($($type:ty),* $(,)?) => {$(
        impl Keep for $type {
            fn keep(&self, kept: &mut Vec<u8>) {
                write(&self.to_string(), kept);
            }

            fn read(kept: &mut &[u8]) -> Option<Self> {
                take::<&str>(kept)?.parse().ok()
            }
        }
    )*};
}
text!(AgentId, GroupName, LabelName, PersonId, SessionId);
text!(ApprovalId, BreakGlassId, Currency, EventId);
text!(ApprovalStatus, EnforcementGrade, RiskLevel, Role, Vote, VoteMethod);

/// Keeps what is a record, or a part of one, as it is written in a leaf.
macro_rules! record {
    ($($type:ty),* $(,)?) => {$(
        impl Keep for $type {
            fn keep(&self, kept: &mut Vec<u8>) {
                write(&json(self), kept);
            }

            fn read(kept: &mut &[u8]) -> Option<Self> {
                serde_json::from_str(take::<&str>(kept)?).ok()
            }
        }
    )*};
}
record!(Decision, Forbid, PolicyLoaded, PolicyProposed);
record!(StatementMade, DrillRan, IncidentOpened, IncidentUpdated, IncidentClosed);

impl Keep for Subject {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.hash().keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        Some(Self::of_hash(Keep::read(kept)?))
    }
}

impl Keep for Timestamp {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.as_nanosecond().keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        Self::from_nanosecond(Keep::read(kept)?).ok()
    }
}

impl Keep for SignedDuration {
    fn keep(&self, kept: &mut Vec<u8>) {
        (self.as_secs(), i64::from(self.subsec_nanos())).keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        let (seconds, nanoseconds): (i64, i64) = Keep::read(kept)?;
        let nanoseconds = i32::try_from(nanoseconds).ok().filter(|n| n.abs() < 1_000_000_000)?;
        Some(Self::new(seconds, nanoseconds))
    }
}

impl<T: Keep> Keep for Option<T> {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.is_some().keep(kept);
        if let Some(inner) = self {
            inner.keep(kept);
        }
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        if bool::read(kept)? { T::read(kept).map(Some) } else { Some(None) }
    }
}

impl<T: Keep> Keep for Box<T> {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.as_ref().keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        T::read(kept).map(Self::new)
    }
}

impl<A: Keep, B: Keep> Keep for (A, B) {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.0.keep(kept);
        self.1.keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        Some((A::read(kept)?, B::read(kept)?))
    }
}

/// Keeps things in the order they are in.
macro_rules! in_order {
    ($($type:ident: $bound:ident),*) => {$(
        impl<T: Keep + $bound> Keep for $type<T> {
            fn keep(&self, kept: &mut Vec<u8>) {
                self.len().keep(kept);
                self.iter().for_each(|one| one.keep(kept));
            }

            fn read(kept: &mut &[u8]) -> Option<Self> {
                (0..usize::read(kept)?).map(|_| T::read(kept)).collect()
            }
        }
    )*};
}
in_order!(Vec: Sized, VecDeque: Sized, BTreeSet: Ord);

impl<K: Keep + Ord, V: Keep> Keep for BTreeMap<K, V> {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.len().keep(kept);
        for (key, value) in self {
            key.keep(kept);
            value.keep(kept);
        }
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        (0..usize::read(kept)?).map(|_| <(K, V)>::read(kept)).collect()
    }
}

impl<K: Keep + Ord + Hash, V: Keep> Keep for HashMap<K, V> {
    fn keep(&self, kept: &mut Vec<u8>) {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all.len().keep(kept);
        for (key, value) in all {
            key.keep(kept);
            value.keep(kept);
        }
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        (0..usize::read(kept)?).map(|_| <(K, V)>::read(kept)).collect()
    }
}

impl<T: Keep + Ord + Hash> Keep for HashSet<T> {
    fn keep(&self, kept: &mut Vec<u8>) {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_unstable();
        all.len().keep(kept);
        all.into_iter().for_each(|one| one.keep(kept));
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        (0..usize::read(kept)?).map(|_| T::read(kept)).collect()
    }
}

#[expect(
    clippy::expect_used,
    reason = "nothing that is written here can refuse, and memory does not"
)]
fn write<T: Serialize + ?Sized>(value: &T, kept: &mut Vec<u8>) {
    postcard::to_io(value, kept).expect("plain values into memory");
}

#[expect(clippy::expect_used, reason = "it was read from JSON, or goes there")]
fn json(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("a record is JSON")
}

fn take<'a, T: Deserialize<'a>>(kept: &mut &'a [u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(kept).ok()?;
    *kept = rest;
    Some(value)
}
