//! Counts that know which records they counted.

/// How many there were, and which record was the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    n: u64,
    newest: u64,
}

impl Count {
    /// Counts a record.
    pub(crate) const fn see(&mut self, index: u64) {
        self.n += 1;
        self.newest = index;
    }

    /// Counts a record where something holds of it.
    pub(crate) const fn see_if(&mut self, holds: bool, index: u64) {
        if holds {
            self.see(index);
        }
    }

    /// Takes one back: it turned out to be something else.
    pub(crate) const fn take_back(&mut self) {
        self.n = self.n.saturating_sub(1);
    }

    pub(crate) const fn n(&self) -> u64 {
        self.n
    }

    /// Returns the newest record that was counted.
    pub(crate) fn newest(&self) -> Option<u64> {
        (self.n > 0).then_some(self.newest)
    }

    pub(crate) fn plus(&mut self, other: Self) {
        self.n += other.n;
        if other.n > 0 {
            self.newest = self.newest.max(other.newest);
        }
    }
}

/// The first and the last of some records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span(Option<(u64, u64)>);

impl Span {
    pub(crate) fn see(&mut self, index: u64) {
        self.plus(Self(Some((index, index))));
    }

    pub(crate) fn plus(&mut self, other: Self) {
        self.0 = match (self.0, other.0) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (one, another) => one.or(another),
        };
    }

    pub(crate) const fn range(self) -> Option<(u64, u64)> {
        self.0
    }
}

/// Declares what is counted each day, with the records it was counted over, and its sum over a window.
macro_rules! counts {
    ($(#[$doc:meta])* $name:ident: $($(#[$field_doc:meta])* $field:ident,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub(crate) struct $name {
            /// The records it was counted over.
            pub(crate) records: $crate::facts::count::Span,
            $($(#[$field_doc])* pub(crate) $field: $crate::facts::count::Count,)+
        }

        impl $crate::facts::days::Days<$name> {
            /// Sums up what was counted on the days that a window touches.
            pub(crate) fn sum(&self, window: $crate::Window) -> $name {
                let mut sum = $name::default();
                for day in self.over(window) {
                    sum.records.plus(day.records);
                    $(sum.$field.plus(day.$field);)+
                }
                sum
            }
        }
    };
}
pub(crate) use counts;
