//! Words in colour. Each has a letter too, for those who do not see the colour.

use crate::{Standing, Status, Verdict};

/// A word in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) letter: char,
    /// As the JSON has it.
    pub(crate) word: &'static str,
    pub(crate) tone: Tone,
}

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Evidence is there.
    Good,
    /// Somebody's word is there.
    Said,
    /// Something is lacking.
    Some,
    /// Evidence is against it.
    Bad,
    /// Nothing can be said.
    Open,
    /// Nothing has to be said.
    Quiet,
}

impl Tone {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Said => "said",
            Self::Some => "some",
            Self::Bad => "bad",
            Self::Open => "open",
            Self::Quiet => "quiet",
        }
    }
}

impl From<Status> for Mark {
    fn from(status: Status) -> Self {
        let (letter, tone) = match status {
            Status::SatisfiedMeasured => ('M', Tone::Good),
            Status::SatisfiedAttested => ('A', Tone::Said),
            Status::Partial => ('P', Tone::Some),
            Status::NotSatisfied => ('N', Tone::Bad),
            Status::Unknown => ('?', Tone::Open),
            Status::Stale => ('S', Tone::Some),
            Status::NotApplicable => ('–', Tone::Quiet),
            Status::NotYetApplicable => ('L', Tone::Quiet),
        };
        Self { letter, word: status.as_str(), tone }
    }
}

impl From<Verdict> for Mark {
    fn from(verdict: Verdict) -> Self {
        let (letter, word, tone) = match verdict {
            Verdict::Met => ('M', "met", Tone::Good),
            Verdict::Partial => ('P', "partial", Tone::Some),
            Verdict::NotMet => ('N', "not_met", Tone::Bad),
            Verdict::Unknown => ('?', "unknown", Tone::Open),
            Verdict::Stale => ('S', "stale", Tone::Some),
            Verdict::Told => ('T', "told", Tone::Quiet),
        };
        Self { letter, word, tone }
    }
}

impl From<Standing> for Mark {
    fn from(standing: Standing) -> Self {
        let (letter, word, tone) = match standing {
            Standing::Holds => ('A', "holds", Tone::Said),
            Standing::NotApplicable => ('–', "not_applicable", Tone::Quiet),
            Standing::Denied => ('N', "denied", Tone::Bad),
            Standing::Outdated => ('S', "outdated", Tone::Some),
            Standing::Expired => ('S', "expired", Tone::Some),
            Standing::Ahead => ('?', "ahead", Tone::Open),
        };
        Self { letter, word, tone }
    }
}

/// Returns what a status means, as the report's rules have it.
pub(crate) const fn meaning(status: Status) -> &'static str {
    match status {
        Status::SatisfiedMeasured => "fresh machine evidence meets the rule",
        Status::SatisfiedAttested => {
            "somebody answers for it, and what they speak of has not changed; no machine shows it"
        }
        Status::Partial => "some of the evidence that is asked for is there, not all",
        Status::NotSatisfied => "evidence shows that the rule is not met",
        Status::Unknown => "there is no evidence; never counted as satisfied",
        Status::Stale => {
            "the evidence is past its time, or older than a change of what it speaks of"
        }
        Status::NotApplicable => "ruled out by a recorded decision, or somebody else's duty",
        Status::NotYetApplicable => {
            "the duty does not apply yet; what the evidence shows today stands beside it"
        }
    }
}
